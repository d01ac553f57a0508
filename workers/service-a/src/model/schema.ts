/** The tables of service-a. Instants are milliseconds since the epoch. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { type ElementCounts, MARKUPS } from "../screenplay/element.ts";
import { ELEMENT_TYPES } from "./element.ts";
import { MAX_ATTEMPTS } from "./outbox.ts";

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
    /** What is searched and exported. */
    text: text("text").notNull(),
    /** The JSON object that was given in place of a text. */
    data: text("data"),
    comment: text("comment").notNull(),
    /** The subject that made it, and the service that acted for that user. */
    createdBy: text("created_by").notNull(),
    actingService: text("acting_service"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.elementType, table.elementId, table.versionNumber] })],
);

/** How the first version of an imported element was written. */
export const sources = sqliteTable(
  "sources",
  {
    ...key,
    /** What stands between it and the element before. */
    lead: text("lead").notNull(),
    /** The element itself; null where that is its text. */
    source: text("source"),
  },
  (table) => [primaryKey({ columns: [table.elementType, table.elementId] })],
);

/** Imported screenplays; each has an element of type script with the same id, whose text is the title. */
export const scripts = sqliteTable("scripts", {
  id: integer("id").primaryKey(),
  /** As its author wrote it. */
  titlePage: text("title_page").notNull(),
  /** What follows the last element. */
  tail: text("tail").notNull().default("\n"),
  counts: text("counts", { mode: "json" }).$type<ElementCounts>().notNull(),
  createdBy: text("created_by").notNull(),
  actingService: text("acting_service"),
  createdAt: integer("created_at").notNull(),
});

/** Where elements stood before a reorder: what a list that began before it goes by. Numbers are never given again. */
export const moves = sqliteTable(
  "moves",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    ...key,
    oldSequenceNumber: integer("old_sequence_number").notNull(),
    movedAt: integer("moved_at").notNull(),
  },
  (table) => [
    index("moves_element").on(table.elementType, table.elementId, table.id),
    index("moves_moved_at").on(table.movedAt),
  ],
);

/** What came of a write that named a key, written together with its effect. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    caller: text("caller").notNull(),
    key: text("key").notNull(),
    /** SHA-256 of the request, so that the key cannot be taken for another one. */
    fingerprint: text("fingerprint").notNull(),
    /** A `Result` as JSON. */
    outcome: text("outcome").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.caller, table.key] }),
    index("idempotency_keys_expires_at").on(table.expiresAt),
  ],
);

/** One row per change that search has not confirmed yet; a dead letter after the last attempt. */
export const outbox = sqliteTable(
  "outbox",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    ...key,
    /** How often search has refused it, and why the last time. */
    attempts: integer("attempts").notNull().default(0),
    refusal: text("refusal"),
    nextAttemptAt: integer("next_attempt_at").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    index("outbox_dead_letters")
      .on(table.elementType, table.elementId)
      .where(sql.raw(`attempts >= ${MAX_ATTEMPTS}`)),
  ],
);

/** At most one row: who drains the outbox and until when; without a holder, when it may be drained again. */
export const outboxLease = sqliteTable("outbox_lease", {
  id: integer("id").primaryKey(),
  holder: text("holder"),
  expiresAt: integer("expires_at").notNull(),
  /** Runs in a row that found search unavailable. */
  failures: integer("failures").notNull().default(0),
});
