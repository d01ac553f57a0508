/** What the security log tells: the events of the audit trail. Never a password, a key, a token or a code. */
import type { AuditAction, AuditEvent } from "./audit.ts";

export type SecurityAction = AuditAction;

/** `subject` is what the log calls the actor. */
export type SecurityEvent = AuditEvent & { subject?: string | undefined };

export type RecordEvent = (event: SecurityEvent) => void;
