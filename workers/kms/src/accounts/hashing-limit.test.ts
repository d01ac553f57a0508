import { expect, test } from "vitest";
import { createHashingLimit, MAX_WAIT_MS, PAUSE_MS } from "./hashing-limit.ts";

/** A clock that moves only during a sleep, and work that takes time on it. */
const createClock = () => {
  let nowMs = 0;
  return {
    now: () => nowMs,
    sleep: async (ms: number) => {
      const wakeAtMs = nowMs + ms;
      await Promise.resolve();
      nowMs = Math.max(nowMs, wakeAtMs);
    },
    spend: (ms: number) => {
      nowMs += ms;
    },
  };
};

test("lets a single piece of work begin at once", async () => {
  const clock = createClock();
  const hashingLimit = createHashingLimit(clock);
  expect(await hashingLimit.run(async () => clock.now())).toEqual({ ok: true, value: 0 });
});

test("leaves a pause for everyone else between two pieces of work", async () => {
  const clock = createClock();
  const hashingLimit = createHashingLimit(clock);
  const work = async () => {
    const startedAtMs = clock.now();
    clock.spend(150);
    return startedAtMs;
  };
  const results = await Promise.all([hashingLimit.run(work), hashingLimit.run(work), hashingLimit.run(work)]);
  const starts = results.map((result) => (result.ok ? result.value : Number.NaN)).toSorted((a, b) => a - b);
  for (const [index, start] of starts.slice(1).entries())
    expect(start - (starts[index] ?? 0)).toBeGreaterThanOrEqual(150 + PAUSE_MS);
});

test("refuses work as busy, without starting it, when no slot is free in time", async () => {
  const clock = createClock();
  const hashingLimit = createHashingLimit(clock);
  let begun = 0;
  const work = async () => {
    begun += 1;
    clock.spend(1000);
  };
  const results = await Promise.all(Array.from({ length: 20 }, () => hashingLimit.run(work)));
  const refused = results.filter((result) => !result.ok).length;
  expect(begun).toBeLessThanOrEqual(MAX_WAIT_MS / 1000 + 1);
  expect(begun + refused).toBe(20);
  expect(refused).toBeGreaterThan(0);
});

test("imitates what work takes, waiting included, and does not hold it up", async () => {
  const clock = createClock();
  const hashingLimit = createHashingLimit(clock);
  const durationOf = async (piece: () => Promise<unknown>): Promise<number> => {
    const startedAtMs = clock.now();
    await piece();
    return clock.now() - startedAtMs;
  };
  for (let piece = 0; piece < 5; piece += 1) {
    await hashingLimit.run(async () => clock.spend(300));
    clock.spend(PAUSE_MS);
  }
  expect(await durationOf(() => hashingLimit.imitate({ waiting: true }))).toBe(300);
  expect(await durationOf(() => hashingLimit.run(async () => clock.spend(5)))).toBe(5);
  expect(await durationOf(() => hashingLimit.imitate({ waiting: true }))).toBe(300);
});

test("imitates busyness, as long as it is recent", async () => {
  const clock = createClock();
  const hashingLimit = createHashingLimit(clock);
  await Promise.all(Array.from({ length: 20 }, () => hashingLimit.run(async () => clock.spend(1000))));
  expect((await hashingLimit.imitate({ waiting: true })).ok).toBe(false);
  expect((await hashingLimit.imitate({ waiting: false })).ok).toBe(true);
  clock.spend(MAX_WAIT_MS + 1);
  expect((await hashingLimit.imitate({ waiting: true })).ok).toBe(true);
});

test("frees the slot when work fails", async () => {
  const clock = createClock();
  const hashingLimit = createHashingLimit(clock);
  await expect(hashingLimit.run(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await hashingLimit.run(async () => "next")).toEqual({ ok: true, value: "next" });
});

test("frees the slot of a request that was cancelled and never continued", async () => {
  const clock = createClock();
  const hashingLimit = createHashingLimit(clock);
  const cancelled = hashingLimit.run(() => new Promise<never>(() => undefined));
  expect(await Promise.race([cancelled, hashingLimit.run(async () => "next")])).toEqual({ ok: true, value: "next" });
});
