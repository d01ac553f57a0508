import { expect, test } from "vitest";
import type { AuditEvent } from "./audit-entry.ts";
import { createRefusalLimit, RECORDED_IN_ALL, RECORDED_PER_CALLER } from "./refusal-limit.ts";

const MINUTE_MS = 60_000;

const createLimit = () => {
  const clock = { nowMs: 10 * MINUTE_MS };
  const limit = createRefusalLimit(() => clock.nowMs);
  const admitted = (event: AuditEvent, count: number): number => {
    let recorded = 0;
    for (let sent = 0; sent < count; sent += 1) if (limit.admits(event, "192.0.2.1")) recorded += 1;
    return recorded;
  };
  return { clock, limit, admitted };
};

const verified = (actor: string) =>
  ({ action: "factor.verify", outcome: "success", reason: "passkey", actor }) satisfies AuditEvent;

test("successes that are reported afterwards are summed up by user, beyond so many a minute", () => {
  const { clock, limit, admitted } = createLimit();
  expect(admitted(verified("ann"), 100)).toBe(RECORDED_PER_CALLER);
  expect(admitted(verified("ben"), RECORDED_PER_CALLER + 1)).toBe(RECORDED_PER_CALLER);
  expect(limit.takeSummaries()).toEqual([]);
  clock.nowMs += MINUTE_MS;
  expect(limit.takeSummaries()).toEqual([
    { event: verified("ann"), count: 100 - RECORDED_PER_CALLER },
    { event: verified("ben"), count: 1 },
  ]);
  expect(limit.takeSummaries()).toEqual([]);
  expect(admitted(verified("ann"), 1)).toBe(1);
});

test("many users do not use up each other's entries, and strangers not those of users", () => {
  const { admitted } = createLimit();
  for (let user = 0; user < 2 * RECORDED_IN_ALL; user += 1) expect(admitted(verified(`user-${user}`), 1)).toBe(1);
  for (let stranger = 0; stranger < RECORDED_IN_ALL; stranger += 1)
    expect(admitted({ action: "login", outcome: "failure", actor: `stranger-${stranger}` }, 1)).toBe(1);
  expect(admitted({ action: "login", outcome: "failure", actor: "one more" }, 1)).toBe(0);
  expect(admitted(verified("ann"), 1)).toBe(1);
});

test("all other successes have an entry each", () => {
  const { admitted } = createLimit();
  expect(admitted({ action: "secret.read", outcome: "success", actor: "ann" }, 1_000)).toBe(1_000);
});

test("whether a failure has an entry does not depend on its reason, which callers could tell by the time it takes", () => {
  const { clock, limit, admitted } = createLimit();
  const failed = (reason: string): AuditEvent => ({ action: "login", outcome: "failure", reason, actor: undefined });
  expect(admitted(failed("unknown-user"), RECORDED_PER_CALLER + 1)).toBe(RECORDED_PER_CALLER);
  expect(admitted(failed("wrong-password"), 1)).toBe(0);
  clock.nowMs += MINUTE_MS;
  expect(limit.takeSummaries().map(({ event, count }) => [event.reason, count])).toEqual([
    ["unknown-user", 1],
    ["wrong-password", 1],
  ]);
});
