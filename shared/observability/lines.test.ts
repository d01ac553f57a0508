import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { writeLine, writeLinesAtOnce, writeLinesInBatches } from "./lines.ts";

let written: string[];
let scheduled: (() => void)[];

beforeEach(() => {
  written = [];
  scheduled = [];
  vi.useFakeTimers();
  vi.spyOn(console, "log").mockImplementation((text) => written.push(String(text)));
  writeLinesInBatches((flush, afterMs) => {
    expect(afterMs).toBe(20);
    scheduled.push(flush);
  });
});
afterEach(() => {
  writeLinesAtOnce();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test("lines are held together, and written in their order when the time is over", () => {
  for (const line of ["a", "b", "c"]) writeLine(line, false);
  expect(written).toEqual([]);
  expect(scheduled).toHaveLength(1);
  for (const flush of scheduled) flush();
  expect(written).toEqual(["a\nb\nc"]);
});

test("an urgent line is written at once, after those that are held", () => {
  writeLine("a", false);
  writeLine("b", true);
  expect(written).toEqual(["a", "b"]);
});

test("a line is held no longer where the timer was lost with its request", () => {
  writeLine("a", false);
  vi.advanceTimersByTime(20);
  writeLine("b", false);
  expect(written).toEqual(["a\nb"]);
});

test("no more is written at a time than a pipe takes whole, beside other processes", () => {
  for (let line = 0; line < 50; line += 1) writeLine("ä".repeat(500), false);
  writeLinesAtOnce();
  expect(written.join("\n").split("\n")).toHaveLength(50);
  const sizes = written.map((text) => Buffer.byteLength(`${text}\n`));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(4096);
  expect(sizes.length).toBeLessThan(20);
});

test("outside of a request nothing is held", () => {
  writeLinesInBatches(() => {
    throw new Error("no request");
  });
  writeLine("a", false);
  expect(written).toEqual(["a"]);
});

test("before the end all is written, and nothing is held any more", () => {
  writeLine("a", false);
  writeLinesAtOnce();
  writeLine("b", false);
  expect(written).toEqual(["a", "b"]);
});
