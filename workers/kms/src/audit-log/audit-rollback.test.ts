/** An attacker with the database puts the audit trail back to what it was before they acted. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { problemIn, send, signToken } from "../../../../tests/support/kms.ts";

const TABLES = ["audit_entries", "audit_chain", "audit_checkpoints"];

let fountain: Fountain;
/** Another process on the same database, started before the trail is put back. */
let replica: Fountain;
let token: string;
/** The last entry before the deed. */
let lastId: number;

const client = () => {
  const found = fountain.databases["kms"];
  if (!found) throw new Error("the kms has no database");
  return found;
};

const run = async (...statements: string[]): Promise<void> => {
  await client().batch(statements, "write");
};

const numberOf = async (sql: string): Promise<number> => Number((await client().execute(sql)).rows[0]?.["n"]);

const save = (name: string): Promise<void> =>
  run(
    ...TABLES.flatMap((table) => [
      `DROP TABLE IF EXISTS ${name}_${table}`,
      `CREATE TABLE ${name}_${table} AS SELECT * FROM ${table}`,
    ]),
  );

const putBack = (name: string, tables: readonly string[]): Promise<void> =>
  run(...tables.flatMap((table) => [`DELETE FROM ${table}`, `INSERT INTO ${table} SELECT * FROM ${name}_${table}`]));

/** Every trace of the deed in the tables of the trail but, it may be, its checkpoint. */
const undo = async (tables: readonly string[]): Promise<void> => {
  await putBack("before", tables);
  await run(`UPDATE sqlite_sequence SET seq = ${lastId} WHERE name = 'audit_entries'`);
};

/** A change of rights. */
const change = (process = fountain): Promise<Response> =>
  send(process, "POST", "/services", { token, body: { name: `s-${crypto.randomUUID()}`, scopes: ["search:read"] } });

const verdictOf = async (process = fountain): Promise<Record<string, unknown>> =>
  (await send(process, "GET", "/audit/verify", { token })).json();

const exportLines = async (process = fountain): Promise<Record<string, unknown>[]> => {
  const headers = { authorization: `Bearer ${token}`, accept: "application/x-ndjson" };
  const text = await (await process.fetch("/audit", { headers })).text();
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
};

const checkpointIds = async (): Promise<number[]> => {
  const { rows } = await client().execute("SELECT entry_id FROM audit_checkpoints ORDER BY entry_id");
  return rows.map((row) => Number(row["entry_id"]));
};

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  replica = await startFountain({ front: "kms", beside: fountain });
  token = await signToken(fountain);
});
afterAll(async () => {
  await replica?.stop();
  await fountain?.stop();
});

beforeEach(async () => {
  expect((await change()).status).toBe(201);
  expect(await verdictOf()).toMatchObject({ valid: true });
  expect(await verdictOf(replica)).toMatchObject({ valid: true });
  await save("before");
  lastId = await numberOf("SELECT MAX(id) AS n FROM audit_entries");
  expect((await change()).status).toBe(201);
  await fountain.runScheduled("kms");
  await replica.runScheduled("kms");
  await save("after");
});

afterEach(async () => {
  await putBack("after", TABLES);
  const { rows } = await client().execute("SELECT MAX(id) AS n FROM audit_entries");
  await run(`UPDATE sqlite_sequence SET seq = ${Number(rows[0]?.["n"])} WHERE name = 'audit_entries'`);
  for (const process of [fountain, replica]) {
    await process.runScheduled("kms");
    expect(await verdictOf(process)).toMatchObject({ valid: true });
    expect((await change(process)).status, "continues once the trail is whole").toBe(201);
  }
});

test("a change of rights is vouched for at once, in the table and in the log", async () => {
  const before = await checkpointIds();
  expect((await change()).status).toBe(201);
  await expect.poll(checkpointIds).toHaveLength(before.length + 1);
  const entryId = (await checkpointIds()).at(-1);
  const line = fountain.logs.find(
    (text) => text.includes('"audit.checkpoint"') && text.includes(`"entries":${entryId},`),
  );
  expect(JSON.parse(line ?? "{}")).toMatchObject({ link: expect.any(String), jws: expect.any(String) });
  await save("after");
});

