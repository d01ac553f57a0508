import { expect, test } from "vitest";
import { createHours, type Hours } from "./hours.ts";

const OFFICE: Hours = { zone: "Europe/Berlin", from: "09:00", to: "17:30", days: ["mon", "tue", "wed", "thu", "fri"] };
const NIGHT: Hours = { zone: "America/New_York", from: "22:00", to: "06:00", days: ["fri"] };
const ALWAYS: Hours = { zone: "UTC", from: "00:00", to: "00:00" };
const ON_SUNDAY: Hours = { zone: "UTC", from: "12:00", to: "12:00", days: ["sun"] };

test.each<[string, Hours, boolean, string]>([
  ["2026-11-30T07:59:59Z", OFFICE, false, "mon 08:59"],
  ["2026-11-30T08:00:00Z", OFFICE, true, "mon 09:00"],
  ["2026-11-30T16:29:59Z", OFFICE, true, "mon 17:29"],
  ["2026-11-30T16:30:00Z", OFFICE, false, "mon 17:30"],
  ["2026-11-29T10:00:00Z", OFFICE, false, "sun 11:00"],
  // An hour earlier in UTC while daylight saving time is in force, which begins on 29 March.
  ["2026-03-27T07:30:00Z", OFFICE, false, "fri 08:30"],
  ["2026-03-30T07:30:00Z", OFFICE, true, "mon 09:30"],
  // Past midnight, the day on which the hours began counts.
  ["2026-11-28T02:59:00Z", NIGHT, false, "fri 21:59"],
  ["2026-11-28T03:00:00Z", NIGHT, true, "fri 22:00"],
  ["2026-11-28T10:59:00Z", NIGHT, true, "sat 05:59"],
  ["2026-11-28T11:00:00Z", NIGHT, false, "sat 06:00"],
  ["2026-11-27T06:00:00Z", NIGHT, false, "fri 01:00"],
  // The night in which the hour from one to two comes twice.
  ["2026-11-01T05:30:00Z", { ...NIGHT, days: ["sat"] }, true, "sun 01:30"],
  ["2026-11-01T06:30:00Z", { ...NIGHT, days: ["sat"] }, true, "sun 01:30"],
  ["2026-11-01T11:00:00Z", { ...NIGHT, days: ["sat"] }, false, "sun 06:00"],
  ["2026-11-29T00:00:00Z", ALWAYS, true, "sun 00:00"],
  ["2026-11-29T23:59:59Z", ALWAYS, true, "sun 23:59"],
  ["2026-11-29T11:59:00Z", ON_SUNDAY, false, "sun 11:59"],
  ["2026-11-30T11:59:00Z", ON_SUNDAY, true, "mon 11:59"],
])("%s", (at, hours, expected, local) => {
  const { includes, describe } = createHours(hours);
  expect([includes(Date.parse(at)), describe(Date.parse(at))]).toEqual([expected, local]);
});
