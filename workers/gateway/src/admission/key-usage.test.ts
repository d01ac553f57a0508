import { beforeEach, expect, test } from "vitest";
import type { KeyUsage } from "#shared/contracts/kms.ts";
import { problem } from "#shared/problem/problem.ts";
import { countLimited, createUsageCounter, type UsageCounter } from "./key-usage.ts";

const HOUR_MS = 60 * 60 * 1000;

let nowMs: number;
let reports: KeyUsage[][];
let isReachable: boolean;
let work: Promise<void>[];
let wake: (() => void)[];
let usage: UsageCounter;

/** Lets the work after the responses go on. */
const finishWork = async (): Promise<void> => {
  for (const resolve of wake.splice(0)) resolve();
  await Promise.allSettled(work.splice(0));
};

beforeEach(() => {
  [nowMs, reports, isReachable, work, wake] = [10 * HOUR_MS, [], true, [], []];
  usage = createUsageCounter({
    report: async (batch) => {
      if (!isReachable) throw new Error("unreachable");
      reports.push(batch);
    },
    later: (piece) => work.push(piece),
    sleep: () => new Promise((resolve) => wake.push(resolve)),
    now: () => nowMs,
  });
});

test("reports many calls of many services at once, hour by hour, and none of users", async () => {
  for (let call = 0; call < 100; call += 1) for (const service of ["a", "b", undefined]) usage.count(service, "calls");
  usage.count("a", "refused");
  nowMs += HOUR_MS - 1;
  usage.count("a", "limited");
  nowMs += 1;
  usage.count("a", "calls");
  await finishWork();
  expect(reports.flat()).toEqual(
    expect.arrayContaining([
      { service: "a", hourMs: 10 * HOUR_MS, calls: 100, refused: 1, limited: 1 },
      { service: "b", hourMs: 10 * HOUR_MS, calls: 100, refused: 0, limited: 0 },
      { service: "a", hourMs: 11 * HOUR_MS, calls: 1, refused: 0, limited: 0 },
    ]),
  );
  expect(reports.flat()).toHaveLength(3);
});

test("counts nothing twice, even where it is not known whether a report arrived", async () => {
  usage.count("a", "calls");
  isReachable = false;
  await finishWork();
  isReachable = true;
  nowMs += 10_000;
  usage.count("a", "calls");
  await finishWork();
  expect(reports.flat()).toEqual([{ service: "a", hourMs: 10 * HOUR_MS, calls: 1, refused: 0, limited: 0 }]);
});

test("distinguishes calls beyond a limit from those that could not be held against it", async () => {
  const beyond = () => {
    throw problem("too-many-attempts");
  };
  expect(() => countLimited(usage, "a", beyond)).toThrow();
  await expect(countLimited(usage, "a", async () => beyond())).rejects.toThrow();
  await expect(countLimited(usage, "a", () => Promise.reject(problem("unavailable")))).rejects.toThrow();
  await countLimited(usage, "a", () => undefined);
  await finishWork();
  expect(reports.flat()).toMatchObject([{ calls: 4, limited: 2 }]);
});
