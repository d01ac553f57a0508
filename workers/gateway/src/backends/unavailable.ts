/** The 503 for a dependency that does not respond; the cause goes to the log only. */
import { withinTime } from "#shared/lang/deadline.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { describeError } from "#shared/observability/log.ts";

export const unavailable = (cause: unknown, detail?: string): Unavailable =>
  new Unavailable(describeError(cause), { cause, ...(detail !== undefined && { detail }) });

/** The result of a private call. Throws `Unavailable` if the call throws or takes longer than `limitMs`. */
export const callWorker = async <Value>(callee: string, call: Promise<Value>, limitMs: number): Promise<Value> => {
  const value = await withinTime(call, limitMs).catch((cause: unknown) => {
    throw unavailable(cause);
  });
  if (value === undefined) throw unavailable(new Error(`${callee} did not respond within ${limitMs} ms`));
  return value;
};
