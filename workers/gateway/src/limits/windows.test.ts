import { expect, test } from "vitest";
import { windowAt } from "./windows.ts";

const at = (instant: string): number => Date.parse(instant);

test.each([
  ["an hour", 3_600, "2026-11-29T10:59:59.999Z", "2026-11-29T10:00:00Z", "2026-11-29T11:00:00Z"],
  ["an hour, at its start", 3_600, "2026-11-29T11:00:00Z", "2026-11-29T11:00:00Z", "2026-11-29T12:00:00Z"],
  ["a day", 86_400, "2026-11-29T23:59:59Z", "2026-11-29T00:00:00Z", "2026-11-30T00:00:00Z"],
  ["a month", undefined, "2026-11-30T23:59:59.999Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"],
  ["the last month of a year", undefined, "2026-12-31T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
  ["February of a leap year", undefined, "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"],
])("%s", (_, seconds, now, start, end) => {
  expect(windowAt(seconds, at(now))).toEqual({ startMs: at(start), endMs: at(end) });
});
