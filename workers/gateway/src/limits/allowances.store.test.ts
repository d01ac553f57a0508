import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sleep } from "#shared/lang/sleep.ts";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import type { AllowanceStore } from "./allowance.ts";
import { createAllowanceStore } from "./allowances.store.ts";
import { createLeases } from "./leases.ts";

const WINDOW = { startMs: 1_800_000_000_000, endMs: 1_800_003_600_000 };
const A = { key: "a", window: WINDOW };

let database: TestDatabase;
let store: AllowanceStore;
beforeAll(async () => {
  database = await openTestDatabase("gateway");
  store = createAllowanceStore(database);
});
afterAll(() => database?.close());
beforeEach(() => database.client.execute("DELETE FROM allowances"));

const take = async (limit: number, wanted: number, key = "a") => {
  const { granted, left } = await store.take({ ...A, key, limit, wanted });
  return [granted, left];
};

test("grants what is wanted, at most a quarter of what is left, and the last one by one", async () => {
  expect(await take(100, 10)).toEqual([10, 90]);
  expect(await take(100, 50)).toEqual([22, 68]);
  const rest: number[] = [];
  for (let [granted = 0] = await take(100, 50); granted > 0; [granted = 0] = await take(100, 50)) rest.push(granted);
  expect(rest.reduce((sum, granted) => sum + granted, 0)).toBe(68);
  expect(rest.slice(-4)).toEqual([1, 1, 1, 1]);
  expect(await take(100, 1)).toEqual([0, 0]);
  expect(await take(100, 1, "b")).toEqual([1, 99]);
  expect(await take(1, 1, "c")).toEqual([1, 0]);
});

test("what is given back can be taken again, and never more than was taken", async () => {
  await take(4, 1);
  await store.giveBack({ ...A, unused: 2 });
  expect(await take(4, 1)).toEqual([1, 2]);
  await store.giveBack({ ...A, unused: 2 });
  expect(await take(4, 1)).toEqual([1, 3]);
  expect([await store.countTaken(A), await store.countTaken({ ...A, key: "unknown" })]).toEqual([1, 0]);
  await store.giveBack({ ...A, key: "unknown", unused: 2 });
});

test("windows that are over are pruned, and no others", async () => {
  await take(10, 1);
  const past = { startMs: 0, endMs: 1_000 };
  for (let at = 0; at < 30; at += 1) await store.take({ key: `old-${at}`, window: past, limit: 10, wanted: 1 });
  await store.prune(WINDOW.endMs);
  const { rows } = await database.client.execute("SELECT key FROM allowances");
  expect(rows.map(({ key }) => key)).toEqual(["a"]);
});

test("exactly a thousand of three thousand calls pass, by three processes at once", async () => {
  const quota = { id: "id", number: 1, name: "quota", limit: 1_000, windowSeconds: 86_400 };
  const start = () =>
    createLeases({
      store,
      digest: async (text) => text,
      now: Date.now,
      sleep,
      keep: (work) => void work.catch(() => undefined),
    });
  const processes = [start(), start(), start()];
  const calls = Array.from({ length: 3_000 }, (_, call) => processes[call % 3]?.take(quota, "a"));
  const outcomes = await Promise.all(calls);
  expect(outcomes.filter((outcome) => outcome?.admitted)).toHaveLength(1_000);
});
