/** Messages to the owners of services in the database, until they have arrived. */
import type { InStatement, InValue } from "@libsql/client";
import { and, asc, eq, isNotNull, lte } from "drizzle-orm";
import type { KmsDatabase } from "../db/connection.ts";
import { services, webhookDeliveries } from "../db/schema/services.ts";
import type { Delivery, WebhookStore } from "./webhooks.ts";

/** Stores a message if there is such a key, and a webhook of its service. */
export const insertDeliveryIf = (
  { id, service, type, keyId, payload, createdAt }: Delivery,
  keyCondition: string,
  args: Record<string, InValue>,
): InStatement => ({
  sql: `
    INSERT INTO webhook_deliveries (id, service, type, key_id, payload, created_at, attempts, next_attempt_at)
    SELECT :deliveryId, :service, :type, :keyId, :payload, :createdAt, 0, :createdAt
    WHERE EXISTS (SELECT 1 FROM api_keys WHERE ${keyCondition})
      AND EXISTS (SELECT 1 FROM services WHERE name = :service AND webhook_url IS NOT NULL)`,
  args: { ...args, deliveryId: id, service, type, keyId, payload, createdAt: createdAt.getTime() },
});

/** Forgets a message. */
export const removeDelivery = (id: string): InStatement => ({
  sql: "DELETE FROM webhook_deliveries WHERE id = ?",
  args: [id],
});

export const createWebhookStore = ({ orm, client }: KmsDatabase): WebhookStore => ({
  hasWebhook: async (service) => {
    const [row] = await orm.select({ url: services.webhookUrl }).from(services).where(eq(services.name, service));
    return (row?.url ?? null) !== null;
  },
  listDue: async (at, limit) => {
    const rows = await orm
      .select()
      .from(webhookDeliveries)
      .innerJoin(services, eq(services.name, webhookDeliveries.service))
      .where(and(lte(webhookDeliveries.nextAttemptAt, at), isNotNull(services.webhookUrl)))
      .orderBy(asc(webhookDeliveries.nextAttemptAt))
      .limit(limit);
    return rows.flatMap(({ webhook_deliveries: delivery, services: { webhookUrl: url, webhookSecret: secret } }) =>
      url === null || secret === null ? [] : [{ ...delivery, url, secret }],
    );
  },
  claim: async ({ id, attempts }, nextAttemptAt) => {
    const { rowsAffected } = await client.execute({
      sql: `UPDATE webhook_deliveries SET attempts = attempts + 1, next_attempt_at = ? WHERE id = ? AND attempts = ?`,
      args: [nextAttemptAt.getTime(), id, attempts],
    });
    return rowsAffected === 1;
  },
  remove: async (id) => {
    await client.execute(removeDelivery(id));
  },
});
