/** The gateway's configuration as it is stored, from which migrations are generated. */
import { sql } from "drizzle-orm";
import { check, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const KINDS = ["upstream", "limit", "policy"] as const;
export type Kind = (typeof KINDS)[number];

/** Where an object comes from: a call of the API, or the file that the operator named at the start. */
export const SOURCES = ["api", "file"] as const;
export type Source = (typeof SOURCES)[number];

/** One row for each object. Instants are milliseconds since the epoch. */
export const configuration = sqliteTable(
  "configuration",
  {
    kind: text("kind", { enum: KINDS }).notNull(),
    name: text("name").notNull(),
    /** Its entity tag. Grows with each replacement, and a new object starts beyond any that had its name. */
    version: integer("version").notNull(),
    source: text("source", { enum: SOURCES }).notNull(),
    /** What two objects cannot have at once: the host and prefix of an upstream. */
    claim: text("claim").unique(),
    /** JSON, as it was checked. */
    body: text("body").notNull(),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.name] }),
    check("configuration_source", sql`${table.source} IN ('api', 'file')`),
  ],
);

/** The only row says how often `configuration` has changed: triggers add 1 for each row of it that is written. */
export const configurationRevision = sqliteTable(
  "configuration_revision",
  {
    id: integer("id").primaryKey(),
    revision: integer("revision").notNull(),
  },
  (table) => [check("configuration_revision_row", sql`${table.id} = 1`)],
);
