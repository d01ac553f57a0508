/** How much of each exact limit has been taken, from which migrations are generated. */
import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** One row for each limit, each of those it counts, and each window of time. Instants are milliseconds since the epoch. */
export const allowances = sqliteTable(
  "allowances",
  {
    /** SHA-256 of the limit and of whom it counts. */
    key: text("key").notNull(),
    windowStart: integer("window_start").notNull(),
    windowEnd: integer("window_end").notNull(),
    /** The calls that processes have taken and not given back: counted, or still to come. */
    taken: integer("taken").notNull(),
    /** The calls that the last process was given that took some. */
    granted: integer("granted").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.key, table.windowStart] }),
    index("allowances_window_end").on(table.windowEnd),
    check("allowances_taken", sql`${table.taken} >= 0`),
  ],
);
