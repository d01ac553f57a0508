import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { composeTrail, MAC_KEY } from "../../../../tests/support/kms/audit-trail.ts";
import type { AuditEvent } from "../audit/audit-entry.ts";
import { linkOf, type StoredEntry, sealOf } from "./audit-chain.ts";
import { createAuditSealer } from "./audit-sealing.ts";
import { type ChainVerdict, createChainVerifier } from "./audit-verification.ts";
import { createTrailState } from "./trail-state.ts";

const START_MS = Date.parse("2026-11-23T10:00:00Z");
const LAST = 12;

let opened: TestDatabase;
let nowMs: number;
let alarms: number;

const compose = (macKey: Uint8Array = MAC_KEY) => {
  const now = (): number => nowMs;
  const { chain, subjectKeys, trail } = composeTrail({
    client: opened.client,
    currentRequest: () => ({ requestId: "request-1", clientAddress: "192.0.2.1" }),
    now,
    macKey,
  });
  const alarm = (): void => {
    alarms += 1;
  };
  const sealer = createAuditSealer({
    store: chain,
    state: createTrailState(),
    macKey,
    alarm,
    makeCheckpoint: async () => {},
    now,
  });
  const verifyAll = createChainVerifier({
    reader: { ...chain, listCheckpoints: async () => [] },
    subjectKeys,
    mark: sealer.mark,
    macKey,
    now,
  });
  const verify = (fromId?: number): Promise<ChainVerdict> => verifyAll({ fromId, untilMs: Number.POSITIVE_INFINITY });
  return { chain, trail, sealer, verify, verifyAll };
};

const event = (at: number): AuditEvent => ({
  action: "user.create",
  outcome: "success",
  actor: "ann",
  target: `u${at}`,
});

const writeMany = async (count: number): Promise<void> => {
  const { trail } = compose();
  for (let at = 1; at <= count; at += 1) await trail.write(event(at));
};

const run = async (...statements: string[]): Promise<void> => {
  await opened.client.batch(statements, "write");
};

beforeAll(async () => {
  opened = await openTestDatabase("kms");
});
afterAll(() => opened?.close());

beforeEach(async () => {
  nowMs = START_MS;
  alarms = 0;
  await run(
    "DELETE FROM audit_entries",
    "DELETE FROM audit_chain",
    "DELETE FROM sqlite_sequence",
    "DELETE FROM audit_keys",
  );
});

test("links what was written, once, and finds all of it as it was written", async () => {
  await writeMany(LAST);
  const { sealer, verify } = compose();
  expect(await verify()).toEqual({ valid: true, entries: LAST });
  await sealer.seal();
  await sealer.seal();
  await writeMany(2);
  expect(await verify()).toEqual({ valid: true, entries: LAST + 2 });
  const { rows } = await opened.client.execute(
    "SELECT COUNT(link) AS linked, COUNT(seal) AS sealed FROM audit_entries",
  );
  expect(rows[0]).toMatchObject({ linked: LAST, sealed: LAST });
});

const COPY = `INSERT INTO audit_entries (id, uid, at, action, outcome, actor, target, reason, count, request_id, address,
  personal_of, personal, mac, link, seal)
  SELECT :id, :uid, at, action, outcome, actor, target, reason, count, request_id, address, personal_of, personal, mac,
  link, seal FROM audit_entries WHERE id = :of`;
const copy = (of: number, id: string, uid: string): string =>
  COPY.replace(":of", String(of)).replace(":id", id).replace(":uid", uid);
const shiftUp = (from: number): string[] => [
  `UPDATE audit_entries SET id = -id WHERE id >= ${from}`,
  "UPDATE audit_entries SET id = -id + 1 WHERE id < 0",
];
const shiftDown = (from: number): string[] => [
  `UPDATE audit_entries SET id = -id WHERE id >= ${from}`,
  "UPDATE audit_entries SET id = -id - 1 WHERE id < 0",
];
const swap = (columns: string[]): string[] => [
  `UPDATE audit_entries SET (${columns.join()}) = (SELECT ${columns.map((name) => `other.${name}`).join()}
   FROM (SELECT * FROM audit_entries WHERE id IN (4, 5)) AS other WHERE other.id = 9 - audit_entries.id) WHERE id IN (4, 5)`,
];

