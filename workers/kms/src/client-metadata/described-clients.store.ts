/** Clients that describe themselves, in the database: beside those that were registered. */
import { eq } from "drizzle-orm";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { oauthClients } from "../db/schema/oauth.ts";
import type { ClientStore } from "../oauth-clients/client.ts";
import { type DescribedClientStore, MAX_DESCRIBED_CLIENTS } from "./described-clients.ts";

const DESCRIBE = `
  INSERT INTO oauth_clients
    (id, name, redirect_uris, post_logout_redirect_uris, scopes, secret_hash, is_trusted, created_at, read_at)
  SELECT :id, :name, :redirectUris, '[]', '[]', NULL, 0, :readAt, :readAt
  WHERE EXISTS (SELECT 1 FROM oauth_clients WHERE id = :id)
    OR (SELECT COUNT(*) FROM oauth_clients WHERE read_at IS NOT NULL) < :max
  ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, redirect_uris = excluded.redirect_uris, read_at = excluded.read_at`;

const PURGE = `
  DELETE FROM oauth_clients WHERE read_at < :readBefore
    AND NOT EXISTS (SELECT 1 FROM consents WHERE client_id = oauth_clients.id)
    AND NOT EXISTS (SELECT 1 FROM sessions WHERE client_id = oauth_clients.id AND ended_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM authorization_codes WHERE client_id = oauth_clients.id AND consumed_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM authorization_requests WHERE client_id = oauth_clients.id)
    AND NOT EXISTS (SELECT 1 FROM device_requests WHERE client_id = oauth_clients.id)`;

export const createDescribedClientStore = (
  { orm, client }: KmsDatabase,
  { find }: Pick<ClientStore, "find">,
): DescribedClientStore => ({
  find,
  describe: async (id, { name, redirectUris, readAt }, entry) => {
    const args = {
      id,
      name,
      redirectUris: JSON.stringify(redirectUris),
      readAt: readAt.getTime(),
      max: MAX_DESCRIBED_CLIENTS,
    };
    const [described] = await client.batch([{ sql: DESCRIBE, args }, appendEntry(entry, "changed")], "write");
    return described?.rowsAffected === 1;
  },
  confirm: async (id, readAt) => {
    await orm.update(oauthClients).set({ readAt }).where(eq(oauthClients.id, id));
  },
  purge: async (readBefore) => {
    await client.execute({ sql: PURGE, args: { readBefore: readBefore.getTime() } });
  },
});
