import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startScheduler } from "./scheduler.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const ROUND_MS = 10_000;

const schedule = (runMaintenance: (worker: string) => Promise<void>) => {
  const changes: string[] = [];
  const stop = startScheduler({
    workers: ["kms", "search"],
    intervalMs: ROUND_MS,
    runMaintenance,
    onChange: (message) => changes.push(message),
  });
  return { changes, stop };
};

test("runs every worker's chores each round, until it is stopped", async () => {
  const runs: string[] = [];
  const { stop } = schedule(async (worker) => {
    runs.push(worker);
  });
  await vi.advanceTimersByTimeAsync(2 * ROUND_MS);
  stop();
  await vi.advanceTimersByTimeAsync(5 * ROUND_MS);
  expect(runs).toEqual(["kms", "search", "kms", "search"]);
});

test("never runs a worker's chores twice at once, and one that hangs holds up no other", async () => {
  const runs: string[] = [];
  const { stop } = schedule((worker) => {
    runs.push(worker);
    return worker === "kms" ? new Promise(() => {}) : Promise.resolve();
  });
  await vi.advanceTimersByTimeAsync(3 * ROUND_MS);
  stop();
  expect(runs).toEqual(["kms", "search", "search", "search"]);
});

test("says once that chores fail, and once that they run again", async () => {
  let healthy = false;
  const { changes, stop } = schedule(async (worker) => {
    if (worker === "kms" && !healthy) throw new Error("no database");
  });
  await vi.advanceTimersByTimeAsync(3 * ROUND_MS);
  healthy = true;
  await vi.advanceTimersByTimeAsync(3 * ROUND_MS);
  stop();
  expect(changes).toEqual(["the maintenance jobs of kms fail: no database", "the maintenance jobs of kms run again"]);
});
