import { expect, test } from "vitest";
import { canShareAPort, processCount, usualWriters } from "./processes.ts";

test.for([
  [1, 1],
  [2, 1],
  [3, 2],
  [16, 4],
])(
  "on %i processors %i processes serve requests by default, where processes can share a port",
  ([processors, count]) => {
    expect(processCount({}, processors)).toBe(canShareAPort ? count : 1);
    expect(processCount({ WORKERS: "" }, processors)).toBe(canShareAPort ? count : 1);
  },
);

test("what was set decides, and writers that were set allow fewer processes by default", () => {
  expect(processCount({ WORKERS: "3" }, 1)).toBe(3);
  expect(processCount({ DATABASE_WRITERS: "2" }, 16)).toBe(canShareAPort ? 2 : 1);
  expect(processCount({ DATABASE_WRITERS: "3" }, 16)).toBe(1);
});

test("by default all processes have four writers at most, as libSQL supports no more", () => {
  expect([1, 2, 3, 4].map(usualWriters)).toEqual([2, 2, 1, 1]);
});