describe("an attacker with the database but without SECRET_KEY cannot, unnoticed,", () => {
  const tampering: [string, string[], number][] = [
    ["change what was done", ["UPDATE audit_entries SET action = 'login' WHERE id = 5"], 5],
    ["change who did it", ["UPDATE audit_entries SET actor = 'eve' WHERE id = 5"], 5],
    ["change to what", ["UPDATE audit_entries SET target = 'u6' WHERE id = 5"], 5],
    ["change when", ["UPDATE audit_entries SET at = at + 1 WHERE id = 5"], 5],
    ["change how it ended", ["UPDATE audit_entries SET outcome = 'refused' WHERE id = 5"], 5],
    ["change why", ["UPDATE audit_entries SET reason = 'expired' WHERE id = 5"], 5],
    ["change how often", ["UPDATE audit_entries SET count = 2 WHERE id = 5"], 5],
    ["change where it came from", ["UPDATE audit_entries SET address = NULL WHERE id = 5"], 5],
    ["change whom it is about", ["UPDATE audit_entries SET personal_of = 'eve' WHERE id = 5"], 5],
    ["change in which request", ["UPDATE audit_entries SET request_id = NULL WHERE id = 5"], 5],
    ["change the very first", ["UPDATE audit_entries SET actor = 'eve' WHERE id = 1"], 1],
    ["change the very last", [`UPDATE audit_entries SET actor = 'eve' WHERE id = ${LAST}`], LAST],
    ["unlink one", ["UPDATE audit_entries SET link = NULL, seal = NULL WHERE id = 5"], 5],
    ["remove one", ["DELETE FROM audit_entries WHERE id = 5"], 5],
    ["remove the first", ["DELETE FROM audit_entries WHERE id = 1"], 1],
    ["remove the last", [`DELETE FROM audit_entries WHERE id = ${LAST}`], LAST],
    ["remove all", ["DELETE FROM audit_entries"], 1],
    ["remove one and close the gap", ["DELETE FROM audit_entries WHERE id = 5", ...shiftDown(6)], 5],
    ["insert one", [...shiftUp(5), copy(4, "5", "'new'")], 5],
    ["append one", [copy(4, String(LAST + 1), "'new'")], LAST + 1],
    [
      "swap two by their ids",
      ["UPDATE audit_entries SET id = -9 + id WHERE id IN (4, 5)", "UPDATE audit_entries SET id = -id WHERE id < 0"],
      4,
    ],
    ["swap the content of two", swap(["target", "at", "mac", "request_id"]), 4],
    ["forget the chain", ["DELETE FROM audit_chain"], 1],
    [
      "shorten the chain",
      [
        "UPDATE audit_chain SET head_id = 5, head_link = (SELECT link FROM audit_entries WHERE id = 5)",
        "DELETE FROM audit_entries WHERE id > 5",
      ],
      1,
    ],
    [
      "prune",
      [
        "UPDATE audit_chain SET base_id = 5, base_link = (SELECT link FROM audit_entries WHERE id = 5)",
        "DELETE FROM audit_entries WHERE id <= 5",
      ],
      1,
    ],
  ];

  test.each(tampering)("%s", async (_, statements, brokenAt) => {
    const { sealer, verify } = compose();
    await writeMany(LAST);
    await sealer.seal();
    await run("DROP INDEX audit_entries_uid_unique", ...statements.map((sql) => sql));
    try {
      expect(await verify()).toMatchObject({ valid: false, brokenAt });
    } finally {
      await run("DELETE FROM audit_entries", "CREATE UNIQUE INDEX audit_entries_uid_unique ON audit_entries (uid)");
    }
  });

  test("repeat an entry, by copying it before it is linked", async () => {
    const { sealer, verify } = compose();
    await writeMany(LAST);
    await run("DROP INDEX audit_entries_uid_unique", copy(4, String(LAST + 1), "uid"));
    try {
      await sealer.seal();
      expect(await verify()).toMatchObject({ valid: false, brokenAt: LAST + 1 });
    } finally {
      await run("DELETE FROM audit_entries", "CREATE UNIQUE INDEX audit_entries_uid_unique ON audit_entries (uid)");
    }
  });

  test("make an entry that is linked with the others", async () => {
    const { trail: forger } = compose(Buffer.alloc(32, 9));
    const { sealer, verify } = compose();
    await writeMany(3);
    await forger.write(event(99));
    await writeMany(3);
    await sealer.seal();
    expect(await verify()).toMatchObject({ valid: false, entries: 3, brokenAt: 4 });
  });

  test("link a fabricated entry", async () => {
    const { chain, sealer, verify } = compose();
    await writeMany(3);
    await sealer.seal();
    const last = await chain.readEntry(3);
    if (!last) throw new Error("the third entry is there");
    const fabricated: StoredEntry = { ...last, actor: "eve" };
    const before = (await chain.readEntry(2))?.link ?? "";
    const link = linkOf(before, 3, fabricated);
    await opened.client.execute({
      sql: "UPDATE audit_entries SET actor = 'eve', link = ?, seal = ? WHERE id = 3",
      args: [link, sealOf(Buffer.alloc(32, 9), 3, link)],
    });
    expect(await verify()).toMatchObject({ valid: false, brokenAt: 3 });
  });

  test("have their own chain continued", async () => {
    const { sealer } = compose();
    await writeMany(3);
    await sealer.seal();
    await run("UPDATE audit_chain SET head_id = 2");
    await sealer.seal();
    expect(alarms).toBe(1);
    await run("DELETE FROM audit_chain");
    await sealer.seal();
    expect(alarms).toBe(2);
  });
});

