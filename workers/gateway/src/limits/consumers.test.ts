import { expect, test } from "vitest";
import { growsLinearly } from "../../../../tests/support/growth.ts";
import { MAX_CONSUMERS, merged, rank } from "./consumers.ts";
import { paceOf } from "./gcra.ts";
import { createLocalCounts } from "./local-counts.ts";

const consumer = (who: string, used: number, untilMs = used) => ({ who, used, untilMs });

test("those come first who have used most, ten at most, and all are counted", () => {
  const { callers, top } = rank(Array.from({ length: 100 }, (_, n) => consumer(`c${n}`, (n * 37) % 101)));
  expect(callers).toBe(100);
  expect(top).toHaveLength(MAX_CONSUMERS);
  expect(top.map(({ used }) => used)).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 92, 91]);
  expect(rank([])).toEqual({ callers: 0, top: [] });
});

test("what processes count for themselves adds up, and what they count together does not", () => {
  const counted = { scope: "gateway", name: "few", allowed: 10, callers: 2 };
  const one = { ...counted, exact: false, top: [consumer("a", 3, 7), consumer("b", 2)] };
  const other = { ...one, top: [consumer("b", 2, 9), consumer("c", 1)] };
  expect(merged([one, other])).toEqual({
    ...counted,
    exact: false,
    allowed: 20,
    callers: 3,
    top: [consumer("b", 4, 9), consumer("a", 3, 7), consumer("c", 1)],
  });
  const exact = merged([one, other].map((limit) => ({ ...limit, exact: true })));
  expect(exact).toMatchObject({ allowed: 10, top: [consumer("a", 3, 7), consumer("b", 2, 9), consumer("c", 1)] });
  expect(merged([])).toBeUndefined();
});

test("calls count until their time is over", () => {
  const counts = createLocalCounts({ max: 100, startMs: 1_000 });
  const counter = counts.open(paceOf({ limit: 10, windowSeconds: 10 }));
  for (let calls = 0; calls < 3; calls += 1) counter.take("a", 1_000);
  counter.take("b", 2_500);
  expect([...counter.consumers(2_500)]).toEqual([consumer("a", 2, 4_000), consumer("b", 1, 3_500)]);
  expect([...counter.consumers(3_500)]).toEqual([consumer("a", 1, 4_000)]);
  expect([...counter.consumers(4_000)]).toEqual([]);
});

test("looking through them takes as long as there are callers, and keeps ten", () => {
  const looking = (callers: number) => {
    const counts = createLocalCounts({ max: callers, startMs: 0 });
    const counter = counts.open(paceOf({ limit: 10, windowSeconds: 3_600 }));
    for (let who = 0; who < callers; who += 1) counter.take(`caller ${who}`, who % 1_000);
    return () => rank(counter.consumers(0)).top.length;
  };
  expect(growsLinearly(looking)).toBe(true);
});
