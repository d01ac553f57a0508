import { afterAll, beforeAll, expect, test } from "vitest";
import { createTripCounter, seenOf, seenWithFewestTrips } from "../../../../tests/support/fountain/trips.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { PASSWORD, unique } from "../../../../tests/support/kms/arrangements.ts";
import { storeLink, verifyAddress } from "../../../../tests/support/kms/links.ts";
import { logIn, problemIn, send, signToken } from "../../../../tests/support/kms.ts";
import { outbox } from "../../../../tests/support/messages/outbox.ts";

const NEW_PASSWORD = "another long enough password";

const trips = createTripCounter();
let fountain: Fountain;
let token: string;
beforeAll(async () => {
  fountain = await startFountain({ front: "kms", trips });
  token = await signToken(fountain);
});
afterAll(async () => {
  await fountain?.stop();
  await trips.stop();
});

const newUser = async ({ isVerified = true, isLocked = false } = {}) => {
  const username = unique();
  const email = `${username}@example.org`;
  const created = await send(fountain, "POST", "/users", { token, body: { username, email, password: PASSWORD } });
  const { id } = await created.json<{ id: string }>();
  if (isVerified) await verifyAddress(fountain, id);
  if (isLocked) await send(fountain, "POST", `/users/${id}/lock`, { token });
  return { id, username, email };
};
const forgot = (login: string) => send(fountain, "POST", "/password/forgot", { body: { login } });
const reset = (body: object) =>
  send(fountain, "POST", "/password/reset", { body: { newPassword: NEW_PASSWORD, ...body } });
const linkFor = (userId: string, ttlMs?: number) =>
  storeLink(fountain, { purpose: "password-reset", userId, ...(ttlMs !== undefined && { ttlMs }) });
const linksOf = async (userId: string) =>
  (
    await fountain.databases["kms"]?.execute({
      sql: "SELECT * FROM links WHERE user_id = ? AND purpose = 'password-reset'",
      args: [userId],
    })
  )?.rows ?? [];
const canLogIn = async (username: string, password: string) =>
  (await send(fountain, "POST", "/login", { body: { username, password } })).status === 200;

test("a request gets the same response and makes the same round trips whether there is such a user or not", async () => {
  const { username, email } = await newUser();
  const logins = [
    username,
    email,
    unique(),
    `${unique()}@example.org`,
    (await newUser({ isVerified: false })).username,
    (await newUser({ isLocked: true })).username,
  ];
  const seen = await seenWithFewestTrips(logins.map((login) => () => seenOf(trips, ["kms"], () => forgot(login))));
  expect(seen[0]).toMatchObject({ status: 202, text: "" });
  expect(seen[0]?.trips.length).toBeGreaterThan(1);
  for (const other of seen) expect(other).toEqual(seen[0]);
});

test("mails a link to a verified address only, by name or address, and five times at the most", async () => {
  const waiting = async () => (await outbox(fountain)).waiting;
  const [known, unverified, locked] = [
    await newUser(),
    await newUser({ isVerified: false }),
    await newUser({ isLocked: true }),
  ];
  const before = await waiting();
  for (const login of [unverified.username, unverified.email, locked.username, unique()])
    expect((await forgot(login)).status).toBe(202);
  expect(await waiting()).toBe(before);
  expect((await forgot(known.email.toUpperCase())).status).toBe(202);
  for (let request = 0; request < 8; request += 1) expect((await forgot(known.username)).status).toBe(202);
  expect(await waiting()).toBe(before + 5);
  expect((await linksOf(locked.id)).length + (await linksOf(unverified.id)).length).toBe(0);
  expect(JSON.stringify(await linksOf(known.id))).not.toMatch(/ftl_/);
});

test("sets the password, ends all sessions, opens none, notifies the user, and voids their other links", async () => {
  const { id, username } = await newUser();
  const { refreshToken } = await logIn(fountain, username, PASSWORD);
  const [first, second] = [await linkFor(id), await linkFor(id)];
  const before = (await outbox(fountain)).waiting;
  const done = await reset({ token: first.token });
  expect([done.status, await done.text()]).toEqual([204, ""]);
  expect(await canLogIn(username, PASSWORD)).toBe(false);
  expect(await canLogIn(username, NEW_PASSWORD)).toBe(true);
  const refreshed = await fountain.fetch("/token", {
    method: "POST",
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken }),
  });
  expect(refreshed.status).toBe(400);
  expect((await outbox(fountain)).waiting).toBe(before + 1);
  expect((await reset({ token: second.token })).status).toBe(403);
});

