import { exportJWK, generateKeyPair, type JWK } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createRecorder } from "#shared/observability/recorder.ts";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { composeTrail, MAC_KEY } from "../../../../tests/support/kms/audit-trail.ts";
import { createCheckpointStore } from "./audit-checkpoints.store.ts";
import { createAuditLog } from "./audit-log.ts";
import { createPruning } from "./audit-pruning.ts";
import { createAuditReader } from "./audit-reading.store.ts";
import { createTrailSink } from "./trail-sink.ts";
import { createTrailState } from "./trail-state.ts";

const START_MS = Date.parse("2026-11-23T10:00:00Z");
const DAY_MS = 24 * 60 * 60 * 1000;
const RETENTION_DAYS = 3;

let opened: TestDatabase;
let privateKey: CryptoKey;
let publicJwk: JWK;
let nowMs: number;
let alarms: number;

const compose = () => {
  const now = (): number => nowMs;
  const alarm = (): void => {
    alarms += 1;
  };
  const { database, chain, subjectKeys, trail } = composeTrail({
    client: opened.client,
    currentRequest: () => undefined,
    now,
  });
  const state = createTrailState();
  const recorder = createRecorder(() => {}, createTrailSink(trail, state));
  const log = createAuditLog({
    chain,
    state,
    checkpoints: createCheckpointStore(database),
    reader: createAuditReader(database),
    subjectKeys,
    macKey: MAC_KEY,
    issuer: "https://fountain.example",
    keyRing: {
      signer: async () => ({ kid: "k", algorithm: "EdDSA", privateKey }),
      trust: async () => ({
        keys: [{ ...publicJwk, kid: "k", alg: "EdDSA" }],
        revocations: [],
        rightsChanges: [],
        position: 0,
        isWhole: true,
        hasMore: false,
      }),
    },
    recorder,
    onCheckpoint: () => {},
    alarm,
    now,
  });
  const prune = createPruning({
    store: chain,
    recorder,
    macKey: MAC_KEY,
    retentionDays: RETENTION_DAYS,
    alarm,
    now,
  });
  return { trail, log, prune };
};

/** So many entries a day, with a checkpoint each day. */
const live = async (days: number, entriesADay: number): Promise<void> => {
  const { trail, log } = compose();
  for (let day = 0; day < days; day += 1) {
    for (let at = 0; at < entriesADay; at += 1)
      await trail.write({ action: "user.create", outcome: "success", target: `${day}-${at}` });
    await log.seal();
    nowMs += DAY_MS;
  }
};

const idsOf = async (table: string, column: string): Promise<number[]> => {
  const { rows } = await opened.client.execute(`SELECT ${column} AS id FROM ${table} ORDER BY 1`);
  return rows.map((row) => Number(row["id"]));
};

beforeAll(async () => {
  opened = await openTestDatabase("kms");
  const pair = await generateKeyPair("EdDSA");
  privateKey = pair.privateKey;
  publicJwk = await exportJWK(pair.publicKey);
});
afterAll(() => opened?.close());

beforeEach(async () => {
  nowMs = START_MS;
  alarms = 0;
  const tables = ["audit_entries", "audit_chain", "audit_checkpoints", "audit_keys", "sqlite_sequence"];
  await opened.client.batch(
    tables.map((table) => `DELETE FROM ${table}`),
    "write",
  );
});

const verify = () => compose().log.verify({ untilMs: Number.POSITIVE_INFINITY });

test("deletes what is past its retention, and the chain continues from a checkpoint", async () => {
  await live(6, 3);
  await compose().prune();
  const ids = await idsOf("audit_entries", "id");
  expect(ids[0]).toBe(10);
  expect(await idsOf("audit_checkpoints", "entry_id")).toContain(9);
  await compose().log.seal();
  expect(await verify()).toEqual({ valid: true, entries: ids.length });
  const { value: first } = await (await compose().log.export({})).next();
  expect(first).toMatchObject({ id: 10, follows: { checkpoint: { entries: 9 } } });
});

test("keeps everything until it is old enough", async () => {
  await live(3, 2);
  await compose().prune();
  expect((await idsOf("audit_entries", "id"))[0]).toBe(1);
});

test("prunes once when two do it at the same time, while others write and link", async () => {
  await live(6, 2);
  await Promise.all([
    compose().prune(),
    compose().prune(),
    compose().log.seal(),
    compose().trail.write({ action: "user.create", outcome: "success" }),
    compose().log.seal(),
  ]);
  await compose().prune();
  await compose().log.seal();
  expect((await verify()).valid).toBe(true);
  const { rows } = await opened.client.execute("SELECT COUNT(*) AS n FROM audit_entries WHERE action = 'audit.prune'");
  expect(Number(rows[0]?.["n"])).toBe(1);
});

test("finds an entry from before the pruning that was put back", async () => {
  await live(6, 1);
  const copy = (column: string) =>
    `INSERT INTO kept SELECT * FROM audit_entries WHERE id = 1 AND ${column} IS NOT NULL`;
  await opened.client.batch(["CREATE TABLE kept AS SELECT * FROM audit_entries WHERE 0", copy("mac")], "write");
  try {
    await compose().prune();
    await compose().log.seal();
    const last = (await idsOf("audit_entries", "id")).at(-1) ?? 0;
    await opened.client.batch(
      [`UPDATE kept SET id = ${last + 1}, link = NULL, seal = NULL`, "INSERT INTO audit_entries SELECT * FROM kept"],
      "write",
    );
    await compose().log.seal();
    expect(await verify()).toMatchObject({ valid: false, brokenAt: last + 1 });
  } finally {
    await opened.client.execute("DROP TABLE kept");
  }
});

test("prunes nothing from a chain that is not ours", async () => {
  await live(6, 1);
  await opened.client.execute("UPDATE audit_chain SET head_link = 'x'");
  await compose().prune();
  expect((await idsOf("audit_entries", "id"))[0]).toBe(1);
  expect(alarms).toBeGreaterThan(0);
});

test("makes one checkpoint when two make it at the same time", async () => {
  const { trail } = compose();
  await trail.write({ action: "user.create", outcome: "success" });
  await Promise.all([compose().log.seal(), compose().log.seal(), compose().log.seal()]);
  expect(await idsOf("audit_checkpoints", "entry_id")).toEqual([1]);
  nowMs += 60 * 60 * 1000;
  await compose().log.seal();
  expect(await idsOf("audit_checkpoints", "entry_id")).toEqual([1]);
  await trail.write({ action: "user.create", outcome: "success" });
  await compose().log.seal();
  expect(await idsOf("audit_checkpoints", "entry_id")).toEqual([1, 2]);
});

test("keeps every checkpoint for a week, and later on one of every hour", async () => {
  const { trail, log } = compose();
  for (let minute = 0; minute < 150; minute += 30) {
    nowMs = START_MS + minute * 60_000;
    await trail.write({ action: "user.create", outcome: "success" });
    await log.seal();
  }
  const kept = async () => {
    await log.thinCheckpoints();
    return idsOf("audit_checkpoints", "entry_id");
  };
  expect(await kept()).toEqual([1, 2, 3, 4, 5]);
  nowMs = START_MS + 7 * DAY_MS;
  expect(await kept()).toEqual([1, 2, 3, 4, 5]);
  nowMs += DAY_MS;
  expect(await kept()).toEqual([2, 4, 5]);
  expect(await verify()).toEqual({ valid: true, entries: 5 });
});
