/** What people have agreed to of the operator's conditions. Rows are only ever added, and closed once. */
import { sql } from "drizzle-orm";
import { index, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { ConsentWay, LegalDocument } from "#shared/contracts/people.ts";
import { users } from "./accounts.ts";
import { instant } from "./columns.ts";

export const legalConsents = sqliteTable(
  "legal_consents",
  {
    id: text().primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    document: text().$type<LegalDocument>().notNull(),
    version: text().notNull(),
    way: text().$type<ConsentWay>().notNull(),
    givenAt: instant("given_at").notNull(),
    /** Null: it stands. */
    withdrawnAt: instant("withdrawn_at"),
  },
  (table) => [
    index("legal_consents_by_user").on(table.userId, table.givenAt, table.id),
    uniqueIndex("legal_consents_standing")
      .on(table.userId, table.document, table.version)
      .where(sql`withdrawn_at IS NULL`),
  ],
);
