/** Rotation on schedule in the database: each step one transaction, decided by its first statement. */
import { sql } from "drizzle-orm";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { apiKeys, services } from "../db/schema/services.ts";
import { insertDeliveryIf, removeDelivery } from "../services/webhooks.store.ts";
import { EARLIER_REVOCATION_COUNTS } from "../tokens/revocations.store.ts";
import { apiKeyFrom, INSERT_SUCCESSOR, valuesOf } from "./api-keys.store.ts";
import type { KeyRotationStore } from "./key-rotation.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A successor that was revoked has replaced nothing. */
const HAS_SUCCESSOR = sql`EXISTS (
  SELECT 1 FROM ${apiKeys} AS successor WHERE successor.id = ${apiKeys.successorId} AND successor.revoked_at IS NULL)`;

const isDue = (at: Date) => sql`
  ${services.rotateAfterDays} IS NOT NULL
  AND ${apiKeys.createdAt} <= ${at.getTime()} - ${services.rotateAfterDays} * ${DAY_MS}
  AND ${apiKeys.revokedAt} IS NULL AND ${apiKeys.disabledAt} IS NULL
  AND (${apiKeys.expiresAt} IS NULL OR ${apiKeys.expiresAt} > ${at.getTime()})
  AND NOT ${HAS_SUCCESSOR}`;

const REPLACE = `
  UPDATE api_keys SET successor_id = :successor
  WHERE id = :id AND successor_id IS :before AND revoked_at IS NULL AND disabled_at IS NULL`;

const IS_REPLACED = "id = :id AND successor_id = :successor";

const END_REPLACED = `
  UPDATE api_keys SET revoked_at = :end
  WHERE successor_id = :successor AND (revoked_at IS NULL OR revoked_at > :end)
    AND EXISTS (SELECT 1 FROM api_keys WHERE id = :successor AND revoked_at IS NULL)
    AND EXISTS (SELECT 1 FROM webhook_deliveries WHERE id = :delivery)`;

const REVOKE_REPLACED_TOKENS = `
  INSERT INTO revocations (revoked_id, revoked_at)
  SELECT session_id, revoked_at FROM api_keys WHERE successor_id = :successor AND revoked_at = :end
  ${EARLIER_REVOCATION_COUNTS}`;

const WITHDRAW = `
  UPDATE api_keys SET revoked_at = :at
  WHERE id = :successor AND revoked_at IS NULL AND EXISTS (SELECT 1 FROM webhook_deliveries WHERE id = :delivery)`;

export const createKeyRotationStore = ({ orm, client }: KmsDatabase): KeyRotationStore => ({
  listDue: async (at, limit) => {
    const rows = await orm
      .select({ key: apiKeys })
      .from(services)
      .innerJoin(apiKeys, sql`${apiKeys.service} = ${services.name}`)
      .where(sql`${services.webhookUrl} IS NOT NULL AND ${isDue(at)}`)
      .orderBy(apiKeys.createdAt)
      .limit(limit);
    return rows.map(({ key }) => ({ apiKey: apiKeyFrom(key), successorId: key.successorId }));
  },
  listBlocked: async (at, limit) => {
    const rows = await orm
      .selectDistinct({ name: services.name })
      .from(services)
      .innerJoin(apiKeys, sql`${apiKeys.service} = ${services.name}`)
      .where(sql`${services.webhookUrl} IS NULL AND ${isDue(at)}`)
      .orderBy(services.name)
      .limit(limit);
    return rows.map(({ name }) => name);
  },
  schedule: async ({ due, successor, delivery }, entry) => {
    const { id } = due.apiKey;
    const replaced = { id, successor: successor.apiKey.id };
    const [scheduled] = await client.batch(
      [
        { sql: REPLACE, args: { ...replaced, before: due.successorId } },
        appendEntry(entry, "changed"),
        { sql: `${INSERT_SUCCESSOR} AND successor_id = ?`, args: [...valuesOf(successor), id, successor.apiKey.id] },
        insertDeliveryIf(delivery, IS_REPLACED, replaced),
      ],
      "write",
    );
    return scheduled?.rowsAffected === 1;
  },
  endReplaced: async ({ id: delivery, keyId: successor }, graceEndsAt, entry) => {
    const end = graceEndsAt.getTime();
    const [ended] = await client.batch(
      [
        { sql: END_REPLACED, args: { successor, delivery, end } },
        appendEntry(entry, "changed"),
        { sql: REVOKE_REPLACED_TOKENS, args: { successor, end } },
        removeDelivery(delivery),
      ],
      "write",
    );
    return (ended?.rowsAffected ?? 0) > 0;
  },
  withdraw: async ({ id: delivery, keyId: successor }, at, entry) => {
    const [withdrawn] = await client.batch(
      [
        { sql: WITHDRAW, args: { successor, delivery, at: at.getTime() } },
        appendEntry(entry, "changed"),
        removeDelivery(delivery),
      ],
      "write",
    );
    return withdrawn?.rowsAffected === 1;
  },
});
