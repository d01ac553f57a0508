import { scryptSync } from "node:crypto";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLIENT_ADDRESS_HEADER } from "#shared/http/app.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  ISSUER,
  keysOf,
  problemIn,
  randomBytes,
  send,
  signToken,
  tokensSchema,
} from "../../../../tests/support/kms.ts";
import { createPasswords } from "../accounts/password.ts";
import { macInContext } from "../crypto/mac.ts";
import { CURRENT_COST } from "../crypto/password-cost.ts";
import { computeHash } from "../hashing/slow-hash.ts";

const PASSWORD = "a long enough password";

let fountain: Fountain;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms", productionBundles: ["kms"] });
  const token = await signToken(fountain);
  await send(fountain, "POST", "/users", { token, body: { username: "Eve", password: PASSWORD, roles: ["editor"] } });
});
afterAll(() => fountain?.stop());

const logInWith = (username: string, password: string): Promise<Response> =>
  send(fountain, "POST", "/login", { body: { username, password } });

const idOf = async (username: string): Promise<string> => {
  const sql = "SELECT id FROM users WHERE username = ?";
  return String((await fountain.databases["kms"]?.execute({ sql, args: [username] }))?.rows[0]?.["id"]);
};

const storedHash = async (): Promise<string> => {
  const found = await fountain.databases["kms"]?.execute("SELECT password_hash FROM users WHERE username = 'Eve'");
  return String(found?.rows[0]?.["password_hash"]);
};

test("responds to a login with tokens that no cache keeps", async () => {
  const response = await logInWith("Eve", PASSWORD);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const tokens = tokensSchema.required({ refresh_token: true }).parse(await response.json());
  expect(tokens).toMatchObject({
    token_type: "Bearer",
    expires_in: 900,
    scope: "sequence:read sequence:write search:read search:write",
  });
  expect(decodeJwt(tokens.access_token)).toMatchObject({
    iss: ISSUER,
    aud: "fountain",
    client_id: "fountain",
    roles: ["editor"],
    acr: "aal1",
    amr: ["pwd"],
  });
});

test("recognises a username in any case", async () => {
  expect((await logInWith("EVE", PASSWORD)).status).toBe(200);
});

test("refuses names and passwords that no one can have, before they are normalized or counted", async () => {
  const swelling = "\ufdfa".repeat(150_000);
  const typed = { username: swelling, password: swelling, remember: true };
  const refused = await problemIn(await send(fountain, "POST", "/login", { body: typed }));
  expect(refused).toMatchObject({ status: 422, pointers: ["#/username", "#/password", "#/remember"] });
  expect((await fountain.databases["kms"]?.execute("SELECT 1 FROM password_attempts LIMIT 1"))?.rows).toEqual([]);
});

test("responds to an unknown user and a wrong password alike", async () => {
  const responses = await Promise.all([logInWith("unknown", PASSWORD), logInWith("Eve", "not the right password")]);
  const [unknown, wrong] = await Promise.all(responses.map(problemIn));
  expect(unknown).toEqual(wrong);
  expect(unknown).toMatchObject({ status: 401, code: "login-refused" });
  const headers = responses.map((response) => [...response.headers.keys()].join());
  expect(headers[0]).toBe(headers[1]);
});

test("reveals only to the log why a login failed", async () => {
  await logInWith("unknown", PASSWORD);
  await logInWith("Eve", "not the right password");
  const events = fountain.logs.filter((line) => line.includes('"action":"login"')).join("\n");
  expect(events).toContain('"reason":"unknown-user"');
  expect(events).toContain('"reason":"wrong-password"');
});

test("never writes a password, a token or a stored hash to the log", async () => {
  const tokens = tokensSchema.required({ refresh_token: true }).parse(await (await logInWith("Eve", PASSWORD)).json());
  await logInWith("Eve", "not the right password");
  const logs = fountain.logs.join("\n");
  for (const secret of [
    PASSWORD,
    "not the right password",
    tokens.access_token,
    tokens.refresh_token,
    await storedHash(),
  ])
    expect(logs).not.toContain(secret);
});

const hashAtLess = async (userId: string): Promise<string> => {
  const { passwordPepper: pepper } = await keysOf(fountain);
  const cost = { ...CURRENT_COST, m: 1_024 };
  return createPasswords({ pepper, slowHash: { hash: computeHash }, randomBytes, cost }).hash(userId, PASSWORD);
};

