/**
 * The documents of the libSQL engine, columns named as in Typesense. Beside them is the full-text index
 * `documents_text`, over `comment` and `text`; a custom migration creates it, and triggers keep it in step.
 */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

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
