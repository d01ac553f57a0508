import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { CHALLENGE_USES, CHANNELS } from "./challenge.ts";
import { SEND_USES } from "./delivery.ts";
import { FACTOR_TYPES } from "./factor.ts";

/** Instants are milliseconds since the epoch. A factor without `confirmed_at` is an enrolment and proves nothing. */
export const factors = sqliteTable(
  "factors",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    type: text("type", { enum: FACTOR_TYPES }).notNull(),
    name: text("name").notNull(),
    /** The seed, the address or the phone number, sealed by the kms for this row only; empty where there is none. */
    sealedSecret: text("sealed_secret").notNull(),
    /** Keyed hash of the address or phone number, by which it is recognised. */
    destinationMac: text("destination_mac"),
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

/** What is known of the credential of a factor of type `webauthn`. There is none before the factor is confirmed. */
export const passkeys = sqliteTable(
  "passkeys",
  {
    factorId: text("factor_id").primaryKey(),
    userId: text("user_id").notNull(),
    /** base64url, as the authenticator chose it. */
    credentialId: text("credential_id").notNull(),
    /** COSE key (RFC 9052), sealed by the kms for this row only: no secret, but no one else can put another one here. */
    publicKey: text("public_key").notNull(),
    /** The highest signature counter seen; 0: the authenticator may not count. */
    counter: integer("counter").notNull(),
    /** JSON list of how browsers reach the authenticator. */
    transports: text("transports", { mode: "json" }).notNull().$type<string[]>(),
    /** The model of the authenticator, as it says itself. */
    aaguid: text("aaguid").notNull(),
    isBackupEligible: integer("is_backup_eligible", { mode: "boolean" }).notNull(),
    isBackedUp: integer("is_backed_up", { mode: "boolean" }).notNull(),
    /** Since when it is not accepted any more: its counter went back, so there are two of it. */
    disabledAt: integer("disabled_at"),
  },
  (table) => [uniqueIndex("passkeys_by_credential").on(table.credentialId), index("passkeys_by_user").on(table.userId)],
);

/** A row exists until its code is used. */
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

/** A challenge, with one response: the code that was sent to the user, or what their authenticator signs. */
export const challenges = sqliteTable(
  "challenges",
  {
    id: text("id").primaryKey(),
    /** What the response does: make a factor active, or pass one. */
    use: text("use", { enum: CHALLENGE_USES }).notNull(),
    userId: text("user_id").notNull(),
    /** Only this session may respond; empty for a login, which has none yet. */
    sessionId: text("session_id").notNull(),
    channel: text("channel", { enum: CHANNELS }).notNull(),
    factorId: text("factor_id"),
    /** Keyed hash by the kms. */
    codeMac: text("code_mac").notNull(),
    /** JSON of the one request that the response confirms; null: any. */
    purpose: text("purpose"),
    tries: integer("tries").notNull().default(0),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    consumedAt: integer("consumed_at"),
    /** The passkey's signature counter as it was before this response raised it; null: it did not. */
    counterBefore: integer("counter_before"),
  },
  (table) => [
    index("challenges_by_user").on(table.userId, table.factorId),
    index("challenges_by_expiry").on(table.expiresAt),
  ],
);

/** Messages that were sent in the last hour, or are about to be. */
export const sends = sqliteTable(
  "sends",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    /** Keyed hash of the mailbox or phone number. */
    destinationMac: text("destination_mac").notNull(),
    /** A user who passes a factor has shown to own its destination; a user who enrols one has not. */
    use: text("use", { enum: SEND_USES }).notNull(),
    sentAt: integer("sent_at").notNull(),
  },
  (table) => [
    index("sends_by_user").on(table.userId, table.sentAt),
    index("sends_by_destination").on(table.destinationMac, table.sentAt),
    index("sends_by_age").on(table.sentAt),
  ],
);
