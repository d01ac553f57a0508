/** The 503 for a dependency that does not respond; the cause goes to the log only. */
import { withinTime } from "#shared/lang/deadline.ts";
import type { Problem } from "#shared/problem/problem.ts";
import { unavailable as unavailableProblem } from "#shared/problem/unavailable.ts";

const DETAIL = "A dependency is temporarily unavailable. Retry after the time in Retry-After.";

export const unavailable = (cause: unknown, detail = DETAIL): Problem => unavailableProblem({ detail, cause });

/** The result of a private call. Throws the problem `unavailable` if the call throws or takes longer than `limitMs`. */
export const callWorker = async <Value>(callee: string, call: Promise<Value>, limitMs: number): Promise<Value> => {
  const value = await withinTime(call, limitMs).catch((cause: unknown) => {
    throw unavailable(cause);
  });
  if (value === undefined) throw unavailable(new Error(`${callee} did not respond within ${limitMs} ms`));
  return value;
};
