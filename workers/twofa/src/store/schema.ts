import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Instants are milliseconds since the epoch. A factor without `confirmed_at` is an enrolment and proves nothing. */
export const factors = sqliteTable(
  "factors",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    type: text("type", { enum: ["totp"] }).notNull(),
    name: text("name").notNull(),
    /** Sealed by the kms for this row only. */
    sealedSecret: text("sealed_secret").notNull(),
    /** The newest time step accepted (RFC 6238 §5.2); that one and all before it are refused. */
    lastStep: integer("last_step").notNull().default(0),
    createdAt: integer("created_at").notNull(),
    confirmedAt: integer("confirmed_at"),
    lastUsedAt: integer("last_used_at"),
  },
  (table) => [
    index("factors_by_user").on(table.userId, table.createdAt, table.id),
    index("factors_unconfirmed").on(table.createdAt).where(sql`${table.confirmedAt} IS NULL`),
  ],
);

/** A code is there until it is used. */
export const recoveryCodes = sqliteTable(
  "recovery_codes",
  {
    userId: text("user_id").notNull(),
    /** Keyed hash by the kms. */
    mac: text("mac").notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.mac] })],
);

/** Failures in a row, over all factors of a user. */
export const attempts = sqliteTable("attempts", {
  userId: text("user_id").primaryKey(),
  failures: integer("failures").notNull(),
  lockedUntil: integer("locked_until").notNull(),
});
