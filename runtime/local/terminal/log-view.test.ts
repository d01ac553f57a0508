import { expect, test } from "vitest";
import { createLogView, prettyLine } from "./log-view.ts";

const line = (fields: Record<string, unknown>): string =>
  JSON.stringify({
    timestamp: "2026-11-29T13:05:06.789Z",
    level: "info",
    service: "gateway",
    event: "request",
    requestId: "2f1c6a0e",
    traceId: "4bf9",
    spanId: "00f0",
    ...fields,
  });

const REQUEST = { method: "GET", route: "/kms/me", status: 200, durationMs: 12 };

test("a request is one line, of the gateway", () => {
  expect(prettyLine(line(REQUEST), false)).toBe("13:05:06 gateway GET /kms/me 200 12 ms");
  expect(prettyLine(line({ ...REQUEST, status: 401, reason: "expired" }), false)).toBe(
    "13:05:06 gateway GET /kms/me 401 12 ms expired",
  );
  expect(prettyLine(line({ ...REQUEST, service: "kms" }), false)).toBeUndefined();
  expect(prettyLine(line({ ...REQUEST, service: "kms", level: "error", status: 500 }), false)).toBe(
    "13:05:06 kms error GET /kms/me 500 12 ms",
  );
});

test("an event has its fields, in colour where it is a warning on a terminal", () => {
  const event = { service: "kms", event: "security", level: "warn", action: "login", outcome: "failure" };
  const shown = "13:05:06 kms warn security action=login outcome=failure";
  expect(prettyLine(line(event), false)).toBe(shown);
  expect(prettyLine(line(event), true)).toBe(`\u001b[33m${shown}\u001b[0m`);
});

test("a checkpoint of the audit trail, which is for machines, is not shown", () => {
  expect(prettyLine(line({ service: "kms", event: "audit.checkpoint", jws: "x".repeat(500) }), false)).toBeUndefined();
});

test("nothing in a line acts on the terminal", () => {
  expect(prettyLine(line({ event: "x", error: "\u001b[2J\nFountain is ready" }), false)).toBe(
    "13:05:06 gateway x error=\\u001b[2J\\nFountain is ready",
  );
  expect(prettyLine("no JSON \u0007", false)).toBe("no JSON \\u0007");
});

test("the view shows nothing before it is opened, so that what the start prints stands by itself", () => {
  const written: string[] = [];
  const view = createLogView({ write: (text: string) => written.push(text) > 0 }, false);
  view.line(line(REQUEST));
  expect(written).toEqual([]);
  view.open();
  view.line(line(REQUEST));
  expect(written).toEqual(["13:05:06 gateway GET /kms/me 200 12 ms\n"]);
});
