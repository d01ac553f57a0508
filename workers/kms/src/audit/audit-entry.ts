/** What an audit entry says. */
import type { AuditSink, Recorder, SecurityEvent } from "#shared/observability/recorder.ts";
import type { AuditRecord } from "./audit-record.ts";

/** A security event with what the audit trail keeps besides. */
export interface AuditEvent extends SecurityEvent {
  /** Personal data: readable until that user is erased. */
  personal?: { userId: string; fields: Record<string, string> } | undefined;
  /** The user it was tried on, where no actor is known: the address is theirs to be erased. */
  concerns?: string | undefined;
}

/** An entry ready for storage, with its event. */
export interface AuditEntry {
  readonly event: AuditEvent;
  readonly record: AuditRecord;
}

/** Of an event that the kms brings about by itself, in whatever request it happens to do so: the caller is not the actor. */
export const BY_KMS = { actor: undefined } as const;

export type TrailSink = AuditSink<AuditEvent, AuditEntry>;

/** The recorder of the kms, whose changes store their entry in their own transaction. */
export type AuditRecorder = Recorder<AuditEvent, AuditEntry>;
