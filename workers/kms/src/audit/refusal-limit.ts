/**
 * Keeps strangers from filling the audit trail, and the database with it: of failures and refusals of one action by one
 * caller only so many a minute are recorded one by one; the others are counted and recorded together when the minute is
 * over. So are successes that have happened already when they are reported, so that it is too late to refuse them.
 */

import type { AuditAction } from "#shared/contracts/audit.ts";
import type { AuditEvent } from "./audit-entry.ts";

const MINUTE_MS = 60_000;
const REPORTED_AFTERWARDS: ReadonlySet<AuditAction> = new Set(["factor.verify"]);
/** Of one action, by one caller, in a minute. */
export const RECORDED_PER_CALLER = 20;
/** Of all kinds, by all callers, in a minute. */
export const RECORDED_IN_ALL = 300;

/** Events that were not recorded one by one. Who failed is in the log. */
export interface Summary {
  event: AuditEvent;
  count: number;
}

export interface RefusalLimit {
  /** Whether this event is recorded by itself; if not, it is counted. */
  admits(event: AuditEvent, clientAddress: string | undefined): boolean;
  /** What was counted in minutes that are over. It is given once. */
  takeSummaries(): Summary[];
}

export const createRefusalLimit = (now: () => number): RefusalLimit => {
  let minute = Number.NEGATIVE_INFINITY;
  let recorded = 0;
  const recordedOf = new Map<string, number>();
  const surplus = new Map<string, Summary>();
  let due: Summary[] = [];

  const startMinute = (): void => {
    const current = Math.floor(now() / MINUTE_MS);
    if (current === minute) return;
    minute = current;
    recorded = 0;
    recordedOf.clear();
    due = [...due, ...surplus.values()];
    surplus.clear();
  };

  return {
    admits: (event, clientAddress) => {
      const { action, outcome, reason, actor } = event;
      const isSuccess = outcome === "success";
      if (isSuccess && !REPORTED_AFTERWARDS.has(action)) return true;
      startMinute();
      const kind = `${action} ${outcome} ${reason}`;
      // Whatever the reason: recording takes time, which must not say why a login failed.
      const caller = `${action} ${outcome} ${actor ?? clientAddress}`;
      const recordedOfCaller = recordedOf.get(caller) ?? 0;
      if (recordedOfCaller < RECORDED_PER_CALLER && (isSuccess || recorded < RECORDED_IN_ALL)) {
        if (!isSuccess) recorded += 1;
        recordedOf.set(caller, recordedOfCaller + 1);
        return true;
      }
      // A success stays that of its actor; strangers who failed are counted together.
      const together = isSuccess ? `${kind} ${actor}` : kind;
      const summed = { action, outcome, reason, actor: isSuccess ? actor : undefined };
      surplus.set(together, { event: summed, count: (surplus.get(together)?.count ?? 0) + 1 });
      return false;
    },
    takeSummaries: () => {
      startMinute();
      const taken = due;
      due = [];
      return taken;
    },
  };
};
