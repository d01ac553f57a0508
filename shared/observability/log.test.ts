import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withinRequest } from "./context.ts";
import { createLog, describeError } from "./log.ts";
import { startSpan } from "./trace.ts";

let lines: string[];

beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line) => lines.push(String(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("a log entry is one line of JSON, whatever is in it", () => {
  createLog("kms")("warn", "refused", { reason: 'a\nb"\u2028', attempts: 3, absent: undefined });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(/\n/);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    level: "warn",
    service: "kms",
    event: "refused",
    reason: 'a\nb"\u2028',
    attempts: 3,
  });
});

test("a line names the request and the trace it belongs to", () => {
  const span = startSpan(undefined);
  withinRequest({ requestId: "request-1", span }, () => createLog("kms")("info", "request", { status: 200 }));
  const { traceId, spanId } = span;
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ requestId: "request-1", traceId, spanId, status: 200 });
});

test("an error is described with its causes, and bounded however long they are", () => {
  const error = new TypeError("outer", { cause: new Error("inner", { cause: "a string" }) });
  expect(describeError(error)).toBe("TypeError: outer <- Error: inner <- a string");
  expect(describeError(new Error("x".repeat(10_000)))).toHaveLength(500);
  const circular = new Error("round");
  circular.cause = circular;
  expect(describeError(circular)).toBe(Array.from({ length: 4 }, () => "Error: round").join(" <- "));
});
