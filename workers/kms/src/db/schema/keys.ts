/** The keys of the kms itself: those that sign, and those that others are encrypted under. */
import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { JWK } from "jose";
import { instant } from "./columns.ts";

export const signingKeys = sqliteTable(
  "signing_keys",
  {
    kid: text().primaryKey(),
    /** What it signs: access tokens and documents of Fountain's, or ID tokens, and never both. */
    purpose: text({ enum: ["access-token", "id-token"] })
      .notNull()
      .default("access-token"),
    state: text({ enum: ["next", "current", "retiring", "revoked"] }).notNull(),
    algorithm: text({ enum: ["EdDSA", "ES256", "RS256", "HS256"] }).notNull(),
    /** Of a shared secret only its parameters. */
    publicJwk: text("public_jwk", { mode: "json" }).$type<JWK>().notNull(),
    /** Sealed under a key derived from SECRET_KEY, and bound to this row. */
    wrappedPrivateJwk: text("wrapped_private_jwk").notNull(),
    createdAt: instant("created_at").notNull(),
    activatedAt: instant("activated_at"),
    /** When it signed last, or was revoked. */
    endedAt: instant("ended_at"),
  },
  (table) => [
    uniqueIndex("signing_keys_one_current").on(table.purpose).where(sql`${table.state} = 'current'`),
    uniqueIndex("signing_keys_one_next").on(table.purpose).where(sql`${table.state} = 'next'`),
  ],
);

/** Key-encryption keys: each follows from SECRET_KEY and its salt. What is wrapped under none any more leaves the table. */
export const keyEncryptionKeys = sqliteTable("key_encryption_keys", {
  version: integer().primaryKey(),
  salt: text().notNull(),
  /** A text known to all, sealed under the key: a SECRET_KEY that does not open it is another one. */
  check: text("check_value").notNull(),
  createdAt: instant("created_at").notNull(),
});

/** The KEK that a key in the row is wrapped under. */
export const kekVersion = () =>
  integer("kek_version")
    .notNull()
    .references(() => keyEncryptionKeys.version);

/** The keys that the kms seals and hashes with by itself, one per purpose. */
export const internalKeys = sqliteTable(
  "internal_keys",
  {
    name: text().primaryKey(),
    kekVersion: kekVersion(),
    wrappedKey: text("wrapped_key").notNull(),
  },
  (table) => [index("internal_keys_by_kek").on(table.kekVersion)],
);
