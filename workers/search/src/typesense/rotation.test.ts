import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestBed } from "../../../../tests/support/search-cluster.ts";
import { create, queryOf } from "../../../../tests/support/search-index.ts";
import { ADMIN_KEY_PATH, API_KEY_PATH, parseStoredKey } from "./keyring.ts";
import { OVERLAP_MS } from "./rotation.ts";

const bed = openTestBed({ nodes: 2 });
beforeEach(() => bed.reset());
afterEach(() => {
  expect(bed.standIn.violations).toEqual([]);
});

const stored = () => parseStoredKey(bed.kms.secrets.get(API_KEY_PATH)?.value ?? "");
const keyIds = () => [...bed.standIn.state.keys.keys()];
const MINUTE_MS = 60_000;

test("the new key has the rights of the daily work and no other, and everything works with it", async () => {
  const { engine, rotation, rules, reindexing } = bed.isolate();
  await engine.sync([create("a")]);
  expect(await rotation.rotate()).toEqual({ ok: true, value: { keyId: 0 } });
  const key = bed.standIn.state.keys.get(0);
  expect(key?.collections).toEqual(["elements", "elements_.*"]);
  expect(key?.actions).not.toContain("*");
  expect(key?.actions.some((action) => action.startsWith("keys"))).toBe(false);
  bed.standIn.requests.length = 0;
  await engine.sync([create("b"), { operation: "delete", document: { id: "a" } }]);
  await rules.put("synonyms", "s", { synonyms: ["gate", "door"] });
  await rules.put("curations", "c", { rule: { query: "x", match: "exact" }, excludes: [{ id: "a" }] });
  await reindexing.start();
  await engine.maintain();
  expect((await engine.search(queryOf({}))).found).toBe(1);
  expect((await engine.status()).healthy).toBe(true);
  const sent = bed.standIn.requests.filter(({ path }) => path !== "/health");
  expect(new Set(sent.map(({ headers }) => headers["x-typesense-api-key"]))).toEqual(new Set([key?.value]));
  expect(sent.every(({ status }) => status !== 401)).toBe(true);
});

test("no call fails while keys are rotated, again and again, under load on several isolates", async () => {
  const isolates = [bed.isolate(), bed.isolate(), bed.isolate()];
  await isolates[0]?.engine.sync([create("a")]);
  let isDone = false;
  let searches = 0;
  const failures: string[] = [];
  const load = isolates.map(async ({ engine }) => {
    while (!isDone) {
      await engine.search(queryOf({})).catch((error: unknown) => failures.push(String(error)));
      searches += 1;
    }
  });
  try {
    for (let round = 0; round < 5; round += 1) {
      // Ahead of the others, it deletes keys that they still remember.
      const ahead = bed.isolate({ aheadMs: 2 * round * OVERLAP_MS });
      expect((await ahead.rotation.rotate()).ok).toBe(true);
      await ahead.engine.maintain();
    }
  } finally {
    isDone = true;
    await Promise.all(load);
  }
  expect(searches).toBeGreaterThan(20);
  // A machine that is busy with something else may let a search run out of time, which is no matter of keys.
  expect(failures.filter((failure) => !failure.includes("timeout"))).toEqual([]);
  expect(keyIds()).toHaveLength(2);
});

test("the old key is deleted after the overlap, not before, and the administrator's never", async () => {
  const { engine, rotation } = bed.isolate();
  await engine.sync([create("a")]);
  await rotation.rotate();
  const second = await rotation.rotate();
  expect(second).toMatchObject({ ok: true, value: { keyId: 1, previousKeyDeletedAfterMs: expect.any(Number) } });
  bed.clock.aheadMs += OVERLAP_MS - 5_000;
  await bed.isolate().engine.maintain();
  expect(keyIds()).toEqual([0, 1]);
  bed.clock.aheadMs += 10_000;
  await Promise.all([bed.isolate().engine.maintain(), engine.maintain()]);
  expect(keyIds()).toEqual([1]);
  expect(stored()).toMatchObject({ id: 1, retiring: [], pending: null });
  expect(bed.kms.secrets.get(ADMIN_KEY_PATH)?.value).toBe(bed.standIn.adminKey);
});

test("two rotations at once make one key, and the other is told of it", async () => {
  await bed.isolate().engine.sync([create("a")]);
  const outcomes = await Promise.all([bed.isolate().rotation.rotate(), bed.isolate().rotation.rotate()]);
  expect(outcomes.map(({ ok }) => ok).sort()).toEqual([false, true]);
  expect(keyIds()).toHaveLength(1);
});

test("a key that was made and never stored is deleted, and another rotation can begin", async () => {
  const { engine, rotation } = bed.isolate();
  await engine.sync([create("a")]);
  await rotation.rotate();
  // It dies between making the key and storing it: the answer is lost on the way.
  for (const node of bed.standIn.nodes) node.mode = "mute";
  await expect(rotation.rotate()).rejects.toThrow("unreachable");
  for (const node of bed.standIn.nodes) node.mode = "well";
  expect(stored().pending).not.toBeNull();
  expect(keyIds()).toEqual([0, 1]);
  expect(await rotation.rotate()).toEqual({ ok: false, error: { kind: "running" } });
  bed.clock.aheadMs += 6 * MINUTE_MS;
  await bed.isolate().engine.maintain();
  expect(keyIds()).toEqual([0]);
  expect(stored()).toMatchObject({ id: 0, pending: null });
  expect((await rotation.rotate()).ok).toBe(true);
  expect((await bed.isolate().engine.search(queryOf({}))).found).toBe(1);
});

test("in a cluster that has lost its data nobody else's key is deleted, though it has the number of an old one", async () => {
  const { engine, rotation } = bed.isolate();
  await engine.sync([create("a")]);
  await rotation.rotate();
  await rotation.rotate();
  bed.standIn.loseEverything();
  const headers = { "x-typesense-api-key": bed.standIn.adminKey, "content-type": "application/json" };
  const body = JSON.stringify({ description: "theirs", actions: ["documents:search"], collections: ["theirs"] });
  await fetch(`${bed.standIn.nodes[0]?.url}/keys`, { method: "POST", headers, body });
  bed.clock.aheadMs += OVERLAP_MS + MINUTE_MS;
  await bed.isolate().engine.maintain();
  expect([...bed.standIn.state.keys.values()].map(({ description }) => description)).toEqual(["theirs"]);
  expect(stored().retiring).toEqual([]);
});

test("without the kms nothing is made", async () => {
  const { engine, rotation } = bed.isolate();
  await engine.sync([create("a")]);
  bed.kms.isDown = true;
  await expect(rotation.rotate()).rejects.toThrow("the kms cannot return the key");
  expect(keyIds()).toEqual([]);
});
