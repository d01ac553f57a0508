import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const notes = sqliteTable(
  "notes",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    text: text("text").notNull(),
    author: text("author").notNull(),
    createdAtMs: integer("created_at").notNull(),
  },
  (table) => [index("notes_created_at").on(table.createdAtMs)],
);
