/**
 * The documents, columns named as in Typesense, and what feeds them to a Typesense cluster. Beside them are the full-text
 * index `document_tokens` and the list of documents that it lacks, which migrations create by hand.
 */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { BUILD_STATES } from "../sync/build.ts";

export const documents = sqliteTable(
  "documents",
  {
    /** Ties the row to its entry in the full-text index. */
    pk: integer().primaryKey(),
    id: text().notNull().unique(),
    element_type: text().notNull(),
    element_id: integer().notNull(),
    sequence_number: integer().notNull(),
    version_number: integer().notNull(),
    comment: text().notNull(),
    text: text().notNull(),
    script_id: integer(),
    service_name: text().notNull(),
    /** Seconds since the epoch. */
    updated_at: integer().notNull(),
  },
  (table) => [
    index("documents_by_sequence_number").on(table.sequence_number, table.id),
    index("documents_by_element_type").on(sql`${table.element_type} COLLATE NOCASE`, table.sequence_number, table.id),
    index("documents_by_script_id").on(table.script_id, table.sequence_number, table.id),
    index("documents_by_element_id").on(table.element_id),
    index("documents_by_updated_at").on(table.updated_at),
  ],
);

/** The last change of each document that some collection in Typesense may not have yet. */
export const changes = sqliteTable("changes", {
  /** In the order of the changes; never used again. */
  seq: integer().primaryKey({ autoIncrement: true }),
  documentId: text("document_id").notNull().unique(),
  /** Milliseconds since the epoch. */
  changedAt: integer("changed_at").notNull(),
  /** Why Typesense does not take the document. */
  refusal: text(),
});

/** The jobs that rebuild an index, including the one that built the live index. Instants are in milliseconds. */
export const builds = sqliteTable(
  "builds",
  {
    jobId: text("job_id").primaryKey(),
    engine: text({ enum: ["libsql", "typesense"] }).notNull(),
    collection: text().notNull(),
    schemaVersion: text("schema_version").notNull(),
    state: text({ enum: BUILD_STATES }).notNull(),
    copied: integer().notNull(),
    total: integer().notNull(),
    copiedPk: integer("copied_pk").notNull(),
    syncedSeq: integer("fed_seq").notNull(),
    /** Changes after this one were sent without a response and may still arrive late: they are resent. */
    unconfirmedSeq: integer("doubt_seq"),
    unconfirmedAtMs: integer("doubted_at"),
    failure: text(),
    startedAtMs: integer("started_at").notNull(),
    finishedAtMs: integer("finished_at"),
    /** The holder of the lease, and until when it lasts. */
    holder: text(),
    leasedUntil: integer("held_until").notNull(),
  },
  (table) => [index("builds_by_engine").on(table.engine, table.startedAtMs)],
);
