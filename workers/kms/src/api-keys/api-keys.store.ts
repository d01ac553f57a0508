/** API keys in the database: their metadata and a keyed hash, never the key. */
import type { InValue } from "@libsql/client";
import { and, desc, eq, getTableColumns, gt, inArray, isNull, not, or, sql } from "drizzle-orm";
import type { Scope } from "#shared/contracts/rights.ts";
import { commonScopes } from "../accounts/rights.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { listedKeys } from "../db/listed-keys.ts";
import { apiKeys, services } from "../db/schema/services.ts";
import { EARLIER_REVOCATION_COUNTS } from "../tokens/revocations.store.ts";
import { IN_FORCE_OF, inForce } from "../upstream-scopes/upstream-scopes.store.ts";
import type { ApiKey, StoredApiKey } from "./api-key.ts";
import type { ApiKeyStore } from "./api-keys.ts";

type ApiKeyRow = typeof apiKeys.$inferSelect;

export const apiKeyFrom = ({ keyHash: _hash, successorId: _successor, ...apiKey }: ApiKeyRow): ApiKey => apiKey;

/** What it was created with, and what its service may do now: each without scopes that are withdrawn. */
const KEY = {
  key: { ...getTableColumns(apiKeys), scopes: inForce(apiKeys.scopes) },
  serviceScopes: inForce(services.scopes),
};

/** What the key may do now: no more than its service. */
const storedKeyFrom = ({ key, serviceScopes }: { key: ApiKeyRow; serviceScopes: Scope[] }): StoredApiKey => ({
  apiKey: { ...apiKeyFrom(key), scopes: commonScopes(key.scopes, serviceScopes) },
  hash: key.keyHash,
});

const COLUMNS = "(id, service, name, key_hash, scopes, created_at, expires_at, session_id, allowed_addresses)";

export const valuesOf = ({ apiKey, hash }: StoredApiKey): InValue[] => [
  apiKey.id,
  apiKey.service,
  apiKey.name,
  hash,
  JSON.stringify(apiKey.scopes),
  apiKey.createdAt.getTime(),
  apiKey.expiresAt?.getTime() ?? null,
  apiKey.sessionId,
  apiKey.allowedAddresses && JSON.stringify(apiKey.allowedAddresses),
];

/** The scopes are compared too: a service removed and created again is another service. */
const INSERT = `
  INSERT INTO api_keys ${COLUMNS}
  SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? FROM services WHERE name = ? AND ${IN_FORCE_OF("scopes")} = ? AND created_at = ?`;

/** Only while the key that it is made from has not been revoked. */
export const INSERT_SUCCESSOR = `
  INSERT INTO api_keys ${COLUMNS}
  SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? FROM api_keys WHERE id = ? AND revoked_at IS NULL`;

/** The key that is replaced, its undelivered successor and, if so wanted, keys in their grace period. */
const END_REPLACED = `
  UPDATE api_keys SET revoked_at = :end
  WHERE service = :service AND (revoked_at IS NULL OR revoked_at > :end)
    AND (id IN (SELECT :source UNION ALL SELECT successor_id FROM api_keys WHERE id = :source)
      OR (:shortensGraces AND revoked_at IS NOT NULL))
    AND EXISTS (SELECT 1 FROM api_keys WHERE id = :successor)`;

const REVOKE_REPLACED_TOKENS = `
  INSERT INTO revocations (revoked_id, revoked_at)
  SELECT session_id, revoked_at FROM api_keys
  WHERE service = :service AND revoked_at = :end AND EXISTS (SELECT 1 FROM api_keys WHERE id = :successor)
  ${EARLIER_REVOCATION_COUNTS}`;

const REVOKE_TOKENS = `
  INSERT INTO revocations (revoked_id, revoked_at)
  SELECT session_id, :at FROM api_keys
  WHERE service = :service AND (:id IS NULL OR id = :id) AND (revoked_at IS NULL OR revoked_at > :at)
  ${EARLIER_REVOCATION_COUNTS}`;

