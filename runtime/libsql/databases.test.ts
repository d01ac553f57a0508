/** sqld as every Fountain runs it: what its tokens open, what survives, and how migrations arrive. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGuard } from "../local/guard.ts";
import { freePorts } from "../local/ports.ts";
import { stopProcess } from "../local/process.ts";
import type { Worker } from "../workerd/topology.ts";
import { migrateDatabase } from "./migrate.ts";
import { type SqldOptions, spawnSqld, waitForSqld } from "./sqld.ts";
import { connectDatabase, deleteNamespace, ensureNamespace, mintDatabaseToken } from "./sqld-client.ts";
import { assertNotLost, noteUsedDatabase, readUsedDatabases } from "./used-databases.ts";

const root = mkdtempSync(path.join(tmpdir(), "fountain-databases-"));
const { privateKey: signingKey } = generateKeyPairSync("ed25519");
const guard = createGuard();
let options: SqldOptions;
let sqld: ReturnType<typeof spawnSqld>;

const start = async () => {
  sqld = spawnSqld(options);
  guard.watch("sqld", sqld.pid);
  await waitForSqld(options.port, sqld);
};

beforeAll(async () => {
  const [port, adminPort] = await freePorts();
  const adminKey = randomBytes(16).toString("hex");
  options = { dataDirectory: path.join(root, "data"), port, adminPort, adminKey, signingKey };
  await start();
  await ensureNamespace(options, "kms");
  await ensureNamespace(options, "search");
});
afterAll(async () => {
  await stopProcess(sqld);
  guard.release();
  rmSync(root, { recursive: true });
});

const connect = async (namespace: string, tokenFor = namespace) =>
  connectDatabase(options.port, namespace, await mintDatabaseToken(signingKey, tokenFor));

test("a token opens its own database and no other", async () => {
  expect((await (await connect("kms")).execute("SELECT 1 AS one")).rows[0]?.["one"]).toBe(1);
  await expect((await connect("search", "kms")).execute("SELECT 1")).rejects.toThrow();
});

test("no token, or one that another key signed, opens nothing", async () => {
  const other = generateKeyPairSync("ed25519").privateKey;
  const forged = await new SignJWT({ p: { rw: { ns: ["kms"] } } }).setProtectedHeader({ alg: "EdDSA" }).sign(other);
  for (const token of ["", forged]) {
    await expect(connectDatabase(options.port, "kms", token).execute("SELECT 1")).rejects.toThrow();
  }
});

test("administration asks for its key", async () => {
  const wrong = { ...options, adminKey: "wrong" };
  await expect(ensureNamespace(wrong, "intruder")).rejects.toThrow();
  await expect(deleteNamespace(wrong, "kms")).rejects.toThrow();
});

test("creating a database that exists changes nothing", async () => {
  const client = await connect("search");
  await client.execute("CREATE TABLE kept (id INTEGER)");
  await ensureNamespace(options, "search");
  await client.execute("SELECT * FROM kept");
});

test("what was acknowledged survives a SIGKILL, on the same port", async () => {
  const client = await connect("kms");
  await client.execute("CREATE TABLE acknowledged (id INTEGER)");
  await client.execute("INSERT INTO acknowledged VALUES (1), (2), (3)");
  await stopProcess(sqld, "SIGKILL");
  await start();
  const { rows } = await (await connect("kms")).execute("SELECT count(*) AS count FROM acknowledged");
  expect(rows[0]?.["count"]).toBe(3);
});

/** SQLite's FULL: a commit waits for the disk. */
const SYNCHRONOUS_FULL = 2;

