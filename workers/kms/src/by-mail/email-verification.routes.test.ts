import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { arrangements, PASSWORD, unique } from "../../../../tests/support/kms/arrangements.ts";
import { storeLink, verifyAddress } from "../../../../tests/support/kms/links.ts";
import { logIn, problemIn, send, signToken } from "../../../../tests/support/kms.ts";
import { outbox } from "../../../../tests/support/messages/outbox.ts";

let fountain: Fountain;
let token: string;
beforeAll(async () => {
  fountain = await startFountain({ front: "kms", settings: { REGISTRATION: "open" } });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const { newUser } = arrangements(
  () => fountain,
  () => token,
);
const address = () => `${unique()}@example.org`;
const put = (as: string, email: string) => send(fountain, "PUT", "/me/email", { token: as, body: { email } });
const verify = (as: string, body: object) => send(fountain, "POST", "/me/email/verify", { token: as, body });
const me = async (as: string) =>
  (await send(fountain, "GET", "/me", { token: as })).json<{ email: string; emailVerified: boolean }>();
const waiting = async () => (await outbox(fountain)).waiting;
const linkFor = (userId: string, email: string) =>
  storeLink(fountain, { purpose: "email-verification", userId, payload: { email } });

test("an address counts once it is verified, and the one before is notified", async () => {
  const { id, accessToken, stepped } = await newUser();
  const [first, second] = [address(), address()];
  const requested = await put(stepped, first);
  expect([requested.status, await requested.json()]).toMatchObject([202, { email: first }]);
  expect(await me(accessToken)).toMatchObject({ email: null, emailVerified: false });
  const { token: link } = await linkFor(id, first);
  expect(await (await verify(accessToken, { token: link })).json()).toMatchObject({
    email: first,
    emailVerified: true,
  });
  const before = await waiting();
  const { code } = await linkFor(id, second);
  expect((await verify(accessToken, { code })).status).toBe(200);
  expect(await me(accessToken)).toMatchObject({ email: second, emailVerified: true });
  expect(await waiting()).toBe(before + 1);
  const listed = await (await send(fountain, "GET", `/users?search=${second}`, { token })).json();
  expect(listed).toMatchObject({ items: [{ id, emailVerified: true }] });
});

test("needs the second factor of users who have one, and a login just now of those who do not", async () => {
  const { id } = await newUser();
  const stale = await signToken(fountain, {
    subject: id,
    acr: "aal1",
    authenticatedAt: new Date(Date.now() - 600_000),
  });
  expect((await put(stale, address())).status).toBe(401);
});

test("a link is worth nothing to another user, twice, or after the next one was asked for", async () => {
  const [one, other] = [await newUser(), await newUser()];
  const link = await linkFor(one.id, address());
  expect(await problemIn(await verify(other.accessToken, { token: link.token }))).toMatchObject({
    status: 403,
    code: "link-refused",
  });
  const responses = await Promise.all(Array.from({ length: 20 }, () => verify(one.accessToken, { token: link.token })));
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200, 403]));
  const replaced = await linkFor(one.id, address());
  expect((await put(one.stepped, address())).status).toBe(202);
  expect((await verify(one.accessToken, { token: replaced.token })).status).toBe(403);
});

test("wrong codes and requests for mails are slowed down", async () => {
  const { id, accessToken, stepped } = await newUser();
  const { code } = await linkFor(id, address());
  const wrong = code === "00000000" ? "00000001" : "00000000";
  const tried = await Promise.all(Array.from({ length: 10 }, () => verify(accessToken, { code: wrong })));
  expect(tried.filter(({ status }) => status === 403)).toHaveLength(5);
  const blocked = await verify(accessToken, { code });
  expect(blocked.status).toBe(429);
  expect(Number(blocked.headers.get("retry-after"))).toBeGreaterThan(0);
  const asked = await Promise.all(Array.from({ length: 10 }, () => put(stepped, address())));
  expect(asked.filter(({ status }) => status === 202)).toHaveLength(5);
  expect(asked.filter(({ status }) => status === 429)).toHaveLength(5);
});

test("takes either the token or the code", async () => {
  const { accessToken } = await newUser();
  for (const body of [{}, { token: "ftl_a", code: "12345678" }])
    expect(await problemIn(await verify(accessToken, body))).toMatchObject({ status: 422 });
});

test("a new account's address is to be verified, and so is one that an administrator gives", async () => {
  const before = await waiting();
  const username = unique();
  const registered = await send(fountain, "POST", "/register", {
    body: { username, email: address(), password: PASSWORD },
  });
  expect(await registered.json()).toMatchObject({ emailVerified: false });
  const created = await send(fountain, "POST", "/users", {
    token,
    body: { username: unique(), email: address(), password: PASSWORD },
  });
  const { id } = await created.json<{ id: string }>();
  expect(await waiting()).toBe(before + 2);
  await verifyAddress(fountain, id);
  const old = await linkFor(id, address());
  const patched = await send(fountain, "PATCH", `/users/${id}`, { token, body: { email: address() } });
  expect(await patched.json()).toMatchObject({ emailVerified: false });
  // The new address is asked, and the old one told.
  expect(await waiting()).toBe(before + 4);
  const user = await signToken(fountain, { subject: id });
  expect((await verify(user, { token: old.token })).status).toBe(403);
  const { accessToken } = await logIn(fountain, username, PASSWORD);
  const exported = await fountain.databases["kms"]?.execute("SELECT email_verified_at FROM users WHERE id = ?", [id]);
  expect(exported?.rows[0]?.["email_verified_at"]).toBeNull();
  expect((await me(accessToken)).emailVerified).toBe(false);
});
