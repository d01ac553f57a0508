import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nothingIfUnavailable, Unavailable } from "#shared/lang/unavailable.ts";
import { createTestAllowances } from "../../../../tests/support/gateway/allowances.ts";
import { createLeases, type LeasedOutcome, largestLease, type Quota } from "./leases.ts";

const START_MS = Date.parse("2026-11-29T10:00:00Z");
const HOUR_MS = 3_600_000;

const quotaOf = (limit: number, windowSeconds: number | undefined = 3_600): Quota => ({
  id: `quota ${limit}`,
  number: limit,
  name: "quota",
  limit,
  windowSeconds,
});

/** Several processes on one database, and a clock that moves while they wait. */
const createWorld = () => {
  const clock = { nowMs: START_MS };
  const sleepers: { untilMs: number; wake: () => void }[] = [];
  const store = createTestAllowances();
  const asked: number[] = [];
  const database = { isAway: false, isSlow: false };
  const counting: typeof store = {
    ...store,
    take: async (allowance) => {
      if (database.isAway) throw new Unavailable("away");
      asked.push(allowance.wanted);
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      return store.take(allowance);
    },
  };
  const start = () =>
    createLeases({
      store: counting,
      digest: async (text) => text,
      now: () => clock.nowMs,
      sleep: async (ms) => {
        if (ms >= 1_000) return new Promise((wake) => sleepers.push({ untilMs: clock.nowMs + ms, wake: () => wake() }));
        await new Promise(setImmediate);
        clock.nowMs += 0.001;
      },
      keep: (work) => void work.catch(() => undefined),
    });
  /** Has time pass, and wakes those who sleep for longer than a call waits. */
  const pass = (ms: number): Promise<void> => {
    clock.nowMs += ms;
    for (const { untilMs, wake } of sleepers) if (untilMs <= clock.nowMs) wake();
    return new Promise((resolve) => setImmediate(resolve));
  };
  const takenOf = () => [...store.taken.values()].reduce((sum, taken) => sum + taken, 0);
  return { clock, store, asked, database, start, takenOf, pass };
};

const admittedOf = async (calls: (LeasedOutcome | Promise<LeasedOutcome>)[]): Promise<number> =>
  (await Promise.all(calls)).filter(({ admitted }) => admitted).length;

const times = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, n) => make(n));

describe("an exact limit", () => {
  test("of a thousand lets exactly a thousand of ten thousand calls pass, over three processes", async () => {
    const { start } = createWorld();
    const processes = times(3, start);
    const calls = times(10_000, (call) => processes[call % 3]?.take(quotaOf(1_000), "a") ?? Promise.reject());
    expect(await admittedOf(calls)).toBe(1_000);
  });

  test("is asked for in ever larger leases, none of them larger than a tenth of it", async () => {
    const { start, asked } = createWorld();
    const leases = start();
    for (let call = 0; call < 900; call += 1) await leases.take(quotaOf(1_000), "a");
    expect(asked.slice(0, 4)).toEqual([1, 2, 4, 8]);
    expect(Math.max(...asked)).toBe(100);
    expect(asked.length).toBeLessThan(40);
    expect([1, 9, 20, 1_000, 1_000_000].map(largestLease)).toEqual([1, 1, 2, 100, 1_000]);
  });

  test("is asked for by one call at a time, however many wait", async () => {
    const { start, asked } = createWorld();
    const leases = start();
    await admittedOf(times(100, () => leases.take(quotaOf(1_000), "a")));
    expect(asked.slice(0, 2)).toEqual([1, 99]);
  });

  test("starts at zero with each window, and counts each caller alone", async () => {
    const { start, clock } = createWorld();
    const leases = start();
    const use = async (who: string) => {
      const outcomes: boolean[] = [];
      for (let call = 0; call < 4; call += 1) outcomes.push((await leases.take(quotaOf(3), who)).admitted);
      return outcomes.filter(Boolean).length;
    };
    expect([await use("a"), await use("b"), await use("a")]).toEqual([3, 3, 0]);
    clock.nowMs = START_MS + HOUR_MS;
    expect(await use("a")).toBe(3);
  });

  test("uses nothing of a window that is over, however busy it is", async () => {
    const { start, clock, takenOf } = createWorld();
    const leases = start();
    clock.nowMs = START_MS + HOUR_MS - 100;
    for (let call = 0; call < 20; call += 1) await leases.take(quotaOf(1_000), "a");
    const before = takenOf();
    expect(before).toBeGreaterThan(20);
    clock.nowMs += 200;
    expect((await leases.take(quotaOf(1_000), "a")).waitMs).toBeCloseTo(HOUR_MS - 100, 0);
    expect(takenOf()).toBeGreaterThan(before);
  });

  test("says when the window ends, and how much is left over all processes", async () => {
    const { start } = createWorld();
    const [one, other] = [start(), start()];
    await one.take(quotaOf(10), "a");
    expect(await other.take(quotaOf(10), "a")).toMatchObject({ admitted: true, remaining: 8, waitMs: HOUR_MS });
  });

  test("gives calls back: one at once, and of a window that is over none", async () => {
    const { start, clock } = createWorld();
    const leases = start();
    const first = await leases.take(quotaOf(1), "a");
    leases.giveBack(first);
    const second = await leases.take(quotaOf(1), "a");
    expect(second.admitted).toBe(true);
    clock.nowMs = START_MS + HOUR_MS;
    expect((await leases.take(quotaOf(1), "a")).admitted).toBe(true);
    leases.giveBack(second);
    expect((await leases.take(quotaOf(1), "a")).admitted).toBe(false);
  });

  test("gives back what a process does not use: soon, though no call comes, and at the end", async () => {
    const { start, takenOf, pass } = createWorld();
    const leases = start();
    for (let call = 0; call < 20; call += 1) await leases.take(quotaOf(1_000), "a");
    await pass(1_000);
    await leases.release("old");
    expect(takenOf()).toBeGreaterThan(20);
    await pass(2_000);
    expect(takenOf()).toBe(20);
    for (let call = 0; call < 5; call += 1) await leases.take(quotaOf(1_000), "a");
    await leases.release("all");
    expect(takenOf()).toBe(25);
  });

  test("has what one process gives back used by another within a second", async () => {
    const { start, clock } = createWorld();
    const [one, other] = [start(), start()];
    const last = await one.take(quotaOf(1), "a");
    expect((await other.take(quotaOf(1), "a")).admitted).toBe(false);
    one.giveBack(last);
    await one.release("all");
    clock.nowMs += 1_000;
    expect((await other.take(quotaOf(1), "a")).admitted).toBe(true);
  });

  test("is used up while others hold calls for some seconds only, and says so to those it refuses", async () => {
    const { start, pass } = createWorld();
    const [holder, other] = [start(), start()];
    const limit = quotaOf(100);
    for (let call = 0; call < 9; call += 1) await holder.take(limit, "a");
    while ((await other.take(limit, "a")).admitted);
    const refused = await other.take(limit, "a");
    expect([refused.admitted, refused.waitMs]).toEqual([false, 4_000]);
    await pass(3_000);
    expect((await other.take(limit, "a")).admitted).toBe(true);
    while ((await other.take(limit, "a")).admitted);
    await pass(4_000);
    const { admitted, waitMs } = await other.take(limit, "a");
    expect([admitted, waitMs]).toEqual([false, HOUR_MS - 7_000]);
  });

  test("is not counted while the database is away, once the lease is used up, and is again when it is back", async () => {
    const { start, clock, database } = createWorld();
    const leases = start();
    for (let call = 0; call < 2; call += 1) await leases.take(quotaOf(100), "a");
    database.isAway = true;
    expect((await leases.take(quotaOf(100), "a")).admitted).toBe(true);
    await expect(leases.take(quotaOf(100), "a")).rejects.toThrow(Unavailable);
    database.isAway = false;
    await expect(leases.take(quotaOf(100), "a")).rejects.toThrow(Unavailable);
    clock.nowMs += 1_000;
    expect((await leases.take(quotaOf(100), "a")).admitted).toBe(true);
  });
});

