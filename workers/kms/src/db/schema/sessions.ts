/** Sessions with their tokens, and what was revoked. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { type Audience, FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import type { GrantedScope } from "#shared/contracts/rights.ts";
import { users } from "./accounts.ts";
import { instant } from "./columns.ts";

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
    /** The OAuth client that acts in it. */
    clientId: text("client_id").notNull().default(FIRST_PARTY_CLIENT),
    /** Where it was opened: the address and the user agent, sealed and bound to this row. */
    sealedOrigin: text("sealed_origin"),
    /** The session in which the user let the client in, and with which this one ends; null: with none. */
    parentId: text("parent_id"),
    /** What the user let the client do, and where it asked to; null: where users act themselves, all that they may. */
    grantedScopes: text("granted_scopes", { mode: "json" }).$type<GrantedScope[]>(),
    audiences: text({ mode: "json" }).$type<Audience[]>(),
    /** The thumbprint of the key that its tokens are bound to. */
    jkt: text(),
  },
  (table) => [
    index("sessions_by_user").on(table.userId),
    index("sessions_by_use").on(table.usedAt),
    index("sessions_by_end").on(table.endedAt),
    index("sessions_by_creation").on(table.createdAt),
    index("sessions_by_parent").on(table.parentId),
    index("sessions_by_client").on(table.clientId),
  ],
);

/** What users have logged in with: software and network. */
export const knownDevices = sqliteTable(
  "known_devices",
  {
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** HMAC of user, software and network. */
    device: text().notNull(),
    usedAt: instant("used_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.device] }), index("known_devices_by_use").on(table.usedAt)],
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
    /** When its predecessor was used again because the response with it seemed lost. */
    handedOutAgainAt: instant("handed_out_again_at"),
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

/** Tokens whose `sid`, `act.sid` or `jti` is here are refused from `revoked_at` on. */
export const revocations = sqliteTable(
  "revocations",
  {
    revokedId: text("revoked_id").primaryKey(),
    revokedAt: instant("revoked_at").notNull(),
    /** Set by triggers: grows with every insertion and every change, in the order of their commits. */
    position: integer().notNull().default(0),
  },
  (table) => [
    index("revocations_by_time").on(table.revokedAt),
    index("revocations_by_position").on(table.position, table.revokedId, table.revokedAt),
  ],
);

/** One row: the last position that was given out. */
export const revocationCounter = sqliteTable("revocation_counter", {
  id: integer().primaryKey(),
  position: integer().notNull(),
});
