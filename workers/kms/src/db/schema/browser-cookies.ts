/** Cookies by which browsers carry sessions on. */
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant } from "./columns.ts";
import { sessions } from "./sessions.ts";

export const browserCookies = sqliteTable("browser_cookies", {
  /** HMAC of the cookie's value, which itself is stored nowhere. */
  cookieHash: text("cookie_hash").primaryKey(),
  sessionId: text("session_id")
    .notNull()
    .unique()
    .references(() => sessions.id, { onDelete: "cascade" }),
  issuedAt: instant("issued_at").notNull(),
});
