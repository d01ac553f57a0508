/** The tables of the kms. Instants are milliseconds since the epoch; lists are JSON arrays. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { JWK } from "jose";
import type { BaseScope, Scope } from "#shared/contracts/rights.ts";

const instant = (name: string) => integer(name, { mode: "timestamp_ms" });

export const users = sqliteTable("users", {
  id: text().primaryKey(),
  username: text().notNull(),
  /** What makes usernames the same, whatever their case. */
  usernameKey: text("username_key").notNull().unique(),
  email: text(),
  passwordHash: text("password_hash").notNull(),
  /** A login that began before it does not become a session. */
  passwordChangedAt: instant("password_changed_at"),
  roles: text({ mode: "json" }).$type<string[]>().notNull(),
  createdAt: instant("created_at").notNull(),
  lockedAt: instant("locked_at"),
});

export const roles = sqliteTable("roles", {
  name: text().primaryKey(),
  permissions: text({ mode: "json" }).$type<BaseScope[]>().notNull(),
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

/** Where users have logged in from: nobody else's failures keep them out there. */
export const knownAddresses = sqliteTable(
  "known_addresses",
  {
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** HMAC of user and address. */
    place: text().notNull(),
    usedAt: instant("used_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.place] }), index("known_addresses_by_use").on(table.usedAt)],
);

export const sessions = sqliteTable(
  "sessions",
  {
    id: text().primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: instant("created_at").notNull(),
    usedAt: instant("used_at").notNull(),
    endedAt: instant("ended_at"),
    acr: text({ enum: ["aal1", "aal2"] }).notNull(),
    amr: text({ mode: "json" }).$type<string[]>().notNull(),
    authenticatedAt: instant("authenticated_at").notNull(),
  },
  (table) => [
    index("sessions_by_user").on(table.userId),
    index("sessions_by_use").on(table.usedAt),
    index("sessions_by_end").on(table.endedAt),
    index("sessions_by_creation").on(table.createdAt),
  ],
);

export const refreshTokens = sqliteTable(
  "refresh_tokens",
  {
    /** HMAC of the token, which itself is stored nowhere. */
    tokenHash: text("token_hash").primaryKey(),
    sessionId: text("session_id")
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    issuedAt: instant("issued_at").notNull(),
    consumedAt: instant("consumed_at"),
    successorHash: text("successor_hash"),
  },
  (table) => [
    index("refresh_tokens_by_session").on(table.sessionId),
    index("refresh_tokens_by_consumption").on(table.consumedAt),
  ],
);

/** Tokens for one request that were not presented yet. */
export const requestGrants = sqliteTable(
  "request_grants",
  {
    tokenId: text("token_id").primaryKey(),
    sessionId: text("session_id")
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    index("request_grants_by_session").on(table.sessionId),
    index("request_grants_by_expiry").on(table.expiresAt),
  ],
);

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
    /** What its tokens name as `sid`: another one each time they had to end though the key lives; null: its id. */
    sessionId: text("session_id"),
    disabledAt: instant("disabled_at"),
    disabledReason: text("disabled_reason", { enum: ["operator", "leaked"] }),
    /** Addresses and networks (CIDR) that it may be used from; null: from anywhere. */
    allowedAddresses: text("allowed_addresses", { mode: "json" }).$type<string[]>(),
    lastUsedAt: instant("last_used_at"),
    /** The key that the schedule made to replace it. */
    successorId: text("successor_id"),
  },
  (table) => [
    index("api_keys_by_service").on(table.service, table.createdAt, table.id),
    index("api_keys_by_creation").on(table.createdAt, table.id),
  ],
);

/** Messages to the owners of services that have not arrived yet. */
export const webhookDeliveries = sqliteTable(
  "webhook_deliveries",
  {
    /** The same at every attempt, so that the receiver knows a message he has had. */
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

export const signingKeys = sqliteTable(
  "signing_keys",
  {
    kid: text().primaryKey(),
    state: text({ enum: ["next", "current", "retiring", "revoked"] }).notNull(),
    algorithm: text({ enum: ["EdDSA", "ES256", "RS256", "HS256"] })
      .notNull()
      .default("EdDSA"),
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
    uniqueIndex("signing_keys_one_current").on(table.state).where(sql`${table.state} = 'current'`),
    uniqueIndex("signing_keys_one_next").on(table.state).where(sql`${table.state} = 'next'`),
  ],
);

/** Tokens whose `sid` is here are refused from `revoked_at` on. */
export const revocations = sqliteTable(
  "revocations",
  {
    sessionId: text("session_id").primaryKey(),
    revokedAt: instant("revoked_at").notNull(),
    /** Set by triggers: grows with every insertion and every change, in the order of their commits. */
    position: integer().notNull().default(0),
  },
  (table) => [
    index("revocations_by_time").on(table.revokedAt),
    index("revocations_by_position").on(table.position, table.sessionId, table.revokedAt),
  ],
);

/** One row: the last position that was given out. */
export const revocationCounter = sqliteTable("revocation_counter", {
  id: integer().primaryKey(),
  position: integer().notNull(),
});

/** What happened, in the order of its commits: ids have no gap. Rows are added, linked once, and pruned from the oldest on. */
export const auditEntries = sqliteTable(
  "audit_entries",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    uid: text().notNull().unique(),
    at: instant("at").notNull(),
    action: text().notNull(),
    outcome: text({ enum: ["success", "failure", "refused"] }).notNull(),
    actor: text(),
    target: text(),
    reason: text(),
    count: integer().notNull(),
    requestId: text("request_id"),
    /** Sealed under the actor's key. */
    address: text(),
    personalOf: text("personal_of"),
    /** Sealed under the key of `personal_of`. */
    personal: text(),
    /** HMAC over the columns above but the id. */
    mac: text().notNull(),
    /** SHA-256 over the link before, the id and the entry; null until it is linked. */
    link: text(),
    /** HMAC over the link. */
    seal: text(),
  },
  (table) => [
    index("audit_entries_by_time").on(table.at, table.id),
    index("audit_entries_by_actor").on(table.actor, table.id),
    index("audit_entries_by_action").on(table.action, table.id),
    index("audit_entries_by_target").on(table.target, table.id),
    index("audit_entries_by_person").on(table.personalOf, table.id),
  ],
);

/** One row: where the chain of audit entries begins since the last pruning, and how far it is linked. */
export const auditChain = sqliteTable("audit_chain", {
  id: integer().primaryKey(),
  /** The last entry pruned, its link, and when it was told. */
  baseId: integer("base_id").notNull(),
  baseLink: text("base_link").notNull(),
  baseAt: instant("base_at").notNull(),
  /** The last entry linked. */
  headId: integer("head_id").notNull(),
  headLink: text("head_link").notNull(),
  /** HMAC over the columns above. */
  mac: text().notNull(),
});

/** Signed statements of how far the chain had come, to be kept elsewhere too. */
export const auditCheckpoints = sqliteTable("audit_checkpoints", {
  /** The last entry it vouches for. */
  entryId: integer("entry_id").primaryKey(),
  at: instant("at").notNull(),
  /** A compact JWS (RFC 7515). */
  jws: text().notNull(),
  /** The public key it is signed with, for when the key has long left the key ring. */
  publicJwk: text("public_jwk", { mode: "json" }).$type<Record<string, string>>().notNull(),
});

/** The keys of the people whom audit entries tell of; erasing one leaves the row, without the key. */
export const auditKeys = sqliteTable("audit_keys", {
  subject: text().primaryKey(),
  wrappedKey: text("wrapped_key"),
});

/** Users who were erased, until twofa has forgotten them too. */
export const erasures = sqliteTable(
  "erasures",
  {
    userId: text("user_id").primaryKey(),
    erasedAt: instant("erased_at").notNull(),
  },
  (table) => [index("erasures_by_time").on(table.erasedAt)],
);

/** Key-encryption keys: each follows from SECRET_KEY and its salt. What is wrapped under none any more leaves the table. */
export const keyEncryptionKeys = sqliteTable("key_encryption_keys", {
  version: integer().primaryKey(),
  salt: text().notNull(),
  /** A text known to all, sealed under the key: a SECRET_KEY that does not open it is another one. */
  check: text("check_value").notNull(),
  createdAt: instant("created_at").notNull(),
});

const kekVersion = () =>
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

export const transitKeys = sqliteTable("transit_keys", {
  name: text().primaryKey(),
  /** Older ciphertexts are not decrypted any more. */
  minDecryptionVersion: integer("min_decryption_version").notNull(),
  createdAt: instant("created_at").notNull(),
});

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
