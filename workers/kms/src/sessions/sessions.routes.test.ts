import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, problemIn, send, sendForm, signToken } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";
const NEW_PASSWORD = "another long enough password";
/** A session that ended is known everywhere within five seconds. */
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };

type Tokens = Awaited<ReturnType<typeof logIn>>;
type AccessToken = Pick<Tokens, "accessToken">;
interface Page {
  items: Record<string, unknown>[];
  next: string | null;
}

let fountain: Fountain;
let token: string;
let user: { id: string; username: string };

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const execute = async (sql: string, ...args: (string | number)[]) => {
  const result = await fountain.databases["kms"]?.execute({ sql, args });
  return (result?.rows ?? []).map((row) => ({ ...row }));
};

const createUser = async (): Promise<void> => {
  const body = { username: `user-${crypto.randomUUID().slice(0, 8)}`, password: PASSWORD };
  user = await (await send(fountain, "POST", "/users", { token, body })).json();
};

/** A user who never logs in with their password: hashing is slow. */
const insertUser = async (): Promise<void> => {
  const id = crypto.randomUUID();
  user = { id, username: id };
  await execute(
    "INSERT INTO users (id, username, username_key, username_skeleton, password_hash, roles, created_at) VALUES (?, ?, ?, ?, '', '[]', 0)",
    id,
    id,
    id,
    id,
  );
};

/** A session of theirs, as if they had logged in. */
const insertSession = async (): Promise<AccessToken> => {
  const sessionId = crypto.randomUUID();
  await execute(
    `INSERT INTO sessions (id, user_id, created_at, used_at, acr, amr, authenticated_at)
     SELECT ?, ?, COALESCE(MAX(created_at) + 1, ?), ?, 'aal1', '["pwd"]', 0 FROM sessions WHERE user_id = ?`,
    sessionId,
    user.id,
    Date.now(),
    Date.now(),
    user.id,
  );
  return { accessToken: await signToken(fountain, { subject: user.id, sessionId, roles: [], scopes: [] }) };
};

const open = (password = PASSWORD): Promise<Tokens> => logIn(fountain, user.username, password);
const idOf = ({ accessToken }: AccessToken): string => String(decodeJwt(accessToken)["sid"]);

const list = async ({ accessToken }: AccessToken, query = ""): Promise<Page> =>
  (await send(fountain, "GET", `/sessions${query}`, { token: accessToken })).json();

const canRefresh = async ({ refreshToken }: Tokens): Promise<boolean> =>
  (await sendForm(fountain, { grant_type: "refresh_token", refresh_token: refreshToken })).status === 200;

const expectRefused = ({ accessToken }: AccessToken): Promise<void> =>
  vi.waitFor(
    async () => expect((await send(fountain, "GET", "/me", { token: accessToken })).status).toBe(401),
    KNOWN_WITHIN,
  );

describe("the list of sessions", () => {
  beforeEach(insertUser);

  test("has the caller's own, the latest first, and says which one asks", async () => {
    const [one, other] = [await insertSession(), await insertSession()];
    const { items, next } = await list(one);
    expect(items.map(({ id, current }) => [id, current])).toEqual([
      [idOf(other), false],
      [idOf(one), true],
    ]);
    expect(next).toBeNull();
    const names = "acr address amr client createdAt current expiresAt id lastUsedAt";
    expect(
      Object.keys(items[0] ?? {})
        .toSorted()
        .join(" "),
    ).toBe(names);
  });

  test("goes on page by page, each session once", async () => {
    const opened = [await insertSession(), await insertSession(), await insertSession()];
    const [last] = opened;
    if (!last) throw new Error("there are three");
    const first = await list(last, "?limit=2");
    const second = await list(last, `?limit=2&after=${first.next}`);
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(ids.toSorted()).toEqual(opened.map(idOf).toSorted());
    expect(second.next).toBeNull();
    expect((await send(fountain, "GET", "/sessions?after=x", { token: last.accessToken })).status).toBe(422);
  });

  test("has none that ended or expired", async () => {
    const [one, ended, idle] = [await insertSession(), await insertSession(), await insertSession()];
    await send(fountain, "POST", "/logout", { token: ended.accessToken });
    await execute("UPDATE sessions SET used_at = used_at - 14 * 86400000 WHERE id = ?", idOf(idle));
    expect((await list(one)).items.map(({ id }) => id)).toEqual([idOf(one)]);
  });
});

