/** The 503 for a dependency that does not respond; the cause goes to the log only. */
import { Unavailable } from "#shared/lang/unavailable.ts";
import { describeError } from "#shared/observability/log.ts";

export const unavailable = (cause: unknown, detail?: string): Unavailable =>
  new Unavailable(describeError(cause), { cause, ...(detail !== undefined && { detail }) });
