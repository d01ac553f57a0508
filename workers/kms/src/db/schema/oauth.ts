/** Applications that people log in to with Fountain (RFC 6749 §2), and what is under way between them. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Audience } from "#shared/contracts/access-token.ts";
import type { GrantedScope, Scope } from "#shared/contracts/rights.ts";
import { users } from "./accounts.ts";
import { instant } from "./columns.ts";
import { sessions } from "./sessions.ts";

export const oauthClients = sqliteTable(
  "oauth_clients",
  {
    id: text().primaryKey(),
    name: text().notNull(),
    redirectUris: text("redirect_uris", { mode: "json" }).$type<string[]>().notNull(),
    postLogoutRedirectUris: text("post_logout_redirect_uris", { mode: "json" }).$type<string[]>().notNull(),
    /** What it may ask people for, beside who they are. */
    scopes: text({ mode: "json" }).$type<Scope[]>().notNull(),
    /** HMAC of the secret, which itself is stored nowhere; null: a public client. */
    secretHash: text("secret_hash"),
    /** Whether people are not asked for their consent. */
    isTrusted: integer("is_trusted", { mode: "boolean" }).notNull(),
    createdAt: instant("created_at").notNull(),
    /** When the document was read by which it describes itself, at the URL that is its id; null: it was registered. */
    readAt: instant("read_at"),
  },
  (table) => [index("oauth_clients_listed").on(table.id, table.name)],
);

/** What people have let clients do. */
export const consents = sqliteTable(
  "consents",
  {
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    clientId: text("client_id").notNull(),
    scopes: text({ mode: "json" }).$type<GrantedScope[]>().notNull(),
    grantedAt: instant("granted_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.clientId] }), index("consents_by_client").on(table.clientId)],
);

/** Requests to the authorization endpoint that wait: for the person to decide, or for the browser of a client that pushed one. */
export const authorizationRequests = sqliteTable(
  "authorization_requests",
  {
    /** HMAC of what names it, which itself is stored nowhere. */
    tokenHash: text("token_hash").primaryKey(),
    kind: text({ enum: ["asked", "pushed"] }).notNull(),
    clientId: text("client_id").notNull(),
    parameters: text({ mode: "json" }).$type<[string, string][]>().notNull(),
    /** Of one that a person has to decide on. */
    sessionId: text("session_id").references(() => sessions.id, { onDelete: "cascade" }),
    expiresAt: instant("expires_at").notNull(),
    /** When a browser first came with one that was pushed. */
    begunAt: instant("begun_at"),
    /** Of a question about one that was pushed: that one. */
    pushedHash: text("pushed_hash"),
  },
  (table) => [
    index("authorization_requests_by_expiry").on(table.expiresAt),
    index("authorization_requests_by_session").on(table.sessionId),
  ],
);

/** Codes that a client trades for tokens, once; kept for a while after that, so that a second use is noticed. */
export const authorizationCodes = sqliteTable(
  "authorization_codes",
  {
    /** HMAC of the code, which itself is stored nowhere. */
    codeHash: text("code_hash").primaryKey(),
    clientId: text("client_id").notNull(),
    /** The session in which the user let the client in. */
    sessionId: text("session_id")
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    redirectUri: text("redirect_uri").notNull(),
    /** S256 of the verifier (RFC 7636). */
    codeChallenge: text("code_challenge").notNull(),
    scopes: text({ mode: "json" }).$type<GrantedScope[]>().notNull(),
    audiences: text({ mode: "json" }).$type<Audience[]>(),
    nonce: text(),
    expiresAt: instant("expires_at").notNull(),
    consumedAt: instant("consumed_at"),
    /** The client's session that it opened. */
    openedSessionId: text("opened_session_id"),
  },
  (table) => [
    index("authorization_codes_by_expiry").on(table.expiresAt),
    index("authorization_codes_by_session").on(table.sessionId),
    index("authorization_codes_by_client").on(table.clientId),
  ],
);