describe("ending a session", () => {
  beforeEach(insertUser);

  test("stops its tokens, and no other session's", async () => {
    const [one, other] = [await insertSession(), await insertSession()];
    const ended = await send(fountain, "DELETE", `/sessions/${idOf(other)}`, { token: one.accessToken });
    expect(ended.status).toBe(204);
    await expectRefused(other);
    expect((await list(one)).items.map(({ id }) => id)).toEqual([idOf(one)]);
  });

  test("is possible once, and only for one's own", async () => {
    const own = await insertSession();
    const strangers = { accessToken: token };
    const path = `/sessions/${idOf(own)}`;
    expect((await send(fountain, "DELETE", path, { token: strangers.accessToken })).status).toBe(404);
    expect((await send(fountain, "DELETE", "/sessions/nothing", { token: own.accessToken })).status).toBe(404);
    const other = await insertSession();
    expect((await send(fountain, "DELETE", path, { token: other.accessToken })).status).toBe(204);
    expect((await send(fountain, "DELETE", path, { token: other.accessToken })).status).toBe(404);
  });
});

/** A token of the same session, which differs in the given claims from one that has just passed a second factor. */
const tokenOf = (tokens: Tokens, claims: Parameters<typeof signToken>[1] = {}): Promise<string> =>
  signToken(fountain, {
    subject: user.id,
    sessionId: idOf(tokens),
    roles: ["user"],
    scopes: ["search:read"],
    ...claims,
  });

const change = async (tokens: Tokens, currentPassword = PASSWORD, newPassword = NEW_PASSWORD): Promise<Response> =>
  send(fountain, "PUT", "/me/password", {
    token: await tokenOf(tokens),
    body: { currentPassword, newPassword },
  });

describe("changing one's password", () => {
  beforeEach(createUser);

  test("ends the other sessions, and keeps the one that asks", async () => {
    const [one, other] = [await open(), await open()];
    expect((await change(one)).status).toBe(204);
    expect(await canRefresh(other)).toBe(false);
    await expectRefused(other);
    expect(await canRefresh(one)).toBe(true);
    expect(
      (await send(fountain, "POST", "/login", { body: { username: user.username, password: PASSWORD } })).status,
    ).toBe(401);
    await open(NEW_PASSWORD);
  });

  test("wants the current one, and slows down guessers, without locking the owner out", async () => {
    const tokens = await open();
    for (let attempt = 0; attempt < 5; attempt += 1)
      expect(await problemIn(await change(tokens, "a wrong password"))).toMatchObject({
        status: 401,
        code: "login-refused",
      });
    const blocked = await change(tokens);
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers.get("retry-after"))).toBeGreaterThan(0);
    await open();
  });

  test("takes a second factor that was just passed, of a session with all the user's rights", async () => {
    const tokens = await open();
    const body = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    const changeWith = async (token: string) => problemIn(await send(fountain, "PUT", "/me/password", { token, body }));
    const longAgo = new Date(Date.now() - 301_000);
    for (const token of [tokens.accessToken, await tokenOf(tokens, { authenticatedAt: longAgo })])
      expect(await changeWith(token)).toMatchObject({ status: 401, code: "step-up-required" });
    expect(await changeWith(await tokenOf(tokens, { narrowed: true }))).toMatchObject({
      status: 403,
      detail: expect.stringContaining("narrowed"),
    });
    await open(PASSWORD);
  });

  test("holds the new one to the rules", async () => {
    const tokens = await open();
    for (const bad of ["short", "password1234", `${user.username}-1234`])
      expect(await problemIn(await change(tokens, PASSWORD, bad)), bad).toMatchObject({
        status: 422,
        pointers: ["#/newPassword"],
      });
  });

  test("succeeds once when two do it at once, and the loser is logged out", async () => {
    const [one, other] = [await open(), await open()];
    const responses = await Promise.all([change(one), change(other, PASSWORD, "yet another long password")]);
    const statuses = responses.map(({ status }) => status).toSorted();
    expect(statuses[0]).toBe(204);
    expect([401, 409]).toContain(statuses[1]);
    expect([await canRefresh(one), await canRefresh(other)].filter(Boolean)).toHaveLength(1);
  });

  test("leaves no session open that was begun with the old one", async () => {
    const tokens = await open();
    await Promise.all([change(tokens), ...[1, 2, 3].map(() => open().catch(() => undefined))]);
    expect((await list(tokens)).items.map(({ id }) => id)).toEqual([idOf(tokens)]);
  });

  test("is recorded in the audit trail, without a password", async () => {
    const tokens = await open();
    await change(tokens, "a wrong password");
    await change(tokens);
    const result = await fountain.databases["kms"]?.execute({
      sql: "SELECT outcome, reason FROM audit_entries WHERE action = 'user.password' AND target = ? ORDER BY id",
      args: [user.id],
    });
    expect(result?.rows.map((row) => ({ ...row }))).toEqual([
      { outcome: "failure", reason: "wrong-password" },
      { outcome: "success", reason: null },
    ]);
    expect(fountain.logs.join("\n")).not.toContain(NEW_PASSWORD);
  });
});