test("commits wait for the disk, also in a database whose creation did not ask for that", async () => {
  const synchronous = async (): Promise<unknown> =>
    (await (await connect("relaxed")).execute("PRAGMA synchronous")).rows[0]?.["synchronous"];
  const created = await fetch(`http://127.0.0.1:${options.adminPort}/v1/namespaces/relaxed/create`, {
    method: "POST",
    headers: { authorization: `basic ${options.adminKey}`, "content-type": "application/json" },
    body: "{}",
  });
  expect(created.status).toBe(200);
  expect(await synchronous()).not.toBe(SYNCHRONOUS_FULL);
  await (await connect("relaxed")).execute("CREATE TABLE kept (id INTEGER)");
  await ensureNamespace(options, "relaxed");
  expect(await synchronous()).toBe(SYNCHRONOUS_FULL);
  await stopProcess(sqld, "SIGKILL");
  await start();
  expect(await synchronous()).toBe(SYNCHRONOUS_FULL);
  await (await connect("relaxed")).execute("SELECT * FROM kept");
  expect((await (await connect("kms")).execute("PRAGMA synchronous")).rows[0]?.["synchronous"]).toBe(SYNCHRONOUS_FULL);
});

const worker = (name: string): Worker => ({
  worker: name,
  name,
  main: "",
  compatibilityDate: "2026-07-01",
  compatibilityFlags: [],
  services: [],
  vars: {},
  secrets: [],
  crons: [],
});

const writeMigrations = (name: string, ...texts: string[]): void => {
  const folder = path.join(root, "workers", name, "migrations");
  mkdirSync(path.join(folder, "meta"), { recursive: true });
  const entries = texts.map((text, idx) => {
    writeFileSync(path.join(folder, `${idx}.sql`), text);
    return { idx, version: "6", when: 1_790_000_000_000 + idx, tag: String(idx), breakpoints: true };
  });
  writeFileSync(path.join(folder, "meta", "_journal.json"), JSON.stringify({ entries }));
};

const migrate = async (name: string) => {
  await ensureNamespace(options, name);
  const client = await connect(name);
  return { client, migrated: await migrateDatabase({ root, workers: [] }, worker(name), client) };
};

test("migrations are applied once each, in their order", async () => {
  writeMigrations("ordered", "CREATE TABLE a (id INTEGER);", "ALTER TABLE a ADD b TEXT;");
  await migrate("ordered");
  writeMigrations(
    "ordered",
    "CREATE TABLE a (id INTEGER);",
    "ALTER TABLE a ADD b TEXT;",
    "ALTER TABLE a ADD c TEXT;--> statement-breakpoint\nINSERT INTO a VALUES (1, 'b', 'c; d');",
  );
  await migrate("ordered");
  const { client } = await migrate("ordered");
  expect((await client.execute("SELECT id, b, c FROM a")).rows).toMatchObject([{ id: 1, b: "b", c: "c; d" }]);
});

test("a migration that fails is told in one line, and nothing of it stays", async () => {
  writeMigrations("failing", "CREATE TABLE a (id INTEGER);--> statement-breakpoint\nINSERT INTO missing VALUES (1);");
  await expect(migrate("failing")).rejects.toThrow(/^the migrations of failing do not apply: .*missing/);
  const { rows } = await (await connect("failing")).execute("SELECT name FROM sqlite_schema WHERE name = 'a'");
  expect(rows).toEqual([]);
});

test("an empty database that has been in use is lost, and no other", async () => {
  const file = path.join(root, "used-databases");
  writeMigrations("notes", "CREATE TABLE a (id INTEGER);");
  await ensureNamespace(options, "notes");
  const client = await connect("notes");
  await assertNotLost(file, "notes", client);
  await migrate("notes");
  for (const name of ["notes", "notes", "orders"]) noteUsedDatabase(file, name);
  expect(readUsedDatabases(file)).toEqual(["notes", "orders"]);
  await assertNotLost(file, "notes", client);
  await deleteNamespace(options, "notes");
  await ensureNamespace(options, "notes");
  await expect(assertNotLost(file, "notes", await connect("notes"), "secrets/used_databases")).rejects.toThrow(
    /^the data of notes is lost: .*empty the file secrets\/used_databases$/,
  );
});

test("a worker without migrations is left alone", async () => {
  expect((await migrate("bare")).migrated).toBe(false);
});
