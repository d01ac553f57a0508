import { expect, test } from "vitest";
import { createBreaker } from "./breaker.ts";

const start = () => {
  const clock = { now: 0 };
  const breaker = createBreaker(() => clock.now);
  const fail = (times: number) => {
    for (let count = 0; count < times; count += 1) breaker.failed();
  };
  return { clock, breaker, fail };
};

test("opens after three failures in a row, and not when a success comes between", () => {
  const { breaker, fail } = start();
  fail(2);
  breaker.succeeded();
  fail(2);
  expect([breaker.state(), breaker.admits()]).toEqual(["closed", true]);
  fail(1);
  expect([breaker.state(), breaker.admits()]).toEqual(["open", false]);
});

test("lets one probe through when its time has come, and closes when that succeeds", () => {
  const { clock, breaker, fail } = start();
  fail(3);
  clock.now = 999;
  expect(breaker.admits()).toBe(false);
  clock.now = 1_000;
  expect(breaker.state()).toBe("half-open");
  expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
  breaker.succeeded();
  expect([breaker.state(), breaker.admits()]).toEqual(["closed", true]);
});

test("waits longer after every probe that fails, and never more than five seconds", () => {
  const { clock, breaker, fail } = start();
  fail(3);
  const waits = [2_000, 4_000, 5_000, 5_000].map((wait) => {
    clock.now = breaker.retryAtMs();
    breaker.admits();
    breaker.failed();
    return [breaker.retryAtMs() - clock.now, wait];
  });
  expect(waits.every(([actual, expected]) => actual === expected)).toBe(true);
});

test("lets another probe through when the first never said how it went", () => {
  const { clock, breaker, fail } = start();
  fail(3);
  clock.now = 1_000;
  expect(breaker.admits()).toBe(true);
  clock.now = 3_999;
  expect(breaker.admits()).toBe(false);
  clock.now = 4_000;
  expect(breaker.admits()).toBe(true);
});
