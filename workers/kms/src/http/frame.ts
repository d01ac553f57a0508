import type { Context } from "hono";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { noteReason } from "#shared/observability/context.ts";
import { noteEvent } from "#shared/observability/recorder.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { AuditEntry, AuditEvent } from "../audit/audit-entry.ts";
import type { KmsServices } from "../composition/services.ts";

export type KmsContext = Context<WorkerEnv<KmsServices>>;

/** Answers with a token or a key in them are kept by no cache (RFC 6749 §5.1). */
export const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };

const byCaller = <Event extends AuditEvent>({ var: { principal } }: KmsContext, event: Event): Event => ({
  actor: principal?.subject,
  ...event,
});

/** The audit entry of a change, to be stored in its transaction; the caller is the actor unless told. */
export const entryOf = (context: KmsContext, event: AuditEvent): Promise<AuditEntry> =>
  context.var.services.audit.prepare(byCaller(context, event));

/** Writes the log line of a change whose audit entry stands in its transaction. */
export const record = (context: KmsContext, event: AuditEvent): void => {
  noteEvent(context.var.log, byCaller(context, event));
  context.var.services.auditLog.expectEntry(event);
};

/** Stores the audit entry of what is no change: an authentication, a read, a refusal; and writes its log line. */
export const audit = (context: KmsContext, event: AuditEvent): Promise<void> => {
  if (event.reason !== undefined) noteReason(event.reason);
  return context.var.services.audit.write(byCaller(context, event));
};

const RETRY_AFTER_SECONDS = "5";

/** The answer when more passwords wait to be checked than can be in time. */
export const tooBusy = (): Problem =>
  problem("unavailable", {
    detail: "Too many passwords are being checked at the moment. Retry after the time in Retry-After.",
    headers: { "retry-after": RETRY_AFTER_SECONDS },
  });