test("never exceeded, whatever calls, crashes, releases and times come in which order", async () => {
  type Step = { kind: "call" | "undo" | "crash" | "release" | "idle" | "time"; process: number; count: number };
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom("call", "call", "call", "undo", "crash", "release", "idle", "time"),
    process: fc.nat(2),
    count: fc.integer({ min: 1, max: 30 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 120 }), fc.array(step, { maxLength: 60 }), async (limit, steps) => {
      const { start, store, takenOf, pass } = createWorld();
      const processes = times(3, start);
      const passed = new Map<number, number>();
      const held: { outcome: LeasedOutcome; process: number }[] = [];
      const pending: Promise<void>[] = [];
      const windowOf = ({ lease }: LeasedOutcome): number => Number(Object(lease).window.startMs);
      const call = async (process: number): Promise<void> => {
        // Time may pass so fast here that a call gives up.
        const outcome = await Promise.resolve(processes[process]?.take(quotaOf(limit, 60), "a")).catch(
          nothingIfUnavailable,
        );
        if (!outcome?.admitted) return;
        expect(outcome.waitMs).toBeGreaterThan(0);
        passed.set(windowOf(outcome), (passed.get(windowOf(outcome)) ?? 0) + 1);
        held.push({ outcome, process });
      };
      const run: Record<Step["kind"], (step: Step) => unknown> = {
        call: ({ process, count }) => times(count, () => pending.push(call(process))),
        undo: () => {
          const last = held.pop();
          if (!last) return;
          passed.set(windowOf(last.outcome), (passed.get(windowOf(last.outcome)) ?? 0) - 1);
          processes[last.process]?.giveBack(last.outcome);
        },
        crash: ({ process }) => {
          processes[process] = start();
        },
        release: ({ process }) => pending.push(processes[process]?.release("all") ?? Promise.resolve()),
        idle: ({ process }) => pending.push(processes[process]?.release("old") ?? Promise.resolve()),
        time: ({ count }) => pass(count * 700),
      };
      for (const one of steps) {
        run[one.kind](one);
        if (one.count % 3 === 0) await new Promise(setImmediate);
      }
      await Promise.all(pending);
      for (const [, count] of passed) expect(count).toBeLessThanOrEqual(limit);
      expect([...store.taken.values()].every((taken) => taken >= 0 && taken <= limit)).toBe(true);
      expect(takenOf()).toBeGreaterThanOrEqual([...passed.values()].reduce((sum, count) => sum + count, 0));
    }),
    { numRuns: 300 },
  );
});
