import { describe, expect, test } from "vitest";
import { serviceSubject } from "#shared/contracts/principal.ts";
import { BudgetExhausted, createAuditBudget, PERSONAL, RARE, WORK } from "./audit-budget.ts";
import type { AuditEvent } from "./audit-entry.ts";

const USER = "11111111-1111-4111-8111-111111111111";

const createBudget = () => {
  const clock = { nowMs: 1_000_000 };
  const budget = createAuditBudget(() => clock.nowMs);
  /** How many of so many are let through, and how long the first that is not has to wait. */
  const spend = (event: Partial<AuditEvent>, count = 1): { spent: number; retryAfterSeconds?: number } => {
    for (let spent = 0; spent < count; spent += 1) {
      try {
        budget.spend({ action: "factor.enrol", outcome: "success", actor: USER, ...event });
      } catch (error) {
        if (!(error instanceof BudgetExhausted)) throw error;
        return { spent, retryAfterSeconds: error.retryAfterSeconds };
      }
    }
    return { spent: count };
  };
  return { clock, spend };
};

describe.each([
  ["factor.enrol", RARE],
  ["recovery-codes.replace", RARE],
  ["token.refresh", PERSONAL],
  ["login.passkey", PERSONAL],
] as const)("what a user does, such as %s,", (action, { burst, perMinute }) => {
  const intervalMs = 60_000 / perMinute;
  const retryAfterSeconds = intervalMs / 1000;

  test("is refused when it comes too often, and allowed again after the wait", () => {
    const { clock, spend } = createBudget();
    expect(spend({ action }, 5_000)).toEqual({ spent: burst, retryAfterSeconds });
    clock.nowMs += intervalMs - 1;
    expect(spend({ action })).toEqual({ spent: 0, retryAfterSeconds: 1 });
    clock.nowMs += 1;
    expect(spend({ action }, 2)).toEqual({ spent: 1, retryAfterSeconds });
  });

  test("is so many a minute in the long run", () => {
    const { clock, spend } = createBudget();
    spend({ action }, burst);
    let spent = 0;
    for (let second = 0; second < 600; second += 1) {
      clock.nowMs += 1_000;
      spent += spend({ action }, 100).spent;
    }
    expect(spent).toBe(10 * perMinute);
  });

  test("is counted by itself, for each user and each kind of thing", () => {
    const { spend } = createBudget();
    spend({ action }, burst);
    expect(spend({ action, actor: USER.replace("1", "2") })).toEqual({ spent: 1 });
    expect(spend({ action: "token.elevate" })).toEqual({ spent: 1 });
    expect(spend({ action })).toMatchObject({ spent: 0 });
  });
});

test("a service can work without pause, thousands of times a minute", () => {
  const { clock, spend } = createBudget();
  const actor = serviceSubject("films");
  for (const action of ["transit.encrypt", "secret.write", "search-key.issue"] as const) {
    expect(spend({ actor, action }, WORK.burst + 1)).toEqual({ spent: WORK.burst, retryAfterSeconds: 1 });
  }
  clock.nowMs += 60_000;
  expect(spend({ actor, action: "transit.encrypt" }, WORK.burst).spent).toBe(WORK.perMinute);
});

test.each([
  { action: "session.end" },
  { action: "user.lock" },
  { action: "key.revoke" },
  { action: "key.disable" },
  { action: "signing-key.revoke" },
  { outcome: "failure" },
  { outcome: "refused" },
  { actor: undefined },
  { actor: "worker:search" },
] as const)("%j is never held up", (event) => {
  expect(createBudget().spend(event, 3 * WORK.burst)).toEqual({ spent: 3 * WORK.burst });
});
