/** The gateway's configuration as it is stored, from which migrations are generated. */
import { sql } from "drizzle-orm";
import { check, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** One row for each object: an upstream, a limit, a policy. */
export const configuration = sqliteTable(
  "configuration",
  {
    kind: text("kind").notNull(),
    name: text("name").notNull(),
    /** Grows with each replacement of the object. */
    version: integer("version").notNull(),
    etag: text("etag").notNull(),
    /** `api`: set by a call; `file`: by the file that is read at the start. */
    source: text("source", { enum: ["api", "file"] }).notNull(),
    body: text("body", { mode: "json" }).notNull(),
    /** Milliseconds since the epoch. */
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
