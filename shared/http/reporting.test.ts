import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ReportedEvent } from "../contracts/audit.ts";
import { failure, success } from "../lang/result.ts";
import { Unavailable } from "../lang/unavailable.ts";
import type { Fields } from "../observability/log.ts";
import type { ReportableEvent } from "../observability/recorder.ts";
import { createReportingRecorder } from "./reporting.ts";

const CHANGE: ReportableEvent = { action: "reindex.start", outcome: "success", actor: "user-1", target: "elements" };
const NOT_DONE = { ...CHANGE, outcome: "failure", reason: "not-done" };

let steps: (ReportedEvent | string)[];
let lines: Fields[];
let recordEvent = vi.fn();

const recorder = () =>
  createReportingRecorder({ recordEvent }, (_level, event, fields = {}) => lines.push({ event, ...fields }));
const make =
  <Value>(value: Value) =>
  async (): Promise<Value> => {
    steps.push("made");
    return value;
  };

beforeEach(() => {
  steps = [];
  lines = [];
  recordEvent = vi.fn(async (event: ReportedEvent) => {
    steps.push(event);
    return success(true as const);
  });
});
afterEach(() => vi.restoreAllMocks());

test("a change is reported before it is made, and logged once it is", async () => {
  expect(await recorder().change(CHANGE, make("done"))).toBe("done");
  expect(steps).toEqual([CHANGE, "made"]);
  expect(lines).toMatchObject([{ event: "security", action: "reindex.start", outcome: "success", target: "elements" }]);
});

test("a change that cannot be reported is not made", async () => {
  recordEvent.mockRejectedValue(new Unavailable("the kms does not respond"));
  await expect(recorder().change(CHANGE, make("done"))).rejects.toThrow(Unavailable);
  recordEvent.mockResolvedValue(failure("too-often", { retryAfterSeconds: 7 }));
  await expect(recorder().change(CHANGE, make("done"))).rejects.toMatchObject({
    code: "too-many-attempts",
    headers: { "retry-after": "7" },
  });
  expect(steps).toEqual([]);
  expect(lines).toEqual([]);
});

test("a change that does not come about is reported and logged as a failure", async () => {
  expect(await recorder().change(CHANGE, make(failure("running")), ({ ok }) => ok)).toEqual(failure("running"));
  expect(steps).toEqual([CHANGE, "made", NOT_DONE]);
  expect(lines).toMatchObject([{ event: "security", action: "reindex.start", outcome: "failure", reason: "not-done" }]);
});

test("a change that throws is reported and logged as one of which the outcome is not known", async () => {
  const make = () => Promise.reject(new Unavailable("the cluster does not respond"));
  await expect(recorder().change(CHANGE, make)).rejects.toThrow("the cluster does not respond");
  expect(steps).toEqual([CHANGE, { ...NOT_DONE, reason: "outcome-unknown" }]);
  expect(lines).toMatchObject([{ event: "security", outcome: "failure", reason: "outcome-unknown" }]);
});

test("a refusal that cannot be reported is logged, and stands", async () => {
  recordEvent.mockRejectedValue(new Unavailable("the kms does not respond"));
  await recorder().record({ action: "access.refuse", outcome: "refused", reason: "forbidden" });
  expect(lines).toMatchObject([{ event: "security", action: "access.refuse" }, { event: "audit.lost" }]);
});
