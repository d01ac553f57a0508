/** Results and refusals are those of `@libsql/client`, against the same database. */
import { createPrivateKey, randomBytes } from "node:crypto";
import { Agent } from "node:http";
import type { Client, InStatement, InValue, ResultSet } from "@libsql/client";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import {
  connectDatabase,
  deleteNamespace,
  ensureNamespace,
  fetchThrough,
  mintDatabaseToken,
  namespaceUrl,
} from "../../runtime/libsql/sqld-client.ts";
import { createDatabase } from "./database.ts";

const namespace = `t${randomBytes(6).toString("hex")}-client`;
const agent = new Agent({ keepAlive: true });
let ours: Client;
let theirs: Client;

beforeAll(async () => {
  const { sqld, signingKeyPem } = inject("testRun");
  const token = await mintDatabaseToken(createPrivateKey(signingKeyPem), namespace);
  await ensureNamespace(sqld, namespace);
  const through = fetchThrough(sqld.port, agent);
  const LIBSQL = { fetch: (input: RequestInfo | URL, init?: RequestInit) => through(new Request(input, init)) };
  const bindings = { DATABASE_URL: namespaceUrl(namespace), DATABASE_TOKEN: token, DATABASE_WRITERS: 2, LIBSQL };
  ours = createDatabase(bindings, {}).client;
  theirs = connectDatabase(sqld.port, namespace, token);
  await ours.batch(
    [
      "CREATE TABLE typed (i INTEGER, r REAL, t TEXT, b BLOB, n NUMERIC, whatever)",
      "CREATE TABLE ids (id INTEGER PRIMARY KEY, at INTEGER CHECK (at > 0))",
      "CREATE TRIGGER refused BEFORE INSERT ON ids WHEN new.id = 13 BEGIN SELECT RAISE(ABORT, 'unlucky'); END",
      "CREATE TRIGGER undone BEFORE INSERT ON ids WHEN new.id = 14 BEGIN SELECT RAISE(ROLLBACK, 'all of it'); END",
    ],
    "write",
  );
});
afterAll(async () => {
  theirs.close();
  agent.destroy();
  await deleteNamespace(inject("testRun").sqld, namespace);
});

const seen = ({ rows, ...rest }: ResultSet) => ({
  ...rest,
  toJSON: undefined,
  rows: rows.map((row) => ({
    byIndex: Array.from(row),
    byName: { ...row },
    length: row.length,
    json: JSON.stringify(row),
  })),
});

const refusalOf = async (work: Promise<unknown>): Promise<{ message: string; code: unknown }> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error("it was not refused");
  return { message: error.message, code: "code" in error ? error.code : undefined };
};

describe("a statement", () => {
  const VALUES: [string, InValue][] = [
    ["no value", null],
    ["text", "ü\u0000\u{1f600}'"],
    ["empty text", ""],
    ["whole numbers", 42],
    ["fractions", -0.1],
    ["the largest safe number", Number.MAX_SAFE_INTEGER],
    ["numbers beyond integers", 1e300],
    ["integers", 2n ** 53n - 1n],
    ["truth", true],
    ["dates", new Date(1_700_000_000_000)],
    ["bytes", new Uint8Array([0, 255, 16])],
    ["a part of a buffer", new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
    ["a whole buffer", new Uint8Array([9, 8]).buffer],
    ["no bytes", new Uint8Array()],
  ];

  test.each(VALUES)("stores and returns %s alike", async (_, value) => {
    const insert = "INSERT INTO typed VALUES (:v, :v, :v, :v, :v, :v) RETURNING *, typeof(whatever), typeof(n)";
    const statement = { sql: insert, args: { v: value } };
    expect(seen(await ours.execute(statement))).toEqual({
      ...seen(await theirs.execute(statement)),
      lastInsertRowid: expect.any(BigInt),
    });
    expect(seen(await ours.execute("SELECT ? AS v, typeof(?1)", [value]))).toEqual(
      seen(await theirs.execute("SELECT ? AS v, typeof(?1)", [value])),
    );
  });

  test.each<[string, InStatement]>([
    ["no rows", "SELECT * FROM typed WHERE false"],
    ["columns of one name", "SELECT 1 AS a, 2 AS a, 3 AS b"],
    ["columns without a name of their own", "SELECT 'x', 2 AS length, count(*) FROM ids"],
    ["what it changed", "UPDATE typed SET r = 1 WHERE i = 42"],
    ["names with a prefix", { sql: "SELECT :a, $b, @c", args: { ":a": 1, $b: 2, c: 3 } }],
  ])("returns %s alike", async (_, statement) => {
    expect(seen(await ours.execute(statement))).toEqual(seen(await theirs.execute(statement)));
  });

  test.each<[string, InStatement]>([
    ["what does not exist", "SELECT * FROM nothing"],
    ["what a constraint forbids", "INSERT INTO ids VALUES (1, -1)"],
    ["what a trigger forbids", "INSERT INTO ids VALUES (13, 1)"],
    ["more than one statement", "SELECT 1; SELECT 2"],
    ["what is no SQL", "SELEKT"],
    ["fewer arguments than it asks for", { sql: "SELECT ?, ?", args: [1] }],
  ])("refuses %s alike", async (_, statement) => {
    expect(await refusalOf(ours.execute(statement))).toEqual(await refusalOf(theirs.execute(statement)));
  });

  test("refuses what a number cannot hold, both ways", async () => {
    await expect(ours.execute("SELECT 9007199254740993")).rejects.toThrow(RangeError);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 2n ** 63n])
      await expect(ours.execute("SELECT ?", [value])).rejects.toThrow(RangeError);
  });
});

describe("a batch", () => {
  test.each(["write", "read", "deferred"] as const)("returns in mode %s what each statement did", async (mode) => {
    const read: [string, InValue[]] = ["SELECT ? AS a", ["x"]];
    const statements = [read, "SELECT id FROM ids", { sql: "SELECT :b AS b", args: { b: 2 } }];
    expect((await ours.batch(statements, mode)).map(seen)).toEqual((await theirs.batch(statements, mode)).map(seen));
  });

  test.each<[string, InStatement[]]>([
    ["its first statement", ["SELECT * FROM nothing", "SELECT 1"]],
    ["a later one", ["INSERT INTO ids VALUES (2, 1)", "INSERT INTO ids VALUES (2, 1)"]],
    ["one that rolls back itself", ["INSERT INTO ids VALUES (3, 1)", "INSERT INTO ids VALUES (14, 1)"]],
    ["its commit", ["INSERT INTO ids VALUES (4, 1)", "COMMIT"]],
  ])("that fails by %s is refused alike", async (_, statements) => {
    const refusal = await refusalOf(ours.batch(statements, "write"));
    expect(refusal.message).not.toBe("");
    await ours.execute("DELETE FROM ids");
    expect(refusal.code).toBe((await refusalOf(theirs.batch(statements, "write"))).code);
    await ours.execute("DELETE FROM ids");
  });

  test("leaves nothing behind that failed, on a stream that others have after it", async () => {
    const failing = [
      "INSERT INTO ids VALUES (6, 1)",
      "INSERT INTO ids VALUES (14, 1)",
      "INSERT INTO ids VALUES (7, 1)",
    ];
    await expect(ours.batch(failing, "write")).rejects.toThrow("all of it");
    await ours.batch(["INSERT INTO ids VALUES (8, 1)"], "write");
    expect((await ours.execute("SELECT id FROM ids")).rows.map((row) => row[0])).toEqual([8]);
  });

  test("is the only transaction there is", async () => {
    await expect(ours.transaction("write")).rejects.toThrow("one batch");
  });
});
