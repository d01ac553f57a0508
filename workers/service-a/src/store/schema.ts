/** The tables of service-a. Instants are milliseconds since the epoch. */
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { ELEMENT_TYPES } from "../domain/element.ts";
import { type ElementCounts, MARKUPS } from "../domain/screenplay/element.ts";

const key = {
  elementType: text("element_type", { enum: ELEMENT_TYPES }).notNull(),
  elementId: integer("element_id").notNull(),
};

export const elements = sqliteTable(
  "elements",
  {
    ...key,
    sequenceNumber: integer("sequence_number").notNull(),
    /** The latest version. */
    versionNumber: integer("version_number").notNull(),
    /** Only what was imported with a screenplay has the following four. */
    scriptId: integer("script_id"),
    /** The section that heads it, itself for a section; null before the first section. */
    sectionId: integer("section_id"),
    /** Its place in the screenplay as imported. */
    position: integer("position"),
    markup: text("markup", { enum: MARKUPS }),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.elementType, table.elementId] }),
    uniqueIndex("elements_sequence_number").on(table.sequenceNumber),
    index("elements_type_sequence_number").on(table.elementType, table.sequenceNumber),
    index("elements_script_sequence_number").on(table.scriptId, table.sequenceNumber),
  ],
);

/** Append-only. */
export const versions = sqliteTable(
  "versions",
  {
    ...key,
    versionNumber: integer("version_number").notNull(),
    text: text("text").notNull(),
    comment: text("comment").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.elementType, table.elementId, table.versionNumber] })],
);

/** Imported screenplays; each has an element of type script with the same id, whose text is the title. */
export const scripts = sqliteTable("scripts", {
  id: integer("id").primaryKey(),
  titlePage: text("title_page").notNull(),
  counts: text("counts", { mode: "json" }).$type<ElementCounts>().notNull(),
  createdBy: text("created_by").notNull(),
  createdAt: integer("created_at").notNull(),
});

/** One row per change that search has not confirmed yet. */
export const outbox = sqliteTable("outbox", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  ...key,
  attempts: integer("attempts").notNull().default(0),
  nextAttemptAt: integer("next_attempt_at").notNull(),
  createdAt: integer("created_at").notNull(),
});

/** At most one row: who drains the outbox and until when; without a holder, when it may be drained again. */
export const outboxLease = sqliteTable("outbox_lease", {
  id: integer("id").primaryKey(),
  holder: text("holder"),
  expiresAt: integer("expires_at").notNull(),
  /** Runs in a row that found search unavailable. */
  failures: integer("failures").notNull().default(0),
});
