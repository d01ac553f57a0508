import { expect, test } from "vitest";
import { drainable, MAX_DRAIN_MS, QUIET_MS } from "./drain.ts";

/** Drains while these many requests come in each period, one after the other; gives how long it waited. */
const drainDuring = async (requests: (period: number) => number): Promise<number> => {
  let served = 0;
  let period = 0;
  const { drain } = drainable({
    probe: () => Promise.resolve(),
    served: () => served,
    sleep: async (ms) => {
      expect(ms).toBe(QUIET_MS);
      served += requests(period);
      period += 1;
    },
  });
  await drain();
  return period * QUIET_MS;
};

test("draining ends with the first period without a request", async () => {
  expect(await drainDuring(() => 0)).toBe(QUIET_MS);
  expect(await drainDuring((period) => (period < 3 ? 7 : 0))).toBe(4 * QUIET_MS);
});

test("draining ends in the end, however many requests come", async () => {
  expect(await drainDuring(() => 1)).toBe(MAX_DRAIN_MS);
});

test("from the first moment of draining, the process is not ready", async () => {
  const never = new Promise<void>(() => undefined);
  const { drain, probe } = drainable({ probe: () => Promise.resolve(), served: () => 0, sleep: () => never });
  await expect(probe()).resolves.toBeUndefined();
  void drain();
  await expect(probe()).rejects.toThrow("draining");
});
