/** Services, their API keys, and the messages to their owners. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Scope } from "#shared/contracts/rights.ts";
import { instant } from "./columns.ts";

export const services = sqliteTable("services", {
  name: text().primaryKey(),
  scopes: text({ mode: "json" }).$type<Scope[]>().notNull(),
  rotateAfterDays: integer("rotate_after_days"),
  /** Where the owner hears of what happens to the keys, and the sealed secret that the messages are signed with. */
  webhookUrl: text("webhook_url"),
  webhookSecret: text("webhook_secret"),
  createdAt: instant("created_at").notNull(),
});

export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: text().primaryKey(),
    service: text()
      .notNull()
      .references(() => services.name, { onDelete: "cascade" }),
    name: text(),
    /** HMAC of the key, which itself is stored nowhere. */
    keyHash: text("key_hash").notNull(),
    scopes: text({ mode: "json" }).$type<Scope[]>().notNull(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at"),
    /** From when on it is refused: in the future while a rotated key has its grace. */
    revokedAt: instant("revoked_at"),
    /** What its tokens name as `sid`: its id at first, and another one each time they had to end though the key lives. */
    sessionId: text("session_id").notNull(),
    disabledAt: instant("disabled_at"),
    disabledReason: text("disabled_reason", { enum: ["operator", "leaked"] }),
    /** Addresses and networks (CIDR) that it may be used from; null: from anywhere. */
    allowedAddresses: text("allowed_addresses", { mode: "json" }).$type<string[]>(),
    lastUsedAt: instant("last_used_at"),
    /** The key that the schedule made to replace it. */
    successorId: text("successor_id"),
  },
  (table) => [
    // Each with all that a list is filtered by.
    index("api_keys_by_service").on(
      table.service,
      table.createdAt,
      table.id,
      table.revokedAt,
      table.expiresAt,
      table.disabledAt,
      table.disabledReason,
    ),
    index("api_keys_by_creation").on(
      table.createdAt,
      table.id,
      table.revokedAt,
      table.expiresAt,
      table.disabledAt,
      table.disabledReason,
    ),
    index("api_keys_by_expiry")
      .on(table.expiresAt, table.id, table.service, table.revokedAt, table.disabledAt, table.disabledReason)
      .where(sql`${table.expiresAt} IS NOT NULL`),
  ],
);

/** What the calls of each service came to, hour by hour. */
export const keyUsage = sqliteTable(
  "key_usage",
  {
    service: text()
      .notNull()
      .references(() => services.name, { onDelete: "cascade" }),
    hour: instant("hour").notNull(),
    calls: integer().notNull(),
    refused: integer().notNull(),
    limited: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.service, table.hour] }), index("key_usage_by_hour").on(table.hour)],
);

/** Messages to the owners of services that have not arrived yet. */
export const webhookDeliveries = sqliteTable(
  "webhook_deliveries",
  {
    /** The same at every attempt, so that the receiver recognizes a message that it has had. */
    id: text().primaryKey(),
    service: text().notNull(),
    type: text({ enum: ["key.rotated", "key.leaked"] }).notNull(),
    /** The key it is about: the leaked one, or the successor of the one that was rotated. */
    keyId: text("key_id").notNull(),
    /** Sealed: what is in it may be worth something. */
    payload: text().notNull(),
    createdAt: instant("created_at").notNull(),
    attempts: integer().notNull(),
    nextAttemptAt: instant("next_attempt_at").notNull(),
  },
  (table) => [
    index("webhook_deliveries_by_attempt").on(table.nextAttemptAt),
    index("webhook_deliveries_by_service").on(table.service),
  ],
);