test("links everything once, in order, while sixteen write and eight link at the same time", async () => {
  const writers = Array.from({ length: 16 }, () => compose().trail);
  const sealers = Array.from({ length: 8 }, () => compose().sealer);
  await Promise.all([
    ...writers.map((trail, at) => trail.write(event(at))),
    ...sealers.map((sealer) => sealer.seal()),
    ...writers.map((trail, at) => trail.write(event(at))),
  ]);
  await Promise.all(sealers.map((sealer) => sealer.seal()));
  expect(await compose().verify()).toEqual({ valid: true, entries: 32 });
  expect(alarms).toBe(0);
  const { rows } = await opened.client.execute("SELECT COUNT(DISTINCT link) AS links FROM audit_entries");
  expect(Number(rows[0]?.["links"])).toBe(32);
});

test("leaves the chain to the process that moved it first", async () => {
  const { chain, sealer, verify } = compose();
  await writeMany(3);
  const { state, entries } = await chain.readTail(2, 0);
  await sealer.seal();
  expect(state).toBeUndefined();
  const stale = { baseId: 0, baseLink: "", baseAt: new Date(0), headId: 2, headLink: "x", mac: "y" };
  expect(
    await chain.advance(
      state,
      stale,
      entries.map(({ id }) => ({ id, link: "x", seal: "z" })),
    ),
  ).toBe(false);
  expect(await verify()).toEqual({ valid: true, entries: 3 });
});

test("verifies a part of the chain, and says where to continue when its time is up", async () => {
  const { sealer, verify, verifyAll } = compose();
  await writeMany(5);
  await sealer.seal();
  expect(await verify(4)).toEqual({ valid: true, entries: 2 });
  expect(await verify(6)).toEqual({ valid: true, entries: 0 });
  expect(await verifyAll({ untilMs: 0 })).toEqual({ valid: true, entries: 5 });
  await run("UPDATE audit_entries SET actor = 'eve' WHERE id = 2");
  expect(await verify(4)).toEqual({ valid: true, entries: 2 });
  await run("UPDATE audit_entries SET link = 'x' WHERE id = 3");
  expect(await verify(4)).toMatchObject({ valid: false, brokenAt: 3 });
});
