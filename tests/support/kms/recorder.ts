/** A recorder for tests of rules: gives the change an entry to store, and keeps what was recorded. */
import { createRecorder } from "#shared/observability/recorder.ts";
import type { AuditEntry, AuditEvent, AuditRecorder } from "../../../workers/kms/src/audit/audit-entry.ts";
import { auditEntry } from "../kms.ts";

export const createTestRecorder = (): { recorder: AuditRecorder; recorded: AuditEvent[] } => {
  const recorded: AuditEvent[] = [];
  const recorder = createRecorder<AuditEvent, AuditEntry>(() => {}, {
    prepare: async (event) => auditEntry(event),
    settle: async (event, settlement) => {
      if (settlement === "made") recorded.push(event);
    },
    write: async (event) => {
      recorded.push(event);
    },
  });
  return { recorder, recorded };
};
