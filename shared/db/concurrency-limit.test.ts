import { describe, expect, test } from "vitest";
import { type ConcurrencyLimit, createConcurrencyLimit } from "./concurrency-limit.ts";

interface Stage {
  limit: ConcurrencyLimit;
  started: number[];
  /** Begins work that lasts until `end` is called with the same number. */
  begin(number: number): Promise<void>;
  end(number: number): void;
  pass(ms: number): Promise<void>;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const createStage = (width = 1): Stage => {
  let nowMs = 0;
  const started: number[] = [];
  const ends = new Map<number, () => void>();
  const sleepers: { atMs: number; wake: () => void }[] = [];
  const limit = createConcurrencyLimit({
    now: () => nowMs,
    sleep: (ms) => new Promise((wake) => sleepers.push({ atMs: nowMs + ms, wake })),
    width,
    maxWaitMs: 2_000,
    workMs: 4_000,
    onTimeout: () => new Error("too long"),
  });
  return {
    limit,
    started,
    begin: (number) =>
      limit(async () => {
        started.push(number);
        await new Promise<void>((resolve) => ends.set(number, resolve));
      }),
    end: (number) => ends.get(number)?.(),
    pass: async (ms) => {
      for (let left = ms; left > 0; left -= 1) {
        nowMs += 1;
        for (const sleeper of sleepers.splice(0)) {
          if (sleeper.atMs <= nowMs) sleeper.wake();
          else sleepers.push(sleeper);
        }
        await settle();
      }
    },
  };
};

describe("writers taking turns", () => {
  test("go one at a time, in the order they came", async () => {
    const { begin, end, pass, started } = createStage();
    const all = [1, 2, 3].map(begin);
    for (const number of [1, 2, 3]) {
      await pass(10);
      expect(started.at(-1)).toBe(number);
      end(number);
    }
    await Promise.all(all);
    expect(started).toEqual([1, 2, 3]);
  });

  test("go as many at a time as they may", async () => {
    const { begin, end, pass, started } = createStage(2);
    const all = [1, 2, 3].map(begin);
    await pass(10);
    expect(started).toEqual([1, 2]);
    end(2);
    await pass(10);
    expect(started).toEqual([1, 2, 3]);
    for (const number of [1, 3]) end(number);
    await Promise.all(all);
  });

  test("free their turn when they fail", async () => {
    const { limit } = createStage();
    for (let count = 0; count < 5; count += 1)
      await expect(limit(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    expect(await limit(async () => "done")).toBe("done");
  });

  test("give up when their turn does not come, and leave no gap behind", async () => {
    const { begin, end, pass, started } = createStage();
    const first = begin(1);
    const late = begin(2).catch((error: Error) => error.message);
    await pass(2_100);
    expect(await late).toBe("too long");
    end(1);
    await first;
    const next = begin(3);
    await pass(1);
    expect(started).toEqual([1, 3]);
    end(3);
    await next;
  });

  test("are not held up for ever by work that never ends", async () => {
    const { begin, end, pass, started } = createStage();
    void begin(1);
    await pass(3_000);
    const later = begin(2);
    await pass(1_100);
    expect(started).toEqual([1, 2]);
    end(2);
    await later;
  });

  test("are not held up by one who stopped waiting without a word", async () => {
    let nowMs = 0;
    const never = (): Promise<void> => new Promise(() => undefined);
    const sleeps: (() => Promise<void>)[] = [never];
    const limit = createConcurrencyLimit({
      now: () => nowMs,
      sleep: async (ms) => {
        await (sleeps.shift()?.() ?? settle());
        nowMs += ms;
      },
      width: 1,
      maxWaitMs: 5_000,
      workMs: 10_000,
      onTimeout: () => new Error("too long"),
    });
    const held = Promise.withResolvers<void>();
    const holder = limit(() => held.promise);
    await settle();
    void limit(async () => "cancelled");
    await settle();
    const waiting = limit(async () => "done");
    held.resolve();
    expect(await waiting).toBe("done");
    await holder;
  });
});
