/** The problem of a caller who reaches a rate limit: 429, and when to retry. Nothing was done. */
import { type Problem, problem } from "./problem.ts";

export const tooOften = (retryAfterSeconds: number): Problem =>
  problem("too-many-attempts", {
    detail:
      "You have reached the rate limit for this operation, and nothing was done. Retry after the time in Retry-After.",
    headers: { "retry-after": String(retryAfterSeconds) },
  });
