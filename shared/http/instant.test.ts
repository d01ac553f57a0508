import { expect, test } from "vitest";
import { instant } from "./instant.ts";

test.for([
  ["2026-11-29T10:00:00Z", "2026-11-29T10:00:00.000Z"],
  ["2026-11-29T10:00:00.123456789+05:30", "2026-11-29T04:30:00.123Z"],
  ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"],
])("takes %s, with any offset", ([text = "", inUtc]) => {
  expect(instant.parse(text).toISOString()).toBe(inUtc);
});

test.for([
  "9999-12-31T23:59:59-05:00",
  "0000-01-01T00:00:00+05:00",
  "10000-01-01T00:00:00Z",
  "2026-02-30T10:00:00Z",
  "2026-11-29T24:00:00Z",
  "2026-11-29T23:59:60Z",
  "2026-11-29T10:00:00",
  "2026-11-29 10:00:00Z",
  "2026-11-29T10:00:00 02:00",
  "2026-11-29",
  `2026-11-29T10:00:00.${"0".repeat(1_000)}Z`,
  "",
])("refuses what is no instant, or none that can be written back: %s", (text) => {
  expect(instant.safeParse(text).success).toBe(false);
});
