/**
 * Keeps callers who are known from filling the database: an entry of the audit trail and the rows beside it belong to every
 * success, so successes that a caller can repeat at will have a budget. What is beyond it is refused before it is done.
 */

import type { AuditAction } from "#shared/contracts/audit.ts";
import { serviceNameOf, userIdOf } from "#shared/contracts/principal.ts";
import type { AuditEvent } from "./audit-entry.ts";

/** So many at once, and so many a minute in the long run. */
interface Budget {
  burst: number;
  perMinute: number;
}

/** Of what a person does once in a while. */
export const RARE: Budget = { burst: 60, perMinute: 20 };
/** Of what a person's clients do for them: no one needs one a second. */
export const PERSONAL: Budget = { burst: 600, perMinute: 60 };
/** Of what may be the daily work of a program. */
export const WORK: Budget = { burst: 20_000, perMinute: 6_000 };
/**
 * Ends something that had to be made before, or is bounded by something else. Who ends a session, locks a user or revokes a
 * key is never held up.
 */
const UNLIMITED = undefined;

const BUDGETS = {
  login: PERSONAL,
  "login.passkey": PERSONAL,
  "token.refresh": PERSONAL,
  "authorization.grant": PERSONAL,
  "token.authorization-code": PERSONAL,
  "token.device-code": PERSONAL,
  "token.elevate": PERSONAL,
  "user.password": RARE,
  "email.request": RARE,
  "email.verify": RARE,
  "consent.give": RARE,
  "consent.withdraw": UNLIMITED,
  "personal-data.export": RARE,
  "search-key.issue": PERSONAL,
  "factor.enrol": RARE,
  "recovery-codes.replace": RARE,
  "audit.export": PERSONAL,
  "audit.verify": PERSONAL,
  "user.create": WORK,
  "user.change": WORK,
  "reset-link.create": WORK,
  "invitation.create": WORK,
  "user.reset-factors": WORK,
  "user.recover": RARE,
  "recovery-link.create": WORK,
  "first-login-link.create": WORK,
  "user.roles": WORK,
  "user.unlock": WORK,
  "role.change": WORK,
  "role.delete": UNLIMITED,
  "service.change": WORK,
  "transit.delete": UNLIMITED,
  "token.client-credentials": WORK,
  "token.exchange": WORK,
  "token.introspect": WORK,
  "key.exchange": WORK,
  "key.create": WORK,
  "key.rotate": WORK,
  "key.verify": WORK,
  "key.enable": WORK,
  "key.confine": WORK,
  "secret.read": WORK,
  "secret.write": WORK,
  "secret.delete": WORK,
  "secret.undelete": WORK,
  "secret.destroy": WORK,
  "secret.wrap": WORK,
  "transit.create": WORK,
  "transit.configure": WORK,
  "transit.rotate": WORK,
  "transit.encrypt": WORK,
  "transit.decrypt": WORK,
  "transit.rewrap": WORK,
  "client.create": WORK,
  "client.change": WORK,
  "client.describe": WORK,
  "service.create": WORK,
  "service.webhook": WORK,
  "signing-key.create": WORK,
  "signing-key.rotate": WORK,
  "root-key.rotate": WORK,
  "search-credentials.rotate": WORK,
  "reindex.start": WORK,
  "search-rule.change": WORK,
  "sequence.reorder": WORK,
  "dead-letters.redrive": WORK,
  "upstream.put": WORK,
  "upstream.delete": WORK,
  "limit.put": WORK,
  "limit.delete": WORK,
  "policy.put": WORK,
  "policy.delete": WORK,
  "user.lock": UNLIMITED,
  "user.erase": UNLIMITED,
  "token.revoke": UNLIMITED,
  "session.end": UNLIMITED,
  "authorization.revoke": UNLIMITED,
  "user.log-out": UNLIMITED,
  "password.forgot": UNLIMITED,
  "invitation.revoke": UNLIMITED,
  "sign-up.request": UNLIMITED,
  "key.revoke": UNLIMITED,
  "key.disable": UNLIMITED,
  "key.leaked": UNLIMITED,
  "secret.unwrap": UNLIMITED,
  "root-key.retire": UNLIMITED,
  "client.delete": UNLIMITED,
  "service.delete": UNLIMITED,
  "signing-key.revoke": UNLIMITED,
  "audit.prune": UNLIMITED,
  "factor.confirm": UNLIMITED,
  "factor.remove": UNLIMITED,
  "factor.verify": UNLIMITED,
  "factor.lock": UNLIMITED,
  "factor.disable": UNLIMITED,
  "challenge.send": UNLIMITED,
  "mail.send": UNLIMITED,
  "access.refuse": UNLIMITED,
} as const satisfies Record<AuditAction, Budget | undefined>;

const MINUTE_MS = 60_000;
/** Recent callers, each with a kind of event; beyond that the least recent is forgotten. */
const MAX_REMEMBERED = 50_000;

/** A caller has used up a budget. */
export class BudgetExhausted extends Error {
  override readonly name = "BudgetExhausted";
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super("the caller has reached the rate limit");
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface AuditBudget {
  /** Takes a success out of the budget of its actor. Throws `BudgetExhausted` when there is none left. */
  spend(event: AuditEvent): void;
}

const budgetOf = ({ action, outcome, actor }: AuditEvent): Budget | undefined => {
  if (outcome !== "success" || actor === undefined) return undefined;
  const budget = BUDGETS[action];
  // What is personal for a person is a service's work, for the people that it serves; workers limit themselves.
  if (serviceNameOf(actor) !== undefined) return budget && WORK;
  return userIdOf(actor) === undefined ? undefined : budget;
};

/** Kept as the instant at which the budget will be whole again (the generic cell rate algorithm): one number per caller. */
export const createAuditBudget = (now: () => number): AuditBudget => {
  const wholeAtMs = new Map<string, number>();

  return {
    spend: (event) => {
      const budget = budgetOf(event);
      if (budget === undefined) return;
      const { burst, perMinute } = budget;
      const intervalMs = MINUTE_MS / perMinute;
      const nowMs = now();
      const key = `${event.action} ${event.actor}`;
      const nextMs = Math.max(nowMs, wholeAtMs.get(key) ?? nowMs) + intervalMs;
      const excessMs = nextMs - nowMs - burst * intervalMs;
      if (excessMs > 0) throw new BudgetExhausted(Math.max(1, Math.ceil(excessMs / 1000)));
      wholeAtMs.delete(key);
      const [longestAgo] = wholeAtMs.keys();
      if (wholeAtMs.size >= MAX_REMEMBERED && longestAgo !== undefined) wholeAtMs.delete(longestAgo);
      wholeAtMs.set(key, nextMs);
    },
  };
};