test.for([
  ["its checkpoints are left", TABLES.slice(0, 2)],
  ["its checkpoints are removed too", TABLES],
] as const)("every process that saw the deed notices and changes nothing more, when %s", async ([, tables]) => {
  await undo(tables);
  for (const process of [fountain, replica]) {
    await process.runScheduled("kms").catch(() => undefined);
    expect(await verdictOf(process)).toMatchObject({ valid: false, brokenAt: lastId + 1 });
    const refused = await problemIn(await change(process));
    expect(refused).toMatchObject({ status: 503, detail: expect.stringContaining("audit trail") });
    expect((await send(process, "GET", "/users", { token })).status).toBe(200);
    expect((await send(process, "GET", "/audit", { token })).status).toBe(200);
    expect(process.logs.some((line) => line.includes('"audit.broken"') && line.includes('"behind"'))).toBe(true);
  }
  expect(await numberOf("SELECT MAX(id) AS n FROM audit_entries")).toBe(lastId);
});

test("an export of a trail that was put back has no end, and the checkpoint of what it lacks", async () => {
  await undo(TABLES.slice(0, 2));
  await fountain.runScheduled("kms").catch(() => undefined);
  const last = (await exportLines()).at(-1);
  expect(last).toMatchObject({ id: lastId, later: { entries: expect.any(Number) } });
  expect(last).not.toHaveProperty("checkpoint");
});

test("a process that is started afterwards notices by the checkpoints that are left", async () => {
  await undo(TABLES.slice(0, 2));
  const restarted = await startFountain({ front: "kms", beside: fountain });
  try {
    await restarted.runScheduled("kms").catch(() => undefined);
    expect(await verdictOf(restarted)).toMatchObject({ valid: false, brokenAt: lastId + 1 });
    expect((await change(restarted)).status).toBe(503);
  } finally {
    await restarted.stop();
  }
});

test("a process that is started after the checkpoints were removed too sees nothing, but the log has them", async () => {
  const vouched = z.number().parse((await checkpointIds()).at(-1));
  await undo(TABLES);
  const restarted = await startFountain({ front: "kms", beside: fountain });
  try {
    expect(await verdictOf(restarted)).toMatchObject({ valid: true });
    expect(
      fountain.logs.some((line) => line.includes('"audit.checkpoint"') && line.includes(`"entries":${vouched},`)),
    ).toBe(true);
  } finally {
    await restarted.stop();
  }
});

test("entries that take the place of those that were removed are noticed too", async () => {
  await undo(TABLES);
  const restarted = await startFountain({ front: "kms", beside: fountain });
  try {
    for (let count = 0; count < 4; count += 1) expect((await change(restarted)).status).toBe(201);
    await restarted.runScheduled("kms");
    expect(await verdictOf(restarted)).toMatchObject({ valid: true });
  } finally {
    await restarted.stop();
  }
  expect(await verdictOf()).toMatchObject({ valid: false });
  expect((await change()).status).toBe(503);
});

test.for([
  [
    "of another link",
    "UPDATE audit_checkpoints SET jws = (SELECT jws FROM audit_checkpoints ORDER BY entry_id LIMIT 1)",
  ],
  ["of no sense", "UPDATE audit_checkpoints SET jws = 'x'"],
  [
    "that its key has not signed",
    `UPDATE audit_checkpoints SET jws = substr(jws, 1, length(jws) - 20) || 'AAAAAAAAAAAAAAAAAAAA'`,
  ],
])("verify finds a checkpoint %s", async ([, falsify = ""]) => {
  const entryId = z.number().parse((await checkpointIds()).at(-1));
  await run(`${falsify} WHERE entry_id = ${entryId}`);
  expect(await verdictOf()).toMatchObject({ valid: false, brokenAt: entryId });
});