describe("a narrowed token", () => {
  beforeEach(createUser);

  test("ends its own session and no other, and does not erase its user", async () => {
    const [one, other] = [await open(), await open()];
    const token = await tokenOf(one, { narrowed: true });
    const end = (path: string) => send(fountain, "DELETE", path, { token });
    expect((await end(`/sessions/${idOf(other)}`)).status).toBe(403);
    expect((await end("/me")).status).toBe(403);
    expect((await list(other)).items).toHaveLength(2);
    expect((await end(`/sessions/${idOf(one)}`)).status).toBe(204);
    expect((await list(other)).items.map(({ id }) => id)).toEqual([idOf(other)]);
  });
});

describe("locking a user", () => {
  beforeEach(createUser);

  const lock = (verb: "lock" | "unlock"): Promise<Response> =>
    send(fountain, "POST", `/users/${user.id}/${verb}`, { token });
  const logInWith = (password: string): Promise<Response> =>
    send(fountain, "POST", "/login", { body: { username: user.username, password } });

  test("ends the sessions and refuses logins, until the user is unlocked", async () => {
    const tokens = await open();
    const locked = await lock("lock");
    expect(await locked.json()).toMatchObject({ id: user.id, lockedAt: expect.any(String) });
    expect(await canRefresh(tokens)).toBe(false);
    await expectRefused(tokens);
    const [right, wrong] = [await logInWith(PASSWORD), await logInWith("a wrong password")];
    expect(right.status).toBe(401);
    expect(await problemIn(right)).toEqual(await problemIn(wrong));
    expect(await (await lock("unlock")).json()).toMatchObject({ lockedAt: null });
    expect((await logInWith(PASSWORD)).status).toBe(200);
  });

  test("twice is recorded once", async () => {
    for (const verb of ["lock", "lock", "unlock", "unlock"] as const) expect((await lock(verb)).status).toBe(200);
    const result = await fountain.databases["kms"]?.execute({
      sql: "SELECT action FROM audit_entries WHERE target = ? AND action LIKE 'user.%lock' ORDER BY id",
      args: [user.id],
    });
    expect(result?.rows.map((row) => row["action"])).toEqual(["user.lock", "user.unlock"]);
    expect((await send(fountain, "POST", "/users/unknown/lock", { token })).status).toBe(404);
  });

  test("lets no login through that was checked a moment before", async () => {
    const logins = [1, 2, 3].map(() => logInWith(PASSWORD));
    await lock("lock");
    await Promise.all(logins);
    const result = await fountain.databases["kms"]?.execute({
      sql: "SELECT COUNT(*) AS n FROM sessions WHERE user_id = ? AND ended_at IS NULL",
      args: [user.id],
    });
    expect(Number(result?.rows[0]?.["n"])).toBe(0);
  });
});
