import { expect, test } from "vitest";
import { createTurns, MAX_WAIT_MS, PAUSE_MS } from "./turns.ts";

/** A clock that moves only when somebody sleeps, and work that takes time on it. */
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
  const turns = createTurns(clock);
  expect(await turns.run(async () => clock.now())).toEqual({ ok: true, value: 0 });
});

test("leaves a pause for everyone else between two pieces of work", async () => {
  const clock = createClock();
  const turns = createTurns(clock);
  const work = async () => {
    const startedAtMs = clock.now();
    clock.spend(150);
    return startedAtMs;
  };
  const results = await Promise.all([turns.run(work), turns.run(work), turns.run(work)]);
  const starts = results.map((result) => (result.ok ? result.value : Number.NaN)).toSorted((a, b) => a - b);
  for (const [index, start] of starts.slice(1).entries())
    expect(start - (starts[index] ?? 0)).toBeGreaterThanOrEqual(150 + PAUSE_MS);
});

test("says busy, without beginning, to work whose turn does not come in time", async () => {
  const clock = createClock();
  const turns = createTurns(clock);
  let begun = 0;
  const work = async () => {
    begun += 1;
    clock.spend(1000);
  };
  const results = await Promise.all(Array.from({ length: 20 }, () => turns.run(work)));
  const refused = results.filter((result) => !result.ok).length;
  expect(begun).toBeLessThanOrEqual(MAX_WAIT_MS / 1000 + 1);
  expect(begun + refused).toBe(20);
  expect(refused).toBeGreaterThan(0);
});

test("imitates what work takes, waiting included, and does not hold it up", async () => {
  const clock = createClock();
  const turns = createTurns(clock);
  const durationOf = async (piece: () => Promise<unknown>): Promise<number> => {
    const startedAtMs = clock.now();
    await piece();
    return clock.now() - startedAtMs;
  };
  for (let piece = 0; piece < 5; piece += 1) {
    await turns.run(async () => clock.spend(300));
    clock.spend(PAUSE_MS);
  }
  expect(await durationOf(() => turns.imitate({ waiting: true }))).toBe(300);
  expect(await durationOf(() => turns.run(async () => clock.spend(5)))).toBe(5);
  expect(await durationOf(() => turns.imitate({ waiting: true }))).toBe(300);
});

test("imitates busyness, as long as it is recent", async () => {
  const clock = createClock();
  const turns = createTurns(clock);
  await Promise.all(Array.from({ length: 20 }, () => turns.run(async () => clock.spend(1000))));
  expect((await turns.imitate({ waiting: true })).ok).toBe(false);
  expect((await turns.imitate({ waiting: false })).ok).toBe(true);
  clock.spend(MAX_WAIT_MS + 1);
  expect((await turns.imitate({ waiting: true })).ok).toBe(true);
});

test("gives the turn on when work fails", async () => {
  const clock = createClock();
  const turns = createTurns(clock);
  await expect(turns.run(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await turns.run(async () => "next")).toEqual({ ok: true, value: "next" });
});

test("gives the turn on when the request that had it was cancelled and never came back", async () => {
  const clock = createClock();
  const turns = createTurns(clock);
  const cancelled = turns.run(() => new Promise<never>(() => undefined));
  expect(await Promise.race([cancelled, turns.run(async () => "next")])).toEqual({ ok: true, value: "next" });
});
