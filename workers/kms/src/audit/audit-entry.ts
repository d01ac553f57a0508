/** What an audit entry says. */
import type { AuditSink, Recorder, SecurityEvent } from "#shared/observability/recorder.ts";

/** A security event with what the audit trail keeps besides. */
export interface AuditEvent extends SecurityEvent {
  /** Personal data: readable until that user is erased. */
  personal?: { userId: string; fields: Record<string, string> } | undefined;
  /** The user it was tried on, where no actor is known: the address is theirs to be erased. */
  concerns?: string | undefined;
}

/** An entry as it is stored, without its place in the chain. */
export interface AuditRecord {
  /** Unique for all time, so that an entry cannot be stored twice. */
  uid: string;
  at: Date;
  action: string;
  outcome: AuditEvent["outcome"];
  actor: string | null;
  /** The service that acted for the actor, by name, or the application, by its client id. */
  actingService: string | null;
  target: string | null;
  reason: string | null;
  /** How many events it stands for: more than one when refusals came too fast to be recorded one by one. */
  count: number;
  requestId: string | null;
  /** The caller's network address, sealed under the key of its `addressOwner`. */
  address: string | null;
  /** Whose `personal` fields these are, sealed under that user's own key; without an actor, whom it concerns. */
  personalOf: string | null;
  personal: string | null;
  /** HMAC over all of the above. */
  mac: string;
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
