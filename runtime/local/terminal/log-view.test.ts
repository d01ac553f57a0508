import { expect, test } from "vitest";
import { inColour, paintOn, plain } from "./colours.ts";
import { createLogView, prettyLine } from "./log-view.ts";

const line = (fields: Record<string, unknown>): string =>
  JSON.stringify({
    timestamp: new Date(2026, 10, 29, 13, 5, 6, 789).toISOString(),
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
  expect(prettyLine(line(REQUEST), plain)).toBe("13:05:06 gateway GET /kms/me 200 12 ms");
  expect(prettyLine(line({ ...REQUEST, status: 401, reason: "expired" }), plain)).toBe(
    "13:05:06 gateway GET /kms/me 401 12 ms expired",
  );
  expect(prettyLine(line({ ...REQUEST, service: "kms" }), plain)).toBeUndefined();
  expect(prettyLine(line({ ...REQUEST, route: "/console/call" }), plain)).toBeUndefined();
  expect(prettyLine(line({ ...REQUEST, service: "kms", level: "error", status: 500 }), plain)).toBe(
    "13:05:06 kms error: GET /kms/me 500 12 ms",
  );
});

test("what happens is said in words, and in colour where it is a warning on a terminal", () => {
  const event = { service: "kms", event: "security", level: "warn", action: "login", outcome: "failure" };
  const refused = line({ ...event, reason: "wrong-password" });
  expect(prettyLine(refused, plain)).toBe("13:05:06 kms warning: login failed: wrong password");
  expect(prettyLine(refused, inColour)).toBe(
    "\u001b[2m13:05:06 kms\u001b[22m \u001b[33mwarning: login failed: wrong password\u001b[39m",
  );
  const created = line({ ...event, level: "info", action: "key.create", outcome: "success", target: "0b6e" });
  expect(prettyLine(created, plain)).toBe("13:05:06 kms key create target=0b6e");
  const failed = line({ service: "twofa", event: "mail.failed", level: "error", reason: "refused" });
  expect(prettyLine(failed, plain)).toBe("13:05:06 twofa error: a mail could not be sent reason=refused");
});

test("colours are for terminals, unless the environment says so or forbids it", () => {
  const [terminal, pipe] = [{ isTTY: true }, {}];
  const isPainted = (stream: { isTTY?: boolean }, environment: Record<string, string>) =>
    paintOn(stream, environment)("x", "bold") !== "x";
  expect([isPainted(terminal, {}), isPainted(pipe, {})]).toEqual([true, false]);
  expect([isPainted(terminal, { NO_COLOR: "1" }), isPainted(terminal, { TERM: "dumb" })]).toEqual([false, false]);
  expect([isPainted(pipe, { FORCE_COLOR: "1" }), isPainted(terminal, { FORCE_COLOR: "0" })]).toEqual([true, false]);
});

test("a checkpoint of the audit trail, which is for machines, is not shown", () => {
  expect(prettyLine(line({ service: "kms", event: "audit.checkpoint", jws: "x".repeat(500) }), plain)).toBeUndefined();
});

test("nothing in a line acts on the terminal", () => {
  expect(prettyLine(line({ event: "x", error: "\u001b[2J\nFountain is ready" }), plain)).toBe(
    "13:05:06 gateway x error=\\u001b[2J\\nFountain is ready",
  );
  expect(prettyLine("no JSON \u0007", plain)).toBe("no JSON \\u0007");
});

test("the view shows nothing before it is opened, so that what the start prints stands by itself", () => {
  const written: string[] = [];
  const view = createLogView({ write: (text: string) => written.push(text) > 0 }, plain);
  view.line(line(REQUEST));
  expect(written).toEqual([]);
  view.open();
  view.line(line(REQUEST));
  expect(written).toEqual(["13:05:06 gateway GET /kms/me 200 12 ms\n"]);
});
