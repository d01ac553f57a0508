import { describe, expect, test } from "vitest";
import { LOCK_AFTER_FAILURES_MS, secondsUntil } from "./lockout.ts";

describe("the lockout", () => {
  test("begins with the fifth failure, at 30 seconds, and doubles up to 15 minutes", () => {
    expect(LOCK_AFTER_FAILURES_MS.map((ms) => ms / 1000)).toEqual([0, 0, 0, 0, 30, 60, 120, 240, 480, 900]);
  });

  test("never gives a Retry-After before its end, nor of zero", () => {
    expect(secondsUntil(30_000, 0)).toBe(30);
    expect(secondsUntil(30_000, 29_001)).toBe(1);
    expect(secondsUntil(30_001, 0)).toBe(31);
    expect(secondsUntil(30_000, 31_000)).toBe(1);
  });
});
