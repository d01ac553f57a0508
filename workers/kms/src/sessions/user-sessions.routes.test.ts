import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, send, sendForm, signToken } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";
/** A session that ended is known everywhere within five seconds. */
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };

type Tokens = Awaited<ReturnType<typeof logIn>>;

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

/** A user who has logged in twice. */
const createUser = async () => {
  const username = `user-${crypto.randomUUID().slice(0, 8)}`;
  const body = { username, password: PASSWORD };
  const { id } = await (await send(fountain, "POST", "/users", { token, body })).json<{ id: string }>();
  const logInAgain = () => logIn(fountain, username, PASSWORD);
  return { id, one: await logInAgain(), other: await logInAgain(), logInAgain };
};

const canRefresh = async ({ refreshToken }: Tokens): Promise<boolean> =>
  (await sendForm(fountain, { grant_type: "refresh_token", refresh_token: refreshToken })).status === 200;

const statusOf = async ({ accessToken }: Tokens): Promise<number> =>
  (await send(fountain, "GET", "/me", { token: accessToken })).status;

const expectRefused = (tokens: Tokens): Promise<void> =>
  vi.waitFor(async () => expect(await statusOf(tokens)).toBe(401), KNOWN_WITHIN);

const countSessions = async (id: string): Promise<number> =>
  (await (await send(fountain, "GET", `/users/${id}/sessions`, { token })).json<{ items: unknown[] }>()).items.length;

const logOuts = async (id: string) => {
  const sql = "SELECT 1 FROM audit_entries WHERE action = 'user.log-out' AND target = ?";
  return (await fountain.databases["kms"]?.execute({ sql, args: [id] }))?.rows.length;
};

test("a user ends all sessions but the one that asks, and once there is no other nothing is recorded", async () => {
  const { id, one, other } = await createUser();
  const endOthers = () => send(fountain, "DELETE", "/sessions", { token: one.accessToken });
  for (const response of [await endOthers(), await endOthers()]) expect(response.status).toBe(204);
  expect(await canRefresh(other)).toBe(false);
  await expectRefused(other);
  expect([await statusOf(one), await canRefresh(one), await countSessions(id), await logOuts(id)]).toEqual([
    200,
    true,
    1,
    1,
  ]);
});

test("an administrator sees the sessions of a user and ends all of them, who can log in again", async () => {
  const { id, one, other, logInAgain } = await createUser();
  expect(await countSessions(id)).toBe(2);
  expect((await send(fountain, "DELETE", `/users/${id}/sessions`, { token })).status).toBe(204);
  expect([await canRefresh(one), await canRefresh(other), await countSessions(id)]).toEqual([false, false, 0]);
  await Promise.all([expectRefused(one), expectRefused(other)]);
  expect(await statusOf(await logInAgain())).toBe(200);
});

test("an administrator ends one session of a user, whose others stay, and whose is none of another user", async () => {
  const [{ id, one, other }, stranger] = [await createUser(), await createUser()];
  const listed = await send(fountain, "GET", `/users/${id}/sessions`, { token });
  const { items } = await listed.json<{ items: { id: string }[] }>();
  const end = (of: string) => send(fountain, "DELETE", `/users/${of}/sessions/${items[0]?.id}`, { token });
  expect((await end(stranger.id)).status).toBe(404);
  expect([(await end(id)).status, (await end(id)).status]).toEqual([204, 404]);
  await expectRefused(other);
  expect([await canRefresh(one), await countSessions(id), await logOuts(id)]).toEqual([true, 1, 1]);
});

test("sessions of others are no one's but an administrator's, and of no one there are none", async () => {
  const { id, one, other } = await createUser();
  for (const method of ["GET", "DELETE"]) {
    const path = (of: string) => send(fountain, method, `/users/${of}/sessions`, { token });
    expect((await send(fountain, method, `/users/${id}/sessions`, { token: one.accessToken })).status).toBe(403);
    expect((await path("nobody")).status).toBe(404);
  }
  expect(await statusOf(other)).toBe(200);
});

test("a narrowed token ends no session but its own", async () => {
  const { id, other } = await createUser();
  const narrowed = await signToken(fountain, { subject: id, roles: [], scopes: [], narrowed: true });
  expect((await send(fountain, "DELETE", "/sessions", { token: narrowed })).status).toBe(403);
  expect(await statusOf(other)).toBe(200);
});
