import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { paceOf } from "./gcra.ts";
import { createLocalCounts } from "./local-counts.ts";

const TEN_A_MINUTE = paceOf({ limit: 10, windowSeconds: 60 });
const START_MS = 1_800_000_000_000;
const open = (max = 1_000) => createLocalCounts({ max, startMs: START_MS });

const useUp = (take: () => { admitted: boolean }): number => {
  let admitted = 0;
  while (take().admitted) admitted += 1;
  return admitted;
};

test("each caller has a count of their own, in each counter", () => {
  const counts = open();
  const [one, other] = [counts.open(TEN_A_MINUTE), counts.open(TEN_A_MINUTE)];
  expect(useUp(() => one.take("a", START_MS))).toBe(10);
  expect(useUp(() => one.take("b", START_MS))).toBe(10);
  expect(useUp(() => other.take("a", START_MS))).toBe(10);
  expect(useUp(() => one.take("a", START_MS + 6_000))).toBe(1);
});

test("a call that is given back was not counted", () => {
  const counter = open().open(TEN_A_MINUTE);
  for (let call = 0; call < 50; call += 1) {
    expect(counter.take("a", START_MS).admitted).toBe(true);
    counter.giveBack("a");
  }
  expect(useUp(() => counter.take("a", START_MS))).toBe(10);
  counter.giveBack("unknown");
});

test("who is at zero again is forgotten as others come, and a counter that is closed with all that it has", () => {
  const counts = open();
  const [counter, other] = [counts.open(TEN_A_MINUTE), counts.open(TEN_A_MINUTE)];
  for (let at = 0; at < 100; at += 1) counter.take(`early-${at}`, START_MS);
  for (let at = 0; at < 200; at += 1) counter.take(`late-${at}`, START_MS + 60_000 + at * 6_000);
  expect(counts.size()).toBeLessThan(5);
  other.take("a", START_MS);
  const size = counts.size();
  counts.close(other);
  expect(counts.size()).toBe(size - 1);
});

test("a flood of strangers does not rid anyone of their count, nor the callers of another limit of theirs", () => {
  const counts = open();
  const [flooded, other] = [counts.open(TEN_A_MINUTE), counts.open(TEN_A_MINUTE)];
  expect(useUp(() => flooded.take("attacker", START_MS))).toBe(10);
  for (let at = 0; at < 300; at += 1) other.take(`honest-${at}`, START_MS);
  for (let at = 0; at < 50_000; at += 1) flooded.take(`stranger-${at}`, START_MS);
  expect(counts.size()).toBe(1_000);
  expect(flooded.take("attacker", START_MS).admitted).toBe(false);
  for (let at = 0; at < 300; at += 1) expect(other.take(`honest-${at}`, START_MS).remaining).toBe(8);
});

test("a million callers leave memory flat", () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const counts = open(10_000);
  const counter = counts.open(TEN_A_MINUTE);
  const callAll = (from: number, until: number): number => {
    for (let at = from; at < until; at += 1) counter.take(`2001:db8:${at.toString(16)}:1`, START_MS + (at >> 8));
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = callAll(0, 20_000);
  const after = callAll(20_000, 1_020_000);
  expect(counts.size()).toBe(10_000);
  expect(after - before).toBeLessThan(1024 * 1024);
});
