/** Secrets, wrapped values, and transit keys. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant } from "./columns.ts";
import { kekVersion, keyEncryptionKeys } from "./keys.ts";

export const secretVersions = sqliteTable(
  "secret_versions",
  {
    path: text().notNull(),
    version: integer().notNull(),
    createdAt: instant("created_at").notNull(),
    deletedAt: instant("deleted_at"),
    /** The three below are null once it is destroyed. */
    kekVersion: integer("kek_version").references(() => keyEncryptionKeys.version),
    wrappedKey: text("wrapped_key"),
    sealed: text(),
  },
  (table) => [
    primaryKey({ columns: [table.path, table.version] }),
    index("secret_versions_by_kek").on(table.kekVersion),
  ],
);

/** Values to be handed over once. */
export const wrappedSecrets = sqliteTable(
  "wrapped_secrets",
  {
    id: text().primaryKey(),
    /** HMAC of the token, which itself is stored nowhere. */
    tokenHash: text("token_hash").notNull().unique(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    /** When it was handed over; the three below are null from then on. */
    consumedAt: instant("consumed_at"),
    kekVersion: integer("kek_version").references(() => keyEncryptionKeys.version),
    wrappedKey: text("wrapped_key"),
    sealed: text(),
  },
  (table) => [
    index("wrapped_secrets_by_expiry").on(table.expiresAt),
    index("wrapped_secrets_by_kek").on(table.kekVersion),
  ],
);

export const transitKeys = sqliteTable(
  "transit_keys",
  {
    name: text().primaryKey(),
    /** Older ciphertexts are not decrypted any more. */
    minDecryptionVersion: integer("min_decryption_version").notNull(),
    createdAt: instant("created_at").notNull(),
    /** The subject that created it. */
    createdBy: text("created_by").notNull(),
  },
  (table) => [index("transit_keys_by_creator").on(table.createdBy)],
);

export const transitKeyVersions = sqliteTable(
  "transit_key_versions",
  {
    name: text()
      .notNull()
      .references(() => transitKeys.name),
    version: integer().notNull(),
    createdAt: instant("created_at").notNull(),
    kekVersion: kekVersion(),
    wrappedKey: text("wrapped_key").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.name, table.version] }),
    index("transit_key_versions_by_kek").on(table.kekVersion),
  ],
);
