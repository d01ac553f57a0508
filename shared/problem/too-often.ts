/** The problem of a caller who does one thing too often: 429, and when to go on. Nothing was done. */
import { type Problem, problem } from "./problem.ts";

export const tooOften = (retryAfterSeconds: number): Problem =>
  problem("too-many-attempts", {
    detail: "You have done this too often in a short time. Nothing was done; wait as long as Retry-After says.",
    headers: { "retry-after": String(retryAfterSeconds) },
  });
