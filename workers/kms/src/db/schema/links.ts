/** Links and codes that were mailed or shown once, until they are used. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { users } from "./accounts.ts";
import { instant } from "./columns.ts";

export const links = sqliteTable(
  "links",
  {
    id: text().primaryKey(),
    /** What it is good for, and nothing else. */
    purpose: text()
      .$type<"password-reset" | "email-verification" | "invitation" | "sign-up" | "recovery" | "first-login">()
      .notNull(),
    /** HMAC of the token in the link, which itself is stored nowhere. */
    tokenHash: text("token_hash").notNull().unique(),
    /** HMAC of the code that can be typed instead, bound to the user. */
    codeHash: text("code_hash"),
    /** How often a wrong code was typed, or a username that is taken. */
    codeTries: integer("code_tries").notNull().default(0),
    /** Whose account it is for; null: one that does not exist yet. */
    userId: text("user_id").references(() => users.id, { onDelete: "cascade" }),
    /** Who had it made, where that was someone else. */
    createdBy: text("created_by"),
    /** What belongs to it: an address, an invitation. Sealed, and bound to this row. */
    sealed: text(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    index("links_by_user").on(table.userId, table.purpose),
    index("links_by_purpose").on(table.purpose, table.id),
    index("links_by_expiry").on(table.expiresAt),
  ],
);
