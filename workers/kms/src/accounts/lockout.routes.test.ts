import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { problemIn, send, signToken } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";
const OWNER = "192.0.2.10";
const STRANGER = "198.51.100.7";

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

/** A new user; tests must not meet in each other's counters. */
const createUser = async (): Promise<string> => {
  const username = `user-${crypto.randomUUID().slice(0, 8)}`;
  const created = await send(fountain, "POST", "/users", { token, body: { username, password: PASSWORD } });
  expect(created.status).toBe(201);
  return username;
};

const logIn = (username: string, password: string, address?: string): Promise<Response> =>
  fountain.fetch("/login", {
    method: "POST",
    headers: { "content-type": "application/json", ...(address && { "x-fountain-client-address": address }) },
    body: JSON.stringify({ username, password }),
  });

const statuses = async (attempts: Promise<Response>[]): Promise<Record<number, number>> => {
  const counted: Record<number, number> = {};
  for (const { status } of await Promise.all(attempts)) counted[status] = (counted[status] ?? 0) + 1;
  return counted;
};

const countChecked = async (): Promise<number> => {
  const result = await fountain.databases["kms"]?.execute(
    "SELECT COALESCE(SUM(count), 0) AS n FROM audit_entries WHERE action = 'login' AND reason = 'wrong-password'",
  );
  return Number(result?.rows[0]?.["n"]);
};

test("checks exactly five of 200 wrong passwords, 20 at a time", async () => {
  const username = await createUser();
  const before = await countChecked();
  const total: Record<number, number> = {};
  for (let round = 0; round < 10; round += 1) {
    const counted = await statuses(Array.from({ length: 20 }, () => logIn(username, "not the right password")));
    for (const [status, count] of Object.entries(counted)) total[Number(status)] = (total[Number(status)] ?? 0) + count;
  }
  expect(total).toEqual({ 401: 5, 429: 195 });
  expect((await countChecked()) - before).toBe(5);
});

test("says how many attempts are left, and when the next one is allowed", async () => {
  const username = await createUser();
  for (const left of [4, 3, 2, 1, 0]) {
    const wrong = await logIn(username, "not the right password");
    expect(wrong.headers.get("ratelimit-policy")).toBe('"password";q=5;w=86400');
    expect(wrong.headers.get("ratelimit")).toMatch(left === 0 ? /^"password";r=0;t=\d+$/ : `"password";r=${left}`);
  }
  const locked = await logIn(username, PASSWORD);
  expect(await problemIn(locked.clone())).toMatchObject({ status: 429, code: "too-many-attempts" });
  const waitSeconds = Number(locked.headers.get("retry-after"));
  expect(waitSeconds).toBeGreaterThan(20);
  expect(waitSeconds).toBeLessThanOrEqual(30);
  expect(locked.headers.get("ratelimit")).toBe(`"password";r=0;t=${waitSeconds}`);
});

test("treats an unknown name like a known one", async () => {
  const [known, unknown] = [await createUser(), `user-${crypto.randomUUID()}`];
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const [one, other] = await Promise.all([logIn(known, "wrong password"), logIn(unknown, "wrong password")]);
    expect([one.status, one.headers.get("ratelimit")?.slice(0, 14)]).toEqual([
      other.status,
      other.headers.get("ratelimit")?.slice(0, 14),
    ]);
    const [body, otherBody] = [await problemIn(one), await problemIn(other)];
    expect(body).toEqual(otherBody);
  }
});

test("lets the owner in at a known address, however a stranger tries to lock their account", async () => {
  const username = await createUser();
  expect((await logIn(username, PASSWORD, OWNER)).status).toBe(200);
  const counted = await statuses(Array.from({ length: 20 }, () => logIn(username, "wrong password", STRANGER)));
  expect(counted).toEqual({ 401: 5, 429: 15 });
  expect((await logIn(username, PASSWORD, "203.0.113.5")).status).toBe(429);
  expect((await logIn(username, PASSWORD, OWNER)).status).toBe(200);
});

test("lets the owner in where they are known, however a stranger at the same address tries", async () => {
  const [username, address] = [await createUser(), "192.0.2.11"];
  expect((await logIn(username, PASSWORD, address)).status).toBe(200);
  for (let attempt = 0; attempt < 6; attempt += 1) await logIn(`stranger-${crypto.randomUUID()}`, "wrong", address);
  expect((await logIn(username, "wrong password", address)).status).toBe(429);
  expect((await logIn(username, PASSWORD, address)).status).toBe(200);
});

test("limits what is tried where the owner is known, too", async () => {
  const [username, address] = [await createUser(), "192.0.2.12"];
  await logIn(username, PASSWORD, address);
  const before = await countChecked();
  for (let attempt = 0; attempt < 12; attempt += 1)
    expect((await logIn(username, "wrong password", address)).status).toBe(attempt < 5 ? 401 : 429);
  expect((await countChecked()) - before).toBe(10);
  expect((await logIn(username, PASSWORD, address)).status).toBe(429);
});

test("takes back what a user mistyped at an address once they get it right there", async () => {
  const [username, address] = [await createUser(), "192.0.2.13"];
  await logIn(username, PASSWORD, address);
  for (let round = 0; round < 3; round += 1) {
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect((await logIn(username, "wrong password", address)).status).toBe(401);
    expect((await logIn(username, PASSWORD, address)).status).toBe(200);
  }
  const other = await logIn(`stranger-${crypto.randomUUID()}`, "wrong password", address);
  expect(other.headers.get("ratelimit")).toBe('"password";r=4');
});

test("counts an address over all accounts, and knows 64 bits of IPv6 for one", async () => {
  const [prefix, victim] = ["2001:db8:1:2", await createUser()];
  for (let attempt = 1; attempt <= 5; attempt += 1)
    expect((await logIn(`stranger-${crypto.randomUUID()}`, "wrong password", `${prefix}::${attempt}`)).status).toBe(
      401,
    );
  expect((await logIn(victim, PASSWORD, `${prefix}:ffff::1`)).status).toBe(429);
  expect((await logIn(victim, PASSWORD, "2001:db8:1:3::1")).status).toBe(200);
});

test("does not take one user's success for an address's innocence", async () => {
  const [own, address] = [await createUser(), "192.0.2.77"];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    expect((await logIn(`stranger-${crypto.randomUUID()}`, "wrong password", address)).status).toBe(401);
    expect((await logIn(own, PASSWORD, address)).status).toBe(200);
  }
  expect((await logIn(`stranger-${crypto.randomUUID()}`, "wrong password", address)).status).toBe(401);
  expect((await logIn(`stranger-${crypto.randomUUID()}`, "wrong password", address)).status).toBe(429);
});

test("keeps neither a name that was tried nor an address in the clear", async () => {
  const [name, address] = [`secret-name-${crypto.randomUUID()}`, "192.0.2.99"];
  await logIn(name, "wrong password", address);
  for (const table of ["password_attempts", "known_addresses", "audit_entries"]) {
    const stored = JSON.stringify((await fountain.databases["kms"]?.execute(`SELECT * FROM ${table}`))?.rows);
    expect(stored).not.toContain(name);
    expect(stored).not.toContain(address);
  }
});