const hashByScrypt = async (userId: string): Promise<string> => {
  const { passwordPepper } = await keysOf(fountain);
  const secret = Buffer.from(macInContext(passwordPepper, `password/${userId}`, PASSWORD), "base64url");
  const salt = randomBytes(16);
  const hash = scryptSync(secret, salt, 32, { N: 2 ** 14, r: 8, p: 5 });
  const [saltText, hashText] = [salt, hash].map((bytes) => Buffer.from(bytes).toString("base64").replaceAll("=", ""));
  return `$scrypt$v=2$ln=14,r=8,p=5$${saltText}$${hashText}`;
};

test.each([
  ["at another cost", hashAtLess],
  ["by scrypt", hashByScrypt],
])("replaces a hash %s at login, and lets the user in all the same", async (_, hash) => {
  const outdated = await hash(await idOf("Eve"));
  await fountain.databases["kms"]?.execute({
    sql: "UPDATE users SET password_hash = ? WHERE username = 'Eve'",
    args: [outdated],
  });
  expect((await logInWith("Eve", "not the right password")).status).toBe(401);
  expect(await storedHash()).toBe(outdated);
  expect((await logInWith("Eve", PASSWORD)).status).toBe(200);
  expect(await storedHash()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect((await logInWith("Eve", PASSWORD)).status).toBe(200);
});

test("admits no one as another user by the hash of a password they know", async () => {
  const token = await signToken(fountain);
  const body = { username: "Vera", password: `${PASSWORD}, but another` };
  await send(fountain, "POST", "/users", { token, body });
  await fountain.databases["kms"]?.execute({
    sql: "UPDATE users SET password_hash = ? WHERE username = 'Vera'",
    args: [await storedHash()],
  });
  expect((await logInWith("Vera", PASSWORD)).status).toBe(401);
  expect((await logInWith("Eve", PASSWORD)).status).toBe(200);
});

test("refuses input that is no login: 422 with pointers, 400, 415", async () => {
  const missing = await problemIn(await send(fountain, "POST", "/login", { body: { username: "Eve" } }));
  expect(missing).toMatchObject({ status: 422, pointers: ["#/password"] });
  const wrongTypes = await problemIn(await send(fountain, "POST", "/login", { body: { username: 1, password: true } }));
  expect(wrongTypes).toMatchObject({ status: 422, pointers: ["#/username", "#/password"] });
  const surrogate = await send(fountain, "POST", "/login", { body: { username: "Eve\ud800", password: "\ud800" } });
  expect(surrogate.status).toBe(401);
  const json = { "content-type": "application/json" };
  expect((await fountain.fetch("/login", { method: "POST", headers: json, body: "{" })).status).toBe(400);
  expect((await fountain.fetch("/login", { method: "POST", body: "username=Eve" })).status).toBe(415);
});

test("serves a burst of logins one by one, and refuses those it cannot serve in time with Retry-After", async () => {
  const responses = await Promise.all(Array.from({ length: 20 }, () => logInWith("Eve", PASSWORD)));
  const late = responses.filter((response) => response.status !== 200);
  expect(late.length).toBeLessThan(20);
  for (const response of late) {
    expect(response.headers.get("retry-after")).toMatch(/^[1-9]$/);
    expect(await problemIn(response)).toMatchObject({
      status: 503,
      detail: expect.stringContaining("Too many passwords"),
    });
  }
});

test("is listed with what and from where it was made, which the database does not show", async () => {
  const headers = { "user-agent": "A browser/1", [CLIENT_ADDRESS_HEADER]: "203.0.113.7" };
  const body = JSON.stringify({ username: fountain.adminUsername, password: fountain.adminPassword });
  const init = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body };
  const { access_token: token } = tokensSchema.parse(await (await fountain.fetch("/login", init)).json());
  const { items } = await (await send(fountain, "GET", "/sessions", { token })).json<{ items: unknown[] }>();
  expect(items[0]).toMatchObject({
    current: true,
    client: { id: "fountain", userAgent: "A browser/1" },
    address: "203.0.113.7",
  });
  const { rows = [] } = (await fountain.databases["kms"]?.execute("SELECT * FROM sessions")) ?? {};
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toMatch(/A browser|203\.0\.113/);
});
