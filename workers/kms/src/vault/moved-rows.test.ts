import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { send, signToken } from "../../../../tests/support/kms.ts";

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const put = (path: string, value: string): Promise<Response> =>
  send(fountain, "PUT", `/secrets/${path}`, { token, body: { value } });
const statusOf = async (path: string): Promise<number> =>
  (await send(fountain, "GET", `/secrets/${path}`, { token })).status;

/** Swaps these columns between the two rows that the conditions name. */
const swap = async (table: string, columns: string[], ...conditions: [string, string]): Promise<void> => {
  const client = fountain.databases["kms"];
  const select = `SELECT ${columns.join(", ")} FROM ${table} WHERE`;
  const rows = await Promise.all(
    conditions.map(async (where) => (await client?.execute(`${select} ${where}`))?.rows[0]),
  );
  const assignments = columns.map((column) => `${column} = ?`).join(", ");
  const updates = rows.toReversed().map((row, index) => ({
    sql: `UPDATE ${table} SET ${assignments} WHERE ${conditions[index]}`,
    args: columns.map((column) => row?.[column] ?? null),
  }));
  const changed = await client?.batch(updates, "write");
  expect(changed?.map(({ rowsAffected }) => rowsAffected)).toEqual([1, 1]);
};

const ENVELOPE = ["kek_version", "wrapped_key", "sealed"];

test("a secret does not open at another path, whatever of its row is moved there", async () => {
  for (const [n, columns] of [ENVELOPE, ["wrapped_key"], ["sealed"]].entries()) {
    await put(`mine/${n}`, "mine");
    await put(`theirs/${n}`, "theirs");
    const rows = [`path = 'mine/${n}'`, `path = 'theirs/${n}'`] as const;
    await swap("secret_versions", columns, ...rows);
    expect([await statusOf(`mine/${n}`), await statusOf(`theirs/${n}`)], columns.join()).toEqual([500, 500]);
    await swap("secret_versions", columns, ...rows);
    expect([await statusOf(`mine/${n}`), await statusOf(`theirs/${n}`)], columns.join()).toEqual([200, 200]);
  }
});

test("a secret does not open as another version of itself, nor where its whole row was renamed", async () => {
  await put("versions", "first");
  await put("versions", "second");
  await swap("secret_versions", ENVELOPE, "(path = 'versions' AND version = 1)", "(path = 'versions' AND version = 2)");
  expect(await statusOf("versions?version=1")).toBe(500);
  expect(await statusOf("versions")).toBe(500);
  await put("admin/password", "root");
  await fountain.databases["kms"]?.execute(
    "UPDATE secret_versions SET path = 'public/x' WHERE path = 'admin/password'",
  );
  expect(await statusOf("public/x")).toBe(500);
});

test("a wrapped value does not come out with another token", async () => {
  const wrap = async (value: string): Promise<string> =>
    Object(await (await send(fountain, "POST", "/secrets/wrap", { token, body: { value } })).json()).token;
  const mine = await wrap("mine");
  await wrap("theirs");
  const ids = await fountain.databases["kms"]?.execute("SELECT id FROM wrapped_secrets");
  const [one, other] = ids?.rows.map((row) => `id = '${row["id"]}'`) ?? [];
  await swap("wrapped_secrets", ENVELOPE, one ?? "", other ?? "");
  const unwrapped = await send(fountain, "POST", "/secrets/unwrap", { token, body: { token: mine } });
  expect(unwrapped.status).toBe(500);
  await swap("wrapped_secrets", ENVELOPE, one ?? "", other ?? "");
  const kept = await send(fountain, "POST", "/secrets/unwrap", { token, body: { token: mine } });
  expect(await kept.json()).toEqual({ value: "mine" });
});

test("a transit key does not serve under another name or version", async () => {
  const plaintext = Buffer.from("x").toString("base64");
  const encrypt = (key: string): Promise<Response> =>
    send(fountain, "POST", `/transit/${key}/encrypt`, { token, body: { plaintext } });
  await encrypt("mine");
  await encrypt("theirs");
  await swap("transit_key_versions", ["kek_version", "wrapped_key"], "name = 'mine'", "name = 'theirs'");
  expect((await encrypt("mine")).status).toBe(500);
});
