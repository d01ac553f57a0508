/** What every response to a tried password has: how many more may be tried, and when. */
import type { Failure } from "#shared/lang/result.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { type Allowance, FAILURES_REMEMBERED_MS, FREE_ATTEMPTS } from "../accounts/lockout.ts";
import type { Busy } from "../hashing/hashing-queue.ts";

const WINDOW_SECONDS = FAILURES_REMEMBERED_MS / 1000;

/** The response when more passwords wait to be checked than can be in time. */
export const tooBusy = ({ retryAfterSeconds }: Busy): Problem =>
  problem("unavailable", {
    detail: "Too many passwords are being checked at the moment. Retry after the time in Retry-After.",
    headers: { "retry-after": String(retryAfterSeconds) },
  });

/** As in draft-ietf-httpapi-ratelimit-headers-10. */
export const limitHeaders = ({ remaining, waitSeconds }: Allowance): Record<string, string> => ({
  "ratelimit-policy": `"password";q=${FREE_ATTEMPTS};w=${WINDOW_SECONDS}`,
  ratelimit: `"password";r=${remaining}${waitSeconds > 0 ? `;t=${waitSeconds}` : ""}`,
});

type AttemptFailure = Busy | "blocked" | "unknown-user" | "wrong-password" | "locked" | "superseded";

/** How an attempt ended that gives nothing. */
interface Refusal {
  error: Failure<AttemptFailure>;
  allowance: Allowance;
  /** A password was looked at although the limits did not allow it: that must not show. */
  isOverLimit: boolean;
}

/** The one response to a password that is not accepted, for any reason: it depends on the limits alone. */
export const attemptRefused = (detail: string, { error, allowance, isOverLimit }: Refusal): Problem => {
  const headers = limitHeaders(allowance);
  const blocked = (): Problem =>
    problem("too-many-attempts", {
      detail: "Too many passwords were wrong. Retry after the time in Retry-After.",
      headers: { ...headers, "retry-after": String(allowance.waitSeconds) },
    });
  switch (error.kind) {
    case "busy":
      return tooBusy(error);
    case "blocked":
      return blocked();
    case "unknown-user":
    case "wrong-password":
    case "locked":
    case "superseded":
      return isOverLimit
        ? blocked()
        : problem("login-refused", { detail, headers: { ...headers, "www-authenticate": "Bearer" } });
  }
};
