import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { keysOf, problemIn, send, signToken } from "../../../../tests/support/kms.ts";
import { KEY_NAMES } from "../crypto/root-key.ts";

const OTHER_KEY = "another key than the one this database was written under";

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const query = async (sql: string): Promise<Record<string, unknown>[]> => {
  const found = await fountain.databases["kms"]?.execute(sql);
  return (found?.rows ?? []).map((row) => ({ ...row }));
};

const within = async (options: { secretKey?: string }, work: (other: Fountain) => Promise<void>): Promise<void> => {
  const other = await startFountain({ front: "kms", beside: fountain, ...options });
  await work(other).finally(other.stop);
};

test.for([
  [{ STEP_UP_FOR_ROLES: "admn" }, 'STEP_UP_FOR_ROLES has \\"admn\\", which does not exist'],
  [{ REGISTRATION: "yes" }, "REGISTRATION is not usable: set it to closed, email or open"],
] as const)("with a setting that is not usable nothing works, and the log names it: %j", async ([settings, named]) => {
  const other = await startFountain({ front: "kms", beside: fountain, settings });
  try {
    const login = { username: fountain.adminUsername, password: fountain.adminPassword };
    for (const response of [await other.fetch("/ready"), await send(other, "POST", "/login", { body: login })])
      expect(await problemIn(response)).toMatchObject({
        status: 503,
        code: "unavailable",
        detail: expect.stringContaining("settings are invalid"),
      });
    expect(other.logs.some((line) => line.includes(named))).toBe(true);
  } finally {
    await other.stop();
  }
});

const assertLocked = async (other: Fountain): Promise<void> => {
  expect(await problemIn(await other.fetch("/ready"))).toMatchObject({
    status: 503,
    code: "unavailable",
    detail: expect.stringContaining("SECRET_KEY"),
  });
  const login = { username: fountain.adminUsername, password: fountain.adminPassword };
  expect((await send(other, "POST", "/login", { body: login })).status).toBe(503);
  expect((await other.fetch("/.well-known/jwks.json")).status).toBe(503);
  const user = { username: "ann", password: "a long enough password" };
  expect((await send(other, "POST", "/users", { token, body: user })).status).toBe(503);
  expect((await send(other, "PUT", "/secrets/a", { token, body: { value: "x" } })).status).toBe(503);
};

const tables = ["key_encryption_keys", "internal_keys", "signing_keys", "users", "secret_versions"];
const fingerprint = async (): Promise<string> => {
  const rows = await Promise.all(tables.map((table) => query(`SELECT * FROM ${table}`)));
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex");
};

test("serves nothing, and writes nothing, with another SECRET_KEY than the database was written under", async () => {
  const before = await fingerprint();
  await within({ secretKey: OTHER_KEY }, assertLocked);
  expect(await fingerprint()).toBe(before);
  expect((await fountain.fetch("/ready")).status).toBe(200);
});

test("lets two processes that start at once on an empty database agree on their keys", async () => {
  const empty = "DELETE FROM internal_keys; DELETE FROM key_encryption_keys; DELETE FROM signing_keys";
  await fountain.databases["kms"]?.executeMultiple(empty);
  await within({}, async (one) => {
    await within({}, async (other) => {
      const statuses = await Promise.all(
        [one, other, one, other].map(async (process) => (await process.fetch("/ready")).status),
      );
      expect(statuses).toEqual([200, 200, 200, 200]);
      expect(await query("SELECT version FROM key_encryption_keys")).toHaveLength(1);
      expect(await query("SELECT name FROM internal_keys")).toHaveLength(KEY_NAMES.length);
      const token = await signToken(fountain);
      const written = await send(one, "PUT", "/secrets/agreed", { token, body: { value: "x" } });
      expect(written.status).toBe(201);
      expect(await (await send(other, "GET", "/secrets/agreed", { token })).json()).toMatchObject({ value: "x" });
    });
  });
});

test("refuses to start when an internal key was exchanged for another's", async () => {
  await fountain.databases["kms"]?.executeMultiple(`
    UPDATE internal_keys SET wrapped_key = (SELECT wrapped_key FROM internal_keys WHERE name = 'mac')
    WHERE name = 'sealing'`);
  await within({}, async (other) => expect((await other.fetch("/ready")).status).toBe(500));
  await expect(keysOf(fountain)).rejects.toThrow("sealing");
});
