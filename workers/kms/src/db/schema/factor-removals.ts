/** Users who recovered their account, until twofa has removed the second factors that they had before. */
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { instant } from "./columns.ts";

export const factorRemovals = sqliteTable("factor_removals", {
  userId: text("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  /** What they enrol later stays. */
  before: instant("before").notNull(),
});
