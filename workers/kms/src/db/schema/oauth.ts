/** Applications that people log in to with Fountain (RFC 6749 §2), and what is under way between them. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Scope } from "#shared/contracts/rights.ts";
import { instant } from "./columns.ts";

export const oauthClients = sqliteTable("oauth_clients", {
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
});
