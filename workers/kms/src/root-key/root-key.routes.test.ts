import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { keysOf, logIn, problemIn, send, signToken } from "../../../../tests/support/kms.ts";

const NEW_KEY = "the secret key that comes after the first one";

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const query = async (sql: string, args: (string | number)[] = []): Promise<Record<string, unknown>[]> =>
  ((await fountain.databases["kms"]?.execute({ sql, args }))?.rows ?? []).map((row) => ({ ...row }));

const TABLES = ["internal_keys", "secret_versions", "wrapped_secrets", "transit_key_versions"];
/** The versions of key-encryption keys that anything is wrapped under. */
const versionsInUse = async (): Promise<unknown[]> => {
  const select = TABLES.map((table) => `SELECT kek_version FROM ${table} WHERE kek_version IS NOT NULL`);
  return (await query(select.join(" UNION "))).map((row) => row["kek_version"]);
};
const keptVersions = async (): Promise<unknown[]> =>
  (await query("SELECT version FROM key_encryption_keys ORDER BY version")).map((row) => row["version"]);

const put = async (path: string, value: string, by = fountain): Promise<void> => {
  expect((await send(by, "PUT", `/secrets/${path}`, { token, body: { value } })).status).toBe(201);
};
const read = async (path: string, by = fountain): Promise<unknown> => {
  const response = await send(by, "GET", `/secrets/${path}`, { token });
  return response.status === 200 ? Object(await response.json()).value : response.status;
};
const rotate = (by = fountain): Promise<Response> => send(by, "POST", "/root-key/rotate", { token });
const status = async (by = fountain) => Object(await (await send(by, "GET", "/root-key", { token })).json());
const encrypt = async (text: string): Promise<string> => {
  const body = { plaintext: Buffer.from(text).toString("base64") };
  return Object(await (await send(fountain, "POST", "/transit/root/encrypt", { token, body })).json()).ciphertext;
};
const decrypt = async (ciphertext: string, by = fountain): Promise<unknown> => {
  const response = await send(by, "POST", "/transit/root/decrypt", { token, body: { ciphertext } });
  return response.status === 200
    ? Buffer.from(Object(await response.json()).plaintext, "base64").toString()
    : response.status;
};

test("rewraps everything under a new key, and loses the old one", async () => {
  await put("a", "1");
  await put("a", "2");
  const ciphertext = await encrypt("in transit");
  const wrapped = await send(fountain, "POST", "/secrets/wrap", { token, body: { value: "in a token" } });
  const { token: wrappingToken } = Object(await wrapped.json());
  const before = await keysOf(fountain);

  const rotated = await rotate();
  expect(rotated.status).toBe(200);
  expect(await rotated.json()).toMatchObject({ version: 2, remaining: 0, older: [] });
  expect(await versionsInUse()).toEqual([2]);
  expect(await keptVersions()).toEqual([2]);

  expect(await read("a")).toBe("2");
  expect(await decrypt(ciphertext)).toBe("in transit");
  const unwrapped = await send(fountain, "POST", "/secrets/unwrap", { token, body: { token: wrappingToken } });
  expect(await unwrapped.json()).toEqual({ value: "in a token" });
  expect(await keysOf(fountain)).toEqual(before);
  await expect(logIn(fountain)).resolves.toBeDefined();
  expect(await query("SELECT action FROM audit_entries WHERE action LIKE 'root-key.%' ORDER BY id")).toEqual([
    { action: "root-key.rotate" },
    { action: "root-key.retire" },
  ]);
});

test("lets another process, which knew the old key only, read what was rewrapped and write", async () => {
  const other = await startFountain({ front: "kms", beside: fountain });
  try {
    await put("b", "before", other);
    await rotate();
    expect(await read("b", other)).toBe("before");
    await put("b", "after", other);
    expect(await read("b")).toBe("after");
    const { version } = await status();
    expect(await versionsInUse()).toEqual([version]);
  } finally {
    await other.stop();
  }
});

test("continues with the rest when one row was tampered with, and reports it", async () => {
  await put("victim", "x");
  await put("thief", "y");
  await query(`UPDATE secret_versions SET wrapped_key = (SELECT wrapped_key FROM secret_versions WHERE path = 'thief')
               WHERE path = 'victim'`);
  const { version } = await status();
  expect(await (await rotate()).json()).toMatchObject({
    version: version + 1,
    remaining: 1,
    older: [{ version, dataKeys: 1 }],
  });
  expect(await read("thief")).toBe("y");
  expect(await read("victim")).toBe(500);
  expect(fountain.logs.some((line) => line.includes("data-key.unreadable"))).toBe(true);
  await query("DELETE FROM secret_versions WHERE path = 'victim'");
  await fountain.runScheduled("kms");
  expect(await status()).toMatchObject({ remaining: 0, older: [] });
});

test("moves to another SECRET_KEY with the one before beside it, and needs that no more afterwards", async () => {
  await put("moved", "kept");
  const ciphertext = await encrypt("kept, too");
  const { version } = await status();
  const moved = await startFountain({
    front: "kms",
    beside: fountain,
    secretKey: NEW_KEY,
    settings: { SECRET_KEY_PREVIOUS: fountain.secretKey },
  });
  try {
    expect(await read("moved", moved)).toBe("kept");
    await put("early", "before the rotation", moved);
    await moved.runScheduled("kms");
    expect(await status(moved)).toMatchObject({ version: version + 1, remaining: 0, older: [] });
    await moved.runScheduled("kms");
    expect(await status(moved)).toMatchObject({ version: version + 1 });
  } finally {
    await moved.stop();
  }
  const alone = await startFountain({ front: "kms", beside: fountain, secretKey: NEW_KEY });
  try {
    expect(await read("moved", alone)).toBe("kept");
    expect(await read("early", alone)).toBe("before the rotation");
    expect(await decrypt(ciphertext, alone)).toBe("kept, too");
    expect(
      (await send(alone, "GET", "/users", { token: await signToken({ ...fountain, secretKey: NEW_KEY }) })).status,
    ).toBe(200);
    // The process that still has the old key alone continues with what it has open, and cannot open the rest.
    await expect(logIn(fountain)).resolves.toBeDefined();
    expect(await problemIn(await send(fountain, "GET", "/secrets/moved", { token }))).toMatchObject({ status: 503 });
  } finally {
    await alone.stop();
  }
  const old = await startFountain({ front: "kms", beside: fountain });
  expect((await old.fetch("/ready")).status).toBe(503);
  await old.stop();
});
