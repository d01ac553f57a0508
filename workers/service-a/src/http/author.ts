/** Who writes, as the caller's token says it. */
import type { Principal } from "#shared/auth/claims.ts";
import type { Author } from "../model/element.ts";

type Caller = Pick<Principal, "subject" | "actingService">;

export const authorOf = ({ subject, actingService }: Caller, nowMs: number): Author => ({
  createdBy: subject,
  actingService: actingService ?? null,
  nowMs,
});

/** Identifies a caller: a user, and each service that acts for that user, are different callers. */
export const callerOf = ({ subject, actingService }: Caller): string =>
  actingService === undefined ? subject : `${subject} by ${actingService}`;
