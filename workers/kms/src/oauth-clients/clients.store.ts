/** OAuth clients in the database. */
import { asc, eq, gt } from "drizzle-orm";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { oauthClients } from "../db/schema/oauth.ts";
import type { ClientStore, StoredClient } from "./client.ts";

type ClientRow = typeof oauthClients.$inferSelect;

const INSERT = `
  INSERT INTO oauth_clients
    (id, name, redirect_uris, post_logout_redirect_uris, scopes, secret_hash, is_trusted, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

const CHANGE = `
  UPDATE oauth_clients SET
    name = COALESCE(:name, name),
    redirect_uris = COALESCE(:redirectUris, redirect_uris),
    post_logout_redirect_uris = COALESCE(:postLogoutRedirectUris, post_logout_redirect_uris),
    scopes = COALESCE(:scopes, scopes),
    secret_hash = COALESCE(:secretHash, secret_hash),
    is_trusted = COALESCE(:isTrusted, is_trusted)
  WHERE id = :id AND (:secretHash IS NULL OR secret_hash IS NOT NULL)`;

const storedFrom = ({ secretHash, ...client }: ClientRow): StoredClient => ({
  client: { ...client, isPublic: secretHash === null },
  secretHash,
});

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

export const createClientStore = ({ orm, client: database }: KmsDatabase): ClientStore => ({
  find: async (id) => {
    const [row] = await orm.select().from(oauthClients).where(eq(oauthClients.id, id));
    return row && storedFrom(row);
  },
  list: async (limit, after) => {
    const rows = await orm
      .select()
      .from(oauthClients)
      .where(after === undefined ? undefined : gt(oauthClients.id, after))
      .orderBy(asc(oauthClients.id))
      .limit(limit);
    return rows.map((row) => storedFrom(row).client);
  },
  insert: async ({ client, secretHash }, entry) => {
    const { id, name, redirectUris, postLogoutRedirectUris, scopes, isTrusted, createdAt } = client;
    const lists = [redirectUris, postLogoutRedirectUris, scopes].map((list) => JSON.stringify(list));
    const args = [id, name, ...lists, secretHash, isTrusted, createdAt.getTime()];
    const [inserted] = await database.batch([{ sql: INSERT, args }, appendEntry(entry, "changed")], "write");
    return inserted?.rowsAffected === 1;
  },
  change: async (id, { name, redirectUris, postLogoutRedirectUris, scopes, isTrusted, secretHash }, entry) => {
    const args = {
      id,
      name: name ?? null,
      redirectUris: json(redirectUris),
      postLogoutRedirectUris: json(postLogoutRedirectUris),
      scopes: json(scopes),
      secretHash: secretHash ?? null,
      isTrusted: isTrusted ?? null,
    };
    const [changed] = await database.batch([{ sql: CHANGE, args }, appendEntry(entry, "changed")], "write");
    return changed?.rowsAffected === 1;
  },
  remove: async (id, entry) => {
    const remove = { sql: "DELETE FROM oauth_clients WHERE id = ?", args: [id] };
    const [removed] = await database.batch([remove, appendEntry(entry, "changed")], "write");
    return removed?.rowsAffected === 1;
  },
});
