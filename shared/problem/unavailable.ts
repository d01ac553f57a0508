/** The problem of a dependency that does not respond: 503, and when to retry. */
import { type Problem, problem } from "./problem.ts";

const RETRY_AFTER_SECONDS = "2";

/** `detail` is public, `cause` goes to the log only. */
export const unavailable = (options: { detail?: string; cause?: unknown } = {}): Problem =>
  problem("unavailable", { ...options, headers: { "retry-after": RETRY_AFTER_SECONDS } });
