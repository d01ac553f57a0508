import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { problemIn, send, signToken } from "../../../../tests/support/kms.ts";

/** A change is known everywhere within five seconds. */
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const execute = async (sql: string, ...args: (string | number)[]) =>
  (await fountain.databases["kms"]?.execute({ sql, args }))?.rows ?? [];

/** A user with a session, as if they had logged in. */
const insertUser = async (...roles: string[]) => {
  const id = crypto.randomUUID();
  const sessionId = crypto.randomUUID();
  await execute(
    "INSERT INTO users (id, username, username_key, username_skeleton, password_hash, roles, created_at) VALUES (?, ?, ?, ?, '', ?, 0)",
    ...[id, `user-${id}`, `user-${id}`, `user-${id}`, JSON.stringify(roles)],
  );
  await execute(
    `INSERT INTO sessions (id, user_id, created_at, used_at, acr, amr, authenticated_at)
     VALUES (?, ?, ?, ?, 'aal1', '["pwd"]', 0)`,
    ...[sessionId, id, Date.now(), Date.now()],
  );
  return { id, token: await signToken(fountain, { subject: id, sessionId, roles, scopes: [], acr: "aal1" }) };
};

const update = (id: string, body: unknown, as = token): Promise<Response> =>
  send(fountain, "PATCH", `/users/${id}`, { token: as, body });
const erase = (id: string, as = token): Promise<Response> => send(fountain, "DELETE", `/users/${id}`, { token: as });
const narrow = () => signToken(fountain, { scopes: ["users:admin", "search:read", "sequence:read"] });

const entriesOn = async (id: string, action: string): Promise<number> =>
  (await execute("SELECT 1 FROM audit_entries WHERE target = ? AND action = ?", id, action)).length;

test("changes the name and the address of a user, and what is left out stays", async () => {
  const { id } = await insertUser("user");
  const renamed = await update(id, { username: "Renamed", email: "renamed@example.com" });
  expect([renamed.status, await renamed.json()]).toMatchObject([
    200,
    { username: "Renamed", email: "renamed@example.com" },
  ]);
  expect(await (await update(id, { username: "again" })).json()).toMatchObject({ email: "renamed@example.com" });
  for (const search of ["again", "RENAMED@example.com"]) {
    const found = await (await send(fountain, "GET", `/users?search=${search}`, { token })).json();
    expect(found).toMatchObject({ items: [{ id, username: "again" }] });
  }
  expect(await (await update(id, { email: null })).json()).toMatchObject({ username: "again", email: null });
  expect(await entriesOn(id, "user.change")).toBe(3);
});

test("records no change that changes nothing, as when one is sent again", async () => {
  const { id } = await insertUser("user");
  for (const body of [{ username: `user-${id}` }, { email: null }, {}])
    expect((await update(id, body)).status, JSON.stringify(body)).toBe(200);
  expect(await entriesOn(id, "user.change")).toBe(0);
});

test("refuses names that cannot be had, and changes of users who do not exist", async () => {
  const [one, other] = [await insertUser("user"), await insertUser("user")];
  expect(await problemIn(await update(one.id, { username: "no blanks" }))).toMatchObject({
    status: 422,
    pointers: ["#/username"],
  });
  expect(await problemIn(await update(one.id, { email: "nowhere" }))).toMatchObject({ pointers: ["#/email"] });
  expect((await update(one.id, { username: `USER-${other.id}` })).status).toBe(409);
  expect((await update("nobody", { username: "somebody" })).status).toBe(404);
});

test("gives a name to one of two users who are to have it at once", async () => {
  const users = await Promise.all(Array.from({ length: 8 }, () => insertUser("user")));
  const responses = await Promise.all(users.map(({ id }) => update(id, { username: "wanted" })));
  expect(responses.map(({ status }) => status).toSorted()).toEqual([200, ...Array(7).fill(409)]);
});

test("erases a user: their tokens are refused, and their name is free", async () => {
  const user = await insertUser("user");
  expect((await update(user.id, { username: "erased", email: "erased@example.com" })).status).toBe(200);
  expect((await erase(user.id)).status).toBe(204);
  await vi.waitFor(
    async () => expect((await send(fountain, "GET", "/sessions", { token: user.token })).status).toBe(401),
    KNOWN_WITHIN,
  );
  expect((await erase(user.id)).status).toBe(404);
  expect(await execute("SELECT actor FROM audit_entries WHERE target = ? AND action = 'user.erase'", user.id)).toEqual([
    expect.objectContaining({ actor: "test-administrator" }),
  ]);
  expect(await execute("SELECT user_id FROM erasures WHERE user_id = ?", user.id)).toHaveLength(1);
  expect((await update((await insertUser("user")).id, { username: "erased" })).status).toBe(200);
});

test("touches no user who may do more than the caller", async () => {
  const { id } = await insertUser("admin");
  const caller = await narrow();
  const responses = [
    await update(id, { email: "thief@example.com" }, caller),
    await erase(id, caller),
    await send(fountain, "DELETE", `/users/${id}/sessions`, { token: caller }),
  ];
  expect(responses.map(({ status }) => status)).toEqual([403, 403, 403]);
  const peer = await insertUser("user");
  expect((await update(peer.id, { email: "peer@example.com" }, caller)).status).toBe(200);
});

test("leaves one administrator, whichever of two erases the other first", async () => {
  const [first] = await execute(
    "SELECT id FROM users WHERE roles = '[\"admin\"]' AND username = ?",
    fountain.adminUsername,
  );
  await execute("UPDATE users SET roles = '[]' WHERE id <> ?", String(first?.["id"]));
  const second = await insertUser("admin");
  const responses = await Promise.all([erase(String(first?.["id"])), erase(second.id)]);
  expect(responses.map(({ status }) => status).toSorted()).toEqual([204, 409]);
});
