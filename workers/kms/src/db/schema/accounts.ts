/** Users, what they may do, and the passwords that were tried. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Permission } from "#shared/contracts/rights.ts";
import { instant } from "./columns.ts";

export const users = sqliteTable(
  "users",
  {
    id: text().primaryKey(),
    username: text().notNull(),
    /** What makes usernames the same, whatever their case. */
    usernameKey: text("username_key").notNull().unique(),
    /** What makes usernames look alike. */
    usernameSkeleton: text("username_skeleton").notNull().unique(),
    /** Sealed, and bound to this row. */
    sealedEmail: text("sealed_email"),
    /** HMAC of the email address, which others may have too. */
    emailMac: text("email_mac"),
    /** When the user proved that mail to this address reaches them; null: not yet. */
    emailVerifiedAt: instant("email_verified_at"),
    passwordHash: text("password_hash").notNull(),
    /** A login that began before it does not become a session. */
    passwordChangedAt: instant("password_changed_at"),
    roles: text({ mode: "json" }).$type<string[]>().notNull(),
    /** The administrator whom the first start created, until they have logged in. */
    awaitsFirstLogin: integer("awaits_first_login", { mode: "boolean" }).notNull().default(false),
    createdAt: instant("created_at").notNull(),
    lockedAt: instant("locked_at"),
  },
  (table) => [
    index("users_by_email").on(table.emailMac),
    // All that the list of users is filtered by.
    index("users_listed").on(table.usernameKey, table.lockedAt, table.roles),
  ],
);

export const roles = sqliteTable("roles", {
  name: text().primaryKey(),
  permissions: text({ mode: "json" }).$type<Permission[]>().notNull(),
});

/** Who lost a right of late: tokens of this holder (`user:<id>` or `role:<name>`) issued before are refused. */
export const rightsChanges = sqliteTable(
  "rights_changes",
  {
    holder: text().primaryKey(),
    changedAt: instant("changed_at").notNull(),
  },
  (table) => [index("rights_changes_by_time").on(table.changedAt)],
);

/** Passwords tried in a row without success: by account, by address, and by both where they know each other. */
export const passwordAttempts = sqliteTable(
  "password_attempts",
  {
    /** HMAC of what is counted. */
    counter: text().primaryKey(),
    failures: integer().notNull(),
    blockedUntil: instant("blocked_until").notNull(),
    attemptedAt: instant("attempted_at").notNull(),
  },
  (table) => [index("password_attempts_by_time").on(table.attemptedAt)],
);

/** Where users have logged in from: failures of others do not lock them out there, and no stranger goes before anyone there. */
export const knownAddresses = sqliteTable(
  "known_addresses",
  {
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** HMAC of user and network, and another of the network alone. */
    place: text().notNull(),
    usedAt: instant("used_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.place] }),
    index("known_addresses_by_place").on(table.place, table.usedAt),
    index("known_addresses_by_use").on(table.usedAt),
  ],
);

/** Users who were erased, until twofa has forgotten them too. */
export const erasures = sqliteTable(
  "erasures",
  {
    userId: text("user_id").primaryKey(),
    erasedAt: instant("erased_at").notNull(),
  },
  (table) => [index("erasures_by_time").on(table.erasedAt)],
);