const REVOKE = `
  UPDATE api_keys SET revoked_at = MIN(COALESCE(revoked_at, :at), :at)
  WHERE service = :service AND (:id IS NULL OR id = :id)`;

/** Messages that a rotation or revocation has made void are not sent any more. */
const FORGET_SUCCESSORS = `
  DELETE FROM webhook_deliveries
  WHERE service = :service AND type = 'key.rotated'
    AND key_id IN (SELECT id FROM api_keys WHERE service = :service AND revoked_at IS NOT NULL)`;

const RECORD_USES = `
  UPDATE api_keys SET last_used_at = used.at
  FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS at FROM json_each(?)) AS used
  WHERE api_keys.id = used.id AND (last_used_at IS NULL OR last_used_at < used.at)`;

/** Whether it was made on schedule to replace a key that is still valid, and its owner may not have it yet. */
const isReplacing = (at: Date) => sql`EXISTS (
  SELECT 1 FROM ${apiKeys} AS replaced
  WHERE replaced.successor_id = ${apiKeys.id} AND replaced.service = ${apiKeys.service} AND replaced.revoked_at IS NULL
    AND (replaced.expires_at IS NULL OR replaced.expires_at > ${at.getTime()}))`;

export const createApiKeyStore = ({ orm, client }: KmsDatabase): ApiKeyStore => {
  const keys = () => orm.select(KEY).from(apiKeys).innerJoin(services, eq(services.name, apiKeys.service));

  return {
    find: async (id) => {
      const [row] = await keys().where(eq(apiKeys.id, id));
      return row && storedKeyFrom(row);
    },
    findMany: async (ids) => {
      const rows = await keys().where(inArray(apiKeys.id, [...ids]));
      return rows.map(storedKeyFrom);
    },
    list: async (listed) => {
      const { where, order } = listedKeys(listed);
      const rows = await keys().where(where).orderBy(order);
      return rows.map((row) => storedKeyFrom(row).apiKey);
    },
    findActive: async (service, at, limit) => {
      const rows = await keys()
        .where(
          and(
            eq(apiKeys.service, service),
            isNull(apiKeys.revokedAt),
            or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, at)),
            not(isReplacing(at)),
          ),
        )
        .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
        .limit(limit);
      return rows.map((row) => storedKeyFrom(row).apiKey);
    },
    insert: async (stored, service, entry) => {
      const [inserted] = await client.batch(
        [
          {
            sql: INSERT,
            args: [...valuesOf(stored), service.name, JSON.stringify(service.scopes), service.createdAt.getTime()],
          },
          appendEntry(entry, "changed"),
        ],
        "write",
      );
      return inserted?.rowsAffected === 1;
    },
    rotate: async ({ source, successor, graceEndsAt, shortensGraces }, entry) => {
      const ending = { service: source.service, successor: successor.apiKey.id, end: graceEndsAt.getTime() };
      const replacing = { ...ending, source: source.id, shortensGraces: Number(shortensGraces) };
      const [inserted] = await client.batch(
        [
          { sql: INSERT_SUCCESSOR, args: [...valuesOf(successor), source.id] },
          appendEntry(entry, "changed"),
          { sql: END_REPLACED, args: replacing },
          { sql: REVOKE_REPLACED_TOKENS, args: ending },
          { sql: FORGET_SUCCESSORS, args: { service: source.service } },
        ],
        "write",
      );
      return inserted?.rowsAffected === 1;
    },
    revoke: async (service, id, at, entry) => {
      const args = { service, id: id ?? null, at: at.getTime() };
      const [, revoked] = await client.batch(
        [
          { sql: REVOKE_TOKENS, args },
          { sql: REVOKE, args },
          appendEntry(entry, "changed"),
          { sql: FORGET_SUCCESSORS, args: { service } },
        ],
        "write",
      );
      return (revoked?.rowsAffected ?? 0) > 0;
    },
    recordUses: async (uses) => {
      await client.execute({
        sql: RECORD_USES,
        args: [JSON.stringify(uses.map(({ keyId, usedAtMs }) => [keyId, usedAtMs]))],
      });
    },
  };
};
