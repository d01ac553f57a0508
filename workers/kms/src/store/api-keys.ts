/** API keys in the database: their metadata and a keyed hash, never the key. */
import { and, asc, desc, eq, gt, isNull, or, sql } from "drizzle-orm";
import type { ApiKey, StoredApiKey } from "../domain/api-key.ts";
import type { ApiKeyPosition, ApiKeyRepository } from "../domain/api-keys.ts";
import type { KmsDatabase } from "./connection.ts";
import { EARLIER_REVOCATION_COUNTS } from "./revocations.ts";
import { apiKeys } from "./schema.ts";

type ApiKeyRow = typeof apiKeys.$inferSelect;

const apiKeyFrom = ({ keyHash: _, ...apiKey }: ApiKeyRow): ApiKey => apiKey;

const COLUMNS = "(id, service, name, key_hash, scopes, created_at, expires_at, revoked_at)";

const valuesOf = ({ apiKey, hash }: StoredApiKey) => [
  apiKey.id,
  apiKey.service,
  apiKey.name,
  hash,
  JSON.stringify(apiKey.scopes),
  apiKey.createdAt.getTime(),
  apiKey.expiresAt?.getTime() ?? null,
];

/** The scopes are compared too: a service removed and created anew is another service. */
const INSERT = `
  INSERT INTO api_keys ${COLUMNS}
  SELECT ?, ?, ?, ?, ?, ?, ?, NULL FROM services WHERE name = ? AND scopes = ? AND created_at = ?`;

const INSERT_SUCCESSOR = `
  INSERT INTO api_keys ${COLUMNS}
  SELECT ?, ?, ?, ?, ?, ?, ?, NULL FROM api_keys WHERE id = ? AND revoked_at IS NULL`;

const END_OLDER = `
  UPDATE api_keys SET revoked_at = :end
  WHERE service = :service AND id <> :successor AND (revoked_at IS NULL OR revoked_at > :end)
    AND EXISTS (SELECT 1 FROM api_keys WHERE id = :successor)`;

const REVOKE_OLDER_TOKENS = `
  INSERT INTO revocations (session_id, revoked_at)
  SELECT id, revoked_at FROM api_keys
  WHERE service = :service AND revoked_at = :end AND EXISTS (SELECT 1 FROM api_keys WHERE id = :successor)
  ${EARLIER_REVOCATION_COUNTS}`;

const REVOKE_TOKENS = `
  INSERT INTO revocations (session_id, revoked_at)
  SELECT id, :at FROM api_keys
  WHERE service = :service AND (:id IS NULL OR id = :id) AND (revoked_at IS NULL OR revoked_at > :at)
  ${EARLIER_REVOCATION_COUNTS}`;

const REVOKE = `
  UPDATE api_keys SET revoked_at = MIN(COALESCE(revoked_at, :at), :at)
  WHERE service = :service AND (:id IS NULL OR id = :id)`;

const isAfter = (position: ApiKeyPosition | undefined) =>
  position && sql`(${apiKeys.createdAt}, ${apiKeys.id}) > (${position.createdAt.getTime()}, ${position.id})`;

export const createApiKeyRepository = ({ orm, client }: KmsDatabase): ApiKeyRepository => ({
  find: async (id) => {
    const [row] = await orm.select().from(apiKeys).where(eq(apiKeys.id, id));
    return row && { apiKey: apiKeyFrom(row), hash: row.keyHash };
  },
  list: async (service, limit, after) => {
    const rows = await orm
      .select()
      .from(apiKeys)
      .where(and(service === undefined ? undefined : eq(apiKeys.service, service), isAfter(after)))
      .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id))
      .limit(limit);
    return rows.map(apiKeyFrom);
  },
  findYoungestActive: async (service, at) => {
    const [row] = await orm
      .select()
      .from(apiKeys)
      .where(
        and(
          eq(apiKeys.service, service),
          isNull(apiKeys.revokedAt),
          or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, at)),
        ),
      )
      .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
      .limit(1);
    return row && apiKeyFrom(row);
  },
  insert: async (stored, service) => {
    const { rowsAffected } = await client.execute({
      sql: INSERT,
      args: [...valuesOf(stored), service.name, JSON.stringify(service.scopes), service.createdAt.getTime()],
    });
    return rowsAffected === 1;
  },
  rotate: async ({ source, successor, graceEndsAt }) => {
    const ending = { service: source.service, successor: successor.apiKey.id, end: graceEndsAt.getTime() };
    const [inserted] = await client.batch(
      [
        { sql: INSERT_SUCCESSOR, args: [...valuesOf(successor), source.id] },
        { sql: END_OLDER, args: ending },
        { sql: REVOKE_OLDER_TOKENS, args: ending },
      ],
      "write",
    );
    return inserted?.rowsAffected === 1;
  },
  revoke: async (service, id, at) => {
    const args = { service, id: id ?? null, at: at.getTime() };
    const [, revoked] = await client.batch(
      [
        { sql: REVOKE_TOKENS, args },
        { sql: REVOKE, args },
      ],
      "write",
    );
    return (revoked?.rowsAffected ?? 0) > 0;
  },
});
