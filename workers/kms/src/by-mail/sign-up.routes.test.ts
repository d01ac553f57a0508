import { afterAll, beforeAll, expect, test } from "vitest";
import { createTripCounter, seenOf, seenWithFewestTrips } from "../../../../tests/support/fountain/trips.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { PASSWORD, unique } from "../../../../tests/support/kms/arrangements.ts";
import { storeInvitation, storeSignUp, verifyAddress } from "../../../../tests/support/kms/links.ts";
import { logIn, problemIn, send, signToken } from "../../../../tests/support/kms.ts";
import { MAX_TAKEN_NAMES } from "./invitations.ts";

const trips = createTripCounter();
let fountain: Fountain;
let token: string;
beforeAll(async () => {
  fountain = await startFountain({ front: "kms", trips, settings: { REGISTRATION: "email" } });
  token = await signToken(fountain);
});
afterAll(async () => {
  await fountain?.stop();
  await trips.stop();
});

const address = () => `${unique()}@example.org`;
const signUp = (email: string, to = fountain) => send(to, "POST", "/sign-up", { body: { email } });
const accept = (body: object, to = fountain) =>
  send(to, "POST", "/invitations/accept", { body: { password: PASSWORD, ...body } });

const newUser = async ({ isVerified = true, isLocked = false } = {}) => {
  const [username, email] = [unique(), address()];
  const created = await send(fountain, "POST", "/users", { token, body: { username, email, password: PASSWORD } });
  const { id } = await created.json<{ id: string }>();
  if (isVerified) await verifyAddress(fountain, id);
  if (isLocked) await send(fountain, "POST", `/users/${id}/lock`, { token });
  return { id, username, email };
};

/** What is stored at the work, by kind of mail and purpose of link. */
const storedDuring = async (work: () => Promise<unknown>): Promise<string[]> => {
  const stored = async () => {
    const sql = "SELECT id, kind FROM mails UNION ALL SELECT id, 'link: ' || purpose FROM links";
    const { rows } = (await fountain.databases["kms"]?.execute(sql)) ?? { rows: [] };
    return new Map(rows.map((row) => [String(row["id"]), String(row["kind"])]));
  };
  const before = await stored();
  await work();
  return [...(await stored())].flatMap(([id, kind]) => (before.has(id) ? [] : [kind])).toSorted();
};

test("the same response and the same round trips follow whether an account has the address or not", async () => {
  const invited = address();
  await send(fountain, "POST", "/invitations", { token, body: { email: invited } });
  const addresses = [
    address(),
    (await newUser()).email,
    (await newUser({ isVerified: false })).email,
    (await newUser({ isLocked: true })).email,
    invited,
    `${unique()}@no.such.host.invalid`,
  ];
  const seen = await seenWithFewestTrips(addresses.map((email) => () => seenOf(trips, ["kms"], () => signUp(email))));
  expect(seen[0]).toMatchObject({ status: 202, text: "" });
  expect(seen[0]?.trips.length).toBeGreaterThan(1);
  for (const other of seen) expect(other).toEqual(seen[0]);
});

test("mails a link, or that there is an account where one has verified the address, and five at the most", async () => {
  const [known, unverified, fresh] = [await newUser(), await newUser({ isVerified: false }), address()];
  expect(await storedDuring(() => signUp(fresh))).toEqual(["link: sign-up", "sign-up"]);
  expect(await storedDuring(() => signUp(unverified.email))).toEqual(["link: sign-up", "sign-up"]);
  expect(await storedDuring(() => signUp(known.email.toUpperCase()))).toEqual(["account-exists"]);
  const often = async (email: string) => {
    for (let request = 0; request < 8; request += 1)
      expect((await signUp(email.replace("@", `+${request}@`))).status).toBe(202);
  };
  expect(await storedDuring(() => often(fresh))).toHaveLength(2 * 4);
  expect(JSON.stringify(await fountain.databases["kms"]?.execute("SELECT * FROM links"))).not.toMatch(/ftl_|@example/);
});

test("an address that is none, and one with a credential in it, are refused", async () => {
  for (const email of ["ann", "ann@", `ftn_abcdefgh_${"k".repeat(43)}_abcdef@example.org`])
    expect(await problemIn(await signUp(email))).toMatchObject({ status: 422, pointers: ["#/email"] });
});

test("by the link its reader creates an account, with no more than the default role and a verified address", async () => {
  const [email, username] = [address(), unique()];
  const link = await storeSignUp(fountain, email);
  expect(await problemIn(await accept({ token: link.token }))).toMatchObject({ status: 422, pointers: ["#/username"] });
  const response = await accept({ token: link.token, username });
  expect([response.status, await response.json()]).toMatchObject([
    201,
    { username, email, emailVerified: true, roles: ["user"] },
  ]);
  expect((await logIn(fountain, username, PASSWORD)).accessToken).toMatch(/^ey/);
  expect((await accept({ token: link.token, username: unique() })).status).toBe(403);
});

test("of twenty links that were mailed to one address, in whatever case, one makes an account", async () => {
  const email = address();
  const links = [];
  for (let n = 0; n < 20; n += 1) links.push(await storeSignUp(fountain, n % 2 === 0 ? email : email.toUpperCase()));
  const statuses = await Promise.all(
    links.map(async (link) => (await accept({ token: link.token, username: unique() })).status),
  );
  expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  expect(new Set(statuses)).not.toContain(500);
});

test.each([
  ["a link to sign up", () => storeSignUp(fountain)],
  ["an invitation", () => storeInvitation(fountain)],
])("%s reports ten usernames that are taken, and then is worth nothing", async (_, store) => {
  const taken = (await newUser()).username;
  const [link, other] = [await store(), await store()];
  for (let n = 0; n < MAX_TAKEN_NAMES - 1; n += 1)
    expect((await accept({ token: other.token, username: taken })).status).toBe(409);
  expect((await accept({ token: other.token, username: unique() })).status).toBe(201);

  const statuses = await Promise.all(
    Array.from(
      { length: 3 * MAX_TAKEN_NAMES },
      async () => (await accept({ token: link.token, username: taken })).status,
    ),
  );
  const expected = [...Array(2 * MAX_TAKEN_NAMES).fill(403), ...Array(MAX_TAKEN_NAMES).fill(409)];
  expect(statuses.toSorted()).toEqual(expected);
  expect((await accept({ token: link.token, username: unique() })).status).toBe(403);
});

test("no one signs up while registration is closed, nor with a link from before; accounts of invited people are made", async () => {
  const closed = await startFountain({ front: "kms", beside: fountain });
  try {
    expect(await problemIn(await signUp(address(), closed))).toMatchObject({ status: 403, code: "forbidden" });
    const link = await storeSignUp(fountain);
    expect((await accept({ token: link.token, username: unique() }, closed)).status).toBe(403);
    const invitation = await storeInvitation(fountain);
    expect((await accept({ token: invitation.token, username: unique() }, closed)).status).toBe(201);
  } finally {
    await closed.stop();
  }
});

test("no one chooses a username without a link", async () => {
  const body = { username: fountain.adminUsername, password: PASSWORD };
  expect(await problemIn(await send(fountain, "POST", "/register", { body }))).toMatchObject({ status: 403 });
});
