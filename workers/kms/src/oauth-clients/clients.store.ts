/** OAuth clients in the database. */
import { asc, eq, sql } from "drizzle-orm";
import { IDENTITY_SCOPES } from "#shared/contracts/rights.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { oauthClients } from "../db/schema/oauth.ts";
import { EARLIER_REVOCATION_COUNTS } from "../tokens/revocations.store.ts";
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

const keptOf = (column: string): string =>
  `(SELECT json_group_array(value) FROM json_each(${column}) WHERE value IN (SELECT value FROM json_each(:kept)))`;

/** Takes what the client may ask for no longer from what people have let it do. */
const NARROW = [
  `UPDATE sessions SET granted_scopes = ${keptOf("granted_scopes")} WHERE client_id = :id AND ended_at IS NULL`,
  `UPDATE authorization_codes SET scopes = ${keptOf("scopes")} WHERE client_id = :id`,
  `UPDATE device_requests SET scopes = ${keptOf("scopes")} WHERE client_id = :id`,
];

const REVOKE_TOKENS = `
  INSERT INTO revocations (revoked_id, revoked_at)
  SELECT id, ? FROM sessions WHERE client_id = ? AND ended_at IS NULL ${EARLIER_REVOCATION_COUNTS}`;

const FORGET = [
  "DELETE FROM consents WHERE client_id = ?",
  "DELETE FROM authorization_codes WHERE client_id = ?",
  "DELETE FROM authorization_requests WHERE client_id = ?",
  "DELETE FROM device_requests WHERE client_id = ?",
];

const storedFrom = ({ secretHash, ...client }: ClientRow): StoredClient => ({
  client: { ...client, isPublic: secretHash === null },
  secretHash,
});

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

/** Found along one index, so that no more rows are read than are on the page. */
const listed = (limit: number, after: string, search: string) => sql`${oauthClients}.rowid IN (
  SELECT rowid FROM oauth_clients WHERE id > ${after} AND instr(lower(name), lower(${search})) > 0 ORDER BY id LIMIT ${limit})`;

export const createClientStore = ({ orm, client: database }: KmsDatabase): ClientStore => ({
  find: async (id) => {
    const [row] = await orm.select().from(oauthClients).where(eq(oauthClients.id, id));
    return row && storedFrom(row);
  },
  list: async (limit, after = "", search = "") => {
    const rows = await orm
      .select()
      .from(oauthClients)
      .where(listed(limit, after, search))
      .orderBy(asc(oauthClients.id));
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
    const kept = { id, kept: JSON.stringify([...IDENTITY_SCOPES, ...(scopes ?? [])]) };
    const narrowed = scopes === undefined ? [] : NARROW.map((sql) => ({ sql, args: kept }));
    const [changed] = await database.batch(
      [{ sql: CHANGE, args }, appendEntry(entry, "changed"), ...narrowed],
      "write",
    );
    return changed?.rowsAffected === 1;
  },
  remove: async (id, at, entry) => {
    const [removed] = await database.batch(
      [
        { sql: "DELETE FROM oauth_clients WHERE id = ?", args: [id] },
        appendEntry(entry, "changed"),
        { sql: REVOKE_TOKENS, args: [at.getTime(), id] },
        { sql: "UPDATE sessions SET ended_at = ? WHERE client_id = ? AND ended_at IS NULL", args: [at.getTime(), id] },
        ...FORGET.map((sql) => ({ sql, args: [id] })),
      ],
      "write",
    );
    return removed?.rowsAffected === 1;
  },
});
