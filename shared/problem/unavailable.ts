/** The problem of a part that does not answer: 503, and when to try again. */
import { type Problem, problem } from "./problem.ts";

const RETRY_AFTER_SECONDS = "2";

/** `detail` leaves the house, `cause` goes to the log only. */
export const unavailable = (options: { detail?: string; cause?: unknown } = {}): Problem =>
  problem("unavailable", { ...options, headers: { "retry-after": RETRY_AFTER_SECONDS } });