test("a link that is wrong, used, expired, for something else or of a locked user gets one and the same problem", async () => {
  const { id, username } = await newUser();
  const used = await linkFor(id);
  expect((await reset({ token: used.token })).status).toBe(204);
  const locked = await newUser();
  const ofLocked = await linkFor(locked.id);
  await send(fountain, "POST", `/users/${locked.id}/lock`, { token });
  const verification = await storeLink(fountain, {
    purpose: "email-verification",
    userId: id,
    payload: { email: "a@example.org" },
  });
  const bodies = [
    { token: used.token },
    { token: (await linkFor(id, -1)).token },
    { token: `ftl_${"A".repeat(43)}` },
    { token: "anything" },
    { token: verification.token },
    { token: ofLocked.token },
    { login: username, code: "wrong" },
    { login: unique(), code: "12345678" },
  ];
  const problems = [];
  for (const body of bodies) {
    const { requestId, ...problem } = await (await reset(body)).json<Record<string, unknown>>();
    problems.push(problem);
  }
  expect(problems[0]).toMatchObject({ status: 403, code: "link-refused" });
  for (const problem of problems) expect(problem).toEqual(problems[0]);
});

test("a password that is refused leaves the link, and says why", async () => {
  const { id, username } = await newUser();
  const link = await linkFor(id);
  for (const newPassword of ["short", `${username}${username}`, "correcthorsebatterystaple"])
    expect(await problemIn(await reset({ token: link.token, newPassword }))).toMatchObject({
      status: 422,
      pointers: ["#/newPassword"],
    });
  expect(await problemIn(await reset({ login: username, code: link.code, newPassword: "short" }))).toMatchObject({
    status: 422,
  });
  expect((await reset({ token: link.token })).status).toBe(204);
});

test("of 100 who use one link at once, one succeeds", async () => {
  const { id, username } = await newUser();
  const link = await linkFor(id);
  const statuses = await Promise.all(
    Array.from(
      { length: 100 },
      async (_, n) => (await reset({ token: link.token, newPassword: `${NEW_PASSWORD} ${n}` })).status,
    ),
  );
  expect(statuses.filter((status) => status === 204)).toHaveLength(1);
  expect(new Set(statuses)).not.toContain(500);
  expect(await canLogIn(username, `${NEW_PASSWORD} ${statuses.indexOf(204)}`)).toBe(true);
});

test("a code works once, for its user, and not after five wrong ones; its link still does", async () => {
  const [one, other] = [await newUser(), await newUser()];
  const link = await linkFor(one.id);
  expect((await reset({ login: other.username, code: link.code })).status).toBe(403);
  expect((await reset({ login: one.email, code: ` ${link.code} ` })).status).toBe(204);
  expect((await reset({ login: one.email, code: link.code })).status).toBe(403);

  const guessed = await linkFor(other.id);
  const wrong = guessed.code === "00000000" ? "00000001" : "00000000";
  const tries = await Promise.all(Array.from({ length: 20 }, () => reset({ login: other.username, code: wrong })));
  // A name that was tried five times has to wait; by another name of the user the code is tried no more.
  expect(tries.map(({ status }) => status).toSorted()).toEqual([...Array(4).fill(403), ...Array(16).fill(429)]);
  expect((await reset({ login: other.email, code: wrong })).status).toBe(403);
  expect((await reset({ login: other.email, code: guessed.code })).status).toBe(403);
  expect((await reset({ token: guessed.token })).status).toBe(204);
});

test("a wrong code makes the same round trips whether there is such a user or not", async () => {
  const { id, username } = await newUser();
  await linkFor(id);
  const logins = [username, unique(), (await newUser()).username];
  const tripsOf = async (login: string) => {
    const { trips: taken } = await seenOf(trips, ["kms"], () => reset({ login, code: "00000000" }));
    return { trips: taken };
  };
  const seen = await seenWithFewestTrips(logins.map((login) => () => tripsOf(login)));
  expect(seen[1]).toEqual(seen[0]);
  expect(seen[2]).toEqual(seen[0]);
});
