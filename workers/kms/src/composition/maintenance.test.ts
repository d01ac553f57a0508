import { expect, test } from "vitest";
import { createMaintenance, type MaintenanceJob } from "./maintenance.ts";

const MINUTE_MS = 60_000;

const arrange = (jobs: Record<string, { everyMs: number; fails?: boolean }>) => {
  const ran: string[] = [];
  const failures: string[] = [];
  const clock = { nowMs: 0 };
  const table = Object.entries(jobs).map(
    ([name, { everyMs, fails = false }]): MaintenanceJob => ({
      name,
      everyMs,
      run: async () => {
        ran.push(name);
        if (fails) throw new Error("no");
      },
    }),
  );
  const run = createMaintenance(table, { now: () => clock.nowMs, onFailure: (name) => failures.push(name) });
  return { ran, failures, clock, run };
};

test("runs a job at once, and then no more often than it says", async () => {
  const { ran, clock, run } = arrange({ always: { everyMs: 0 }, rarely: { everyMs: MINUTE_MS } });
  await run();
  await run();
  expect(ran).toEqual(["always", "rarely", "always"]);
  clock.nowMs = MINUTE_MS;
  await run();
  expect(ran.slice(3)).toEqual(["always", "rarely"]);
});

test("runs the others when one fails, says so, and tries that one again in the next round", async () => {
  const { ran, failures, run } = arrange({
    broken: { everyMs: MINUTE_MS, fails: true },
    sound: { everyMs: MINUTE_MS },
  });
  await expect(run()).rejects.toThrow("maintenance jobs failed: broken");
  await expect(run()).rejects.toThrow("broken");
  expect(ran).toEqual(["broken", "sound", "broken"]);
  expect(failures).toEqual(["broken", "broken"]);
});
