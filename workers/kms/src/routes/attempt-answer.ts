/** What every answer to a tried password has: how many more may be tried, and when. */
import { type Problem, problem } from "#shared/problem/problem.ts";
import { type Allowance, FAILURES_REMEMBERED_MS, FREE_ATTEMPTS } from "../domain/lockout.ts";
import { tooBusy } from "./frame.ts";

const WINDOW_SECONDS = FAILURES_REMEMBERED_MS / 1000;

/** As in draft-ietf-httpapi-ratelimit-headers-10. */
export const limitHeaders = ({ remaining, waitSeconds }: Allowance): Record<string, string> => ({
  "ratelimit-policy": `"password";q=${FREE_ATTEMPTS};w=${WINDOW_SECONDS}`,
  ratelimit: `"password";r=${remaining}${waitSeconds > 0 ? `;t=${waitSeconds}` : ""}`,
});

/** The answer when no password was looked at. */
export const notChecked = (reason: "blocked" | "busy", allowance: Allowance): Problem =>
  reason === "busy"
    ? tooBusy()
    : problem("too-many-attempts", {
        detail: "Too many passwords were wrong. Wait as long as Retry-After says; until then none is checked.",
        headers: { ...limitHeaders(allowance), "retry-after": String(allowance.waitSeconds) },
      });

/** The one answer to a password that was checked and not accepted, for whatever reason. */
export const passwordRefused = (detail: string, allowance: Allowance): Problem =>
  problem("login-refused", { detail, headers: { ...limitHeaders(allowance), "www-authenticate": "Bearer" } });
