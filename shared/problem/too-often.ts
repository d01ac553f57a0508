/** The problem of a caller who does one thing too often: 429, and when to go on. Nothing was done. */
import { type Problem, problem } from "./problem.ts";

export const tooOften = (retryAfterSeconds: number): Problem =>
  problem("too-many-attempts", {
    detail:
      "You have reached the rate limit for this operation, and nothing was done. Retry after the time in Retry-After.",
    headers: { "retry-after": String(retryAfterSeconds) },
  });
