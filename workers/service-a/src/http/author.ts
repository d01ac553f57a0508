/** Who writes, as the caller's token says it. */
import { actingClientOf, type Principal } from "#shared/auth/claims.ts";
import type { Author } from "../model/element.ts";

type Caller = Pick<Principal, "subject" | "kind" | "clientId">;

export const authorOf = (caller: Caller, nowMs: number): Author => ({
  createdBy: caller.subject,
  actingService: actingClientOf(caller) ?? null,
  nowMs,
});

/** Identifies a caller: a user, and each service or application that acts for that user, are different callers. */
export const callerOf = (caller: Caller): string => {
  const by = actingClientOf(caller);
  return by === undefined ? caller.subject : `${caller.subject} by ${by}`;
};
