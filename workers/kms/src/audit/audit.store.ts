/** The audit trail in the database. Entries are only ever added; see `audit-log/audit-chain.store.ts` for how they are linked. */
import type { InStatement } from "@libsql/client";
import { inArray } from "drizzle-orm";
import type { KmsDatabase } from "../db/connection.ts";
import { auditKeys } from "../db/schema/audit.ts";
import type { AuditStore } from "./audit.ts";
import type { AuditEntry } from "./audit-entry.ts";
import type { SubjectKeyStore } from "./subject-keys.ts";

const INSERT = `
  INSERT INTO audit_entries
    (uid, at, action, outcome, actor, acting_service, target, reason, count, request_id, address, personal_of, personal,
      mac)
  SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?`;

const CONDITIONS = { always: "", changed: " WHERE changes() > 0" };

/** To stand in a batch right after the statement that decides; `changed`: only if that statement changed a row. */
export const appendEntry = ({ record }: AuditEntry, when: keyof typeof CONDITIONS): InStatement => ({
  sql: INSERT + CONDITIONS[when],
  args: [
    record.uid,
    record.at.getTime(),
    record.action,
    record.outcome,
    record.actor,
    record.actingService,
    record.target,
    record.reason,
    record.count,
    record.requestId,
    record.address,
    record.personalOf,
    record.personal,
    record.mac,
  ],
});

export const createAuditStore = ({ client }: KmsDatabase): AuditStore => ({
  insert: async (entry) => {
    await client.execute(appendEntry(entry, "always"));
  },
});

export const createSubjectKeyStore = ({ orm, client }: KmsDatabase): SubjectKeyStore => ({
  find: async (subjects) => {
    const rows = await orm
      .select()
      .from(auditKeys)
      .where(inArray(auditKeys.subject, [...subjects]));
    return new Map(rows.map(({ subject, wrappedKey }) => [subject, wrappedKey]));
  },
  insert: async (subject, wrappedKey) => {
    await client.execute({
      sql: "INSERT INTO audit_keys (subject, wrapped_key) VALUES (?, ?) ON CONFLICT (subject) DO NOTHING",
      args: [subject, wrappedKey],
    });
  },
});
