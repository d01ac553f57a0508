/** Mails to users, until they are sent. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { MailKind } from "#shared/contracts/mails.ts";
import { instant } from "./columns.ts";

export const mails = sqliteTable(
  "mails",
  {
    /** The same at every attempt, so that a mail server recognizes a mail that it has had. */
    id: text().primaryKey(),
    kind: text().$type<MailKind>().notNull(),
    /** Whom it is about: it goes with them. */
    userId: text("user_id"),
    /** HMAC of the mailbox, to count by. */
    destinationMac: text("destination_mac").notNull(),
    /** Destination, language and data; null once it is sent or given up. */
    sealed: text(),
    createdAt: instant("created_at").notNull(),
    /** After that it is not sent any more. */
    expiresAt: instant("expires_at").notNull(),
    attempts: integer().notNull(),
    /** Null once it is sent or given up. */
    nextAttemptAt: instant("next_attempt_at"),
  },
  (table) => [
    index("mails_by_attempt").on(table.nextAttemptAt),
    index("mails_by_destination").on(table.destinationMac, table.kind, table.createdAt),
    index("mails_by_user").on(table.userId),
  ],
);
