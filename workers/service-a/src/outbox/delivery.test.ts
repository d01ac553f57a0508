import { beforeEach, expect, test } from "vitest";
import { createDelivery } from "./delivery.ts";

let nowMs: number;
let waiting: number[];
let drains: number;
/** What each run delivers. */
let runs: number[][];

const deliver = createDelivery({
  outbox: {
    newest: async () => waiting.at(-1),
    isWaiting: async (upTo) => waiting.some((id) => id <= upTo),
  },
  drain: async () => {
    drains += 1;
    const delivered = runs.shift() ?? [];
    waiting = waiting.filter((id) => !delivered.includes(id));
  },
  now: () => nowMs,
  sleep: async (ms) => {
    nowMs += ms;
  },
});

beforeEach(() => {
  [nowMs, waiting, drains, runs] = [0, [], 0, []];
});

test("does not wait where nothing is waiting", async () => {
  await deliver(5_000);
  expect([drains, nowMs]).toEqual([0, 0]);
});

test("waits until all that was there has been sent, whoever sends it, and for nothing that comes later", async () => {
  waiting = [1, 2];
  runs = [[], [1], [2]];
  const delivered = deliver(5_000);
  waiting.push(3);
  await delivered;
  expect(drains).toBe(3);
  expect(waiting).toEqual([3]);
});

test("gives up after its time where search does not take it", async () => {
  waiting = [1];
  await deliver(5_000);
  expect(nowMs).toBe(5_000);
});
