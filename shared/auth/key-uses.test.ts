import { beforeEach, expect, test } from "vitest";
import type { KeyUse } from "../contracts/kms.ts";
import { createKeyUses, KEY_USE_PRECISION_MS, type KeyUses } from "./key-uses.ts";

let nowMs: number;
let reports: KeyUse[][];
let isReachable: boolean;
let work: Promise<void>[];
let wake: (() => void)[];
let uses: KeyUses;

/** Lets the work after the answers go on. */
const finishWork = async (): Promise<void> => {
  for (const resolve of wake.splice(0)) resolve();
  await Promise.allSettled(work.splice(0));
};

beforeEach(() => {
  [nowMs, reports, isReachable, work, wake] = [1_000_000, [], true, [], []];
  uses = createKeyUses({
    report: async (batch) => {
      if (!isReachable) throw new Error("gone");
      reports.push(batch);
    },
    later: (piece) => work.push(piece),
    sleep: () => new Promise((resolve) => wake.push(resolve)),
    now: () => nowMs,
  });
});

test("tells of many uses of many keys in one report", async () => {
  for (let use = 0; use < 100; use += 1) for (const key of ["a", "b"]) uses.note(key);
  await finishWork();
  expect(reports).toEqual([
    [
      { keyId: "a", usedAtMs: nowMs },
      { keyId: "b", usedAtMs: nowMs },
    ],
  ]);
});

test("tells of a key at most once a minute", async () => {
  uses.note("a");
  await finishWork();
  nowMs += KEY_USE_PRECISION_MS - 1;
  uses.note("a");
  await finishWork();
  expect(reports).toHaveLength(1);
  nowMs += 1;
  uses.note("a");
  await finishWork();
  expect(reports[1]).toEqual([{ keyId: "a", usedAtMs: nowMs }]);
});

test("tells again of a use that could not be stored, at the next one", async () => {
  isReachable = false;
  uses.note("a");
  await finishWork();
  isReachable = true;
  nowMs += 2_000;
  uses.note("a");
  await finishWork();
  expect(reports).toEqual([[{ keyId: "a", usedAtMs: nowMs }]]);
});

test("goes on when the work after an answer was cut short", async () => {
  uses.note("a");
  work.splice(0);
  wake.splice(0);
  nowMs += 2_000;
  uses.note("b");
  await finishWork();
  expect(reports.flat().map(({ keyId }) => keyId)).toEqual(["a", "b"]);
});
