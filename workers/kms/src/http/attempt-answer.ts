/** What every answer to a tried password has: how many more may be tried, and when. */
import { type Problem, problem } from "#shared/problem/problem.ts";
import { type Allowance, FAILURES_REMEMBERED_MS, FREE_ATTEMPTS } from "../accounts/lockout.ts";
import { tooBusy } from "./frame.ts";

const WINDOW_SECONDS = FAILURES_REMEMBERED_MS / 1000;

/** As in draft-ietf-httpapi-ratelimit-headers-10. */
export const limitHeaders = ({ remaining, waitSeconds }: Allowance): Record<string, string> => ({
  "ratelimit-policy": `"password";q=${FREE_ATTEMPTS};w=${WINDOW_SECONDS}`,
  ratelimit: `"password";r=${remaining}${waitSeconds > 0 ? `;t=${waitSeconds}` : ""}`,
});

/** How an attempt ended that gives nothing. */
interface Refusal {
  error: string;
  allowance: Allowance;
  /** A password was looked at although the limits did not allow it: that must not show. */
  isOverLimit: boolean;
}

/** The one answer to a password that is not accepted, for whatever reason: what it says depends on the limits alone. */
export const attemptRefused = (detail: string, { error, allowance, isOverLimit }: Refusal): Problem => {
  if (error === "busy") return tooBusy();
  if (error === "blocked" || isOverLimit)
    return problem("too-many-attempts", {
      detail: "Too many passwords were wrong. Retry after the time in Retry-After.",
      headers: { ...limitHeaders(allowance), "retry-after": String(allowance.waitSeconds) },
    });
  return problem("login-refused", { detail, headers: { ...limitHeaders(allowance), "www-authenticate": "Bearer" } });
};
