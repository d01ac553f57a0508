/** Changes of an API key that stays valid. Whatever ends its tokens gives it another `sid`, in the same transaction. */
import type { InStatement } from "@libsql/client";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { insertDeliveryIf } from "../services/webhooks.store.ts";
import { EARLIER_REVOCATION_COUNTS } from "../tokens/revocations.store.ts";
import type { KeyChangeStore } from "./key-changes.ts";

/** A leak overrides what an operator decided. */
const DISABLE = `
  UPDATE api_keys SET disabled_at = :at, disabled_reason = :reason
  WHERE id = :id AND (disabled_at IS NULL OR (:reason = 'leaked' AND disabled_reason <> 'leaked'))
    AND (revoked_at IS NULL OR revoked_at > :at)`;

const WAS_DISABLED = "id = :id AND disabled_at = :at AND disabled_reason = :reason";

const ENABLE = `
  UPDATE api_keys SET disabled_at = NULL, disabled_reason = NULL WHERE id = ? AND disabled_reason = 'operator'`;

const revokeTokens = (condition: string): string => `
  INSERT INTO revocations (revoked_id, revoked_at)
  SELECT session_id, :at FROM api_keys WHERE ${condition} ${EARLIER_REVOCATION_COUNTS}`;

const renewSession = (condition: string): string => `UPDATE api_keys SET session_id = :sessionId WHERE ${condition}`;

export const createKeyChangeStore = ({ client }: KmsDatabase): KeyChangeStore => ({
  disable: async ({ apiKey, reason, at, sessionId, delivery }, entry) => {
    const disabling = { id: apiKey.id, reason, at: at.getTime() };
    const statements: InStatement[] = [
      { sql: DISABLE, args: disabling },
      appendEntry(entry, "changed"),
      { sql: revokeTokens(WAS_DISABLED), args: disabling },
      { sql: renewSession(WAS_DISABLED), args: { ...disabling, sessionId } },
    ];
    if (delivery) statements.push(insertDeliveryIf(delivery, WAS_DISABLED, disabling));
    const [disabled] = await client.batch(statements, "write");
    return disabled?.rowsAffected === 1;
  },
  enable: async ({ id }, entry) => {
    const [enabled] = await client.batch([{ sql: ENABLE, args: [id] }, appendEntry(entry, "changed")], "write");
    return enabled?.rowsAffected === 1;
  },
  setAllowedAddresses: async ({ id }, allowedAddresses, { sessionId, at }, entry) => {
    const [changed] = await client.batch(
      [
        {
          sql: "UPDATE api_keys SET allowed_addresses = ? WHERE id = ?",
          args: [allowedAddresses && JSON.stringify(allowedAddresses), id],
        },
        appendEntry(entry, "changed"),
        { sql: revokeTokens("id = :id"), args: { id, at: at.getTime() } },
        { sql: renewSession("id = :id"), args: { id, sessionId } },
      ],
      "write",
    );
    return changed?.rowsAffected === 1;
  },
});
