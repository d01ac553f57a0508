import fc from "fast-check";
import { expect, test } from "vitest";
import { judge, paceOf } from "./gcra.ts";

const pace = (limit: number, windowSeconds: number, burst?: number) =>
  paceOf({ limit, windowSeconds, ...(burst !== undefined && { burst }) });

test("as many as the burst come at once, then one an interval", () => {
  const three = pace(3, 30);
  let zeroAtMs = 0;
  const call = (nowMs: number) => {
    const judged = judge(three, zeroAtMs, nowMs);
    zeroAtMs = judged.zeroAtMs;
    return [judged.admitted, judged.remaining];
  };
  expect([call(0), call(0), call(0)]).toEqual([
    [true, 2],
    [true, 1],
    [true, 0],
  ]);
  expect(call(0)).toEqual([false, 0]);
  expect(call(10_000)).toEqual([true, 0]);
  expect(call(10_000)).toEqual([false, 0]);
  expect(call(100_000)).toEqual([true, 2]);
});

test("a refused call says when the next is admitted", () => {
  const one = pace(1, 10);
  const { zeroAtMs } = judge(one, 0, 0);
  const { admitted, waitMs } = judge(one, zeroAtMs, 1_000);
  expect(admitted).toBe(false);
  expect(judge(one, zeroAtMs, 1_000 + waitMs).admitted).toBe(true);
  expect(judge(one, zeroAtMs, 1_000 + waitMs - 1).admitted).toBe(false);
});

test("a clock that is set back keeps no one out for longer than the burst lasts", () => {
  const two = pace(2, 10);
  const { zeroAtMs } = judge(two, 0, 1_000_000);
  expect(judge(two, zeroAtMs, 0)).toMatchObject({ admitted: false });
  expect(judge(two, judge(two, zeroAtMs, 0).zeroAtMs, 5_000).admitted).toBe(true);
});

test("in no window are there more calls than limit and burst, and a steady caller within the limit is never refused", () => {
  const numbers = fc.record({
    limit: fc.integer({ min: 1, max: 50 }),
    windowSeconds: fc.integer({ min: 1, max: 60 }),
    burst: fc.integer({ min: 1, max: 80 }),
  });
  const gaps = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3_000, noNaN: true })), { maxLength: 400 });
  fc.assert(
    fc.property(numbers, gaps, ({ limit, windowSeconds, burst }, waits) => {
      let [nowMs, zeroAtMs] = [0, 0];
      const admitted: number[] = [];
      for (const waitMs of waits) {
        nowMs += waitMs;
        const judged = judge(pace(limit, windowSeconds, burst), zeroAtMs, nowMs);
        zeroAtMs = judged.zeroAtMs;
        if (judged.admitted) admitted.push(nowMs);
      }
      for (const [at, firstMs] of admitted.entries()) {
        const within = admitted.slice(at).filter((atMs) => atMs <= firstMs + windowSeconds * 1000);
        if (within.length > limit + burst) return false;
      }
      return true;
    }),
  );
  fc.assert(
    fc.property(numbers, ({ limit, windowSeconds }) => {
      const steady = pace(limit, windowSeconds, 1);
      let zeroAtMs = 0;
      for (let call = 0; call < 200; call += 1) {
        const judged = judge(steady, zeroAtMs, (call * windowSeconds * 1000) / limit);
        if (!judged.admitted) return false;
        zeroAtMs = judged.zeroAtMs;
      }
      return true;
    }),
  );
});
