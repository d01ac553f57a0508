/** The audit trail, its chain, and the keys of the people in it. */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant } from "./columns.ts";

/** What happened, in the order of its commits: ids have no gap. Rows are added, linked once, and pruned from the oldest on. */
export const auditEntries = sqliteTable(
  "audit_entries",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    uid: text().notNull().unique(),
    at: instant("at").notNull(),
    action: text().notNull(),
    outcome: text({ enum: ["success", "failure", "refused"] }).notNull(),
    actor: text(),
    actingService: text("acting_service"),
    target: text(),
    reason: text(),
    count: integer().notNull(),
    requestId: text("request_id"),
    /** Sealed under the key of the actor, else of `personal_of`. */
    address: text(),
    /** The user that its personal data is about. */
    personalOf: text("personal_of"),
    /** Sealed under the key of `personal_of`. */
    personal: text(),
    /** HMAC over the columns above but the id. */
    mac: text().notNull(),
    /** SHA-256 over the link before, the id and the entry; null until it is linked. */
    link: text(),
    /** HMAC over the link. */
    seal: text(),
  },
  (table) => [
    index("audit_entries_by_time").on(table.at, table.id),
    // With the time, so that the entries of a busy caller are not read to see when they were written.
    index("audit_entries_by_actor").on(table.actor, table.id, table.at),
    index("audit_entries_by_acting_service")
      .on(table.actingService, table.id, table.at)
      .where(sql`${table.actingService} IS NOT NULL`),
    index("audit_entries_by_action").on(table.action, table.id, table.at),
    index("audit_entries_by_target").on(table.target, table.id, table.at),
    index("audit_entries_by_request").on(table.requestId, table.id),
    index("audit_entries_by_person").on(table.personalOf, table.id),
  ],
);

/** One row: where the chain of audit entries begins since the last pruning, and how far it is linked. */
export const auditChain = sqliteTable("audit_chain", {
  id: integer().primaryKey(),
  /** The last entry pruned, its link, and when it was recorded. */
  baseId: integer("base_id").notNull(),
  baseLink: text("base_link").notNull(),
  baseAt: instant("base_at").notNull(),
  /** The last entry linked. */
  headId: integer("head_id").notNull(),
  headLink: text("head_link").notNull(),
  /** HMAC over the columns above. */
  mac: text().notNull(),
});

/** Signed statements of how far the chain had come, to be kept elsewhere too. */
export const auditCheckpoints = sqliteTable("audit_checkpoints", {
  /** The last entry it vouches for. */
  entryId: integer("entry_id").primaryKey(),
  at: instant("at").notNull(),
  /** A compact JWS (RFC 7515). */
  jws: text().notNull(),
  /** The public key it is signed with, for when the key has long left the key ring. */
  publicJwk: text("public_jwk", { mode: "json" }).$type<Record<string, string>>().notNull(),
});

/** The keys of the people in audit entries; erasing one leaves the row, without the key. */
export const auditKeys = sqliteTable("audit_keys", {
  subject: text().primaryKey(),
  wrappedKey: text("wrapped_key"),
});
