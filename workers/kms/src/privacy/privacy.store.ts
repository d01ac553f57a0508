/** What is held about a person, in the database, and how it is forgotten. */
import type { InStatement } from "@libsql/client";
import { asc, count, eq, lt } from "drizzle-orm";
import { userHolder } from "#shared/contracts/principal.ts";
import { MAY_GO } from "../accounts/users.store.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { erasures, knownAddresses } from "../db/schema/accounts.ts";
import { consents } from "../db/schema/oauth.ts";
import { knownDevices, sessions } from "../db/schema/sessions.ts";
import { EARLIER_REVOCATION_COUNTS } from "../tokens/revocations.store.ts";
import { noteRightsChange } from "../tokens/rights-changes.store.ts";
import type { PrivacyStore } from "./privacy.ts";

/** Whether the user can be erased: every statement of the transaction asks the same. */
const CAN_BE_ERASED = `EXISTS (SELECT 1 FROM users WHERE id = :userId AND ${MAY_GO})`;
const IS_DELETED = "NOT EXISTS (SELECT 1 FROM users WHERE id = :userId)";

const REVOKE_TOKENS = `
  INSERT INTO revocations (revoked_id, revoked_at)
  SELECT id, :at FROM sessions WHERE user_id = :userId AND ended_at IS NULL AND ${CAN_BE_ERASED} ${EARLIER_REVOCATION_COUNTS}`;

const FORGET = [
  `DELETE FROM refresh_tokens
   WHERE session_id IN (SELECT id FROM sessions WHERE user_id = :userId) AND ${CAN_BE_ERASED}`,
  `DELETE FROM authorization_codes
   WHERE session_id IN (SELECT id FROM sessions WHERE user_id = :userId) AND ${CAN_BE_ERASED}`,
  `DELETE FROM authorization_requests
   WHERE session_id IN (SELECT id FROM sessions WHERE user_id = :userId) AND ${CAN_BE_ERASED}`,
  `DELETE FROM device_requests
   WHERE session_id IN (SELECT id FROM sessions WHERE user_id = :userId) AND ${CAN_BE_ERASED}`,
  `DELETE FROM legal_consents WHERE user_id = :userId AND ${CAN_BE_ERASED}`,
  `DELETE FROM consents WHERE user_id = :userId AND ${CAN_BE_ERASED}`,
  `DELETE FROM sessions WHERE user_id = :userId AND ${CAN_BE_ERASED}`,
  `DELETE FROM links WHERE user_id = :userId AND ${CAN_BE_ERASED}`,
  `DELETE FROM mails WHERE user_id = :userId AND ${CAN_BE_ERASED}`,
  `DELETE FROM factor_removals WHERE user_id = :userId AND ${CAN_BE_ERASED}`,
  `DELETE FROM known_devices WHERE user_id = :userId AND ${CAN_BE_ERASED}`,
  `DELETE FROM known_addresses WHERE user_id = :userId AND ${CAN_BE_ERASED}`,
];

const FORGET_USER = `DELETE FROM users WHERE id = :userId AND ${MAY_GO}`;

/** The row stays, so that no new key is made for them. */
const FORGET_AUDIT_KEY = `
  INSERT INTO audit_keys (subject, wrapped_key) SELECT :userId, NULL WHERE ${IS_DELETED}
  ON CONFLICT (subject) DO UPDATE SET wrapped_key = NULL`;

const NOTE_ERASURE = `
  INSERT INTO erasures (user_id, erased_at) SELECT :userId, :at WHERE ${IS_DELETED} ON CONFLICT (user_id) DO NOTHING`;

const about =
  (userId: string) =>
  (sql: string): InStatement => ({ sql, args: { userId } });

export const createPrivacyStore = ({ orm, client }: KmsDatabase): PrivacyStore => ({
  sessionsOf: (userId) =>
    orm.select().from(sessions).where(eq(sessions.userId, userId)).orderBy(asc(sessions.createdAt), asc(sessions.id)),
  applicationsOf: (userId) =>
    orm
      .select({ clientId: consents.clientId, scopes: consents.scopes, grantedAt: consents.grantedAt })
      .from(consents)
      .where(eq(consents.userId, userId))
      .orderBy(asc(consents.clientId)),
  countKnownDevices: async (userId) => {
    const [row] = await orm.select({ known: count() }).from(knownDevices).where(eq(knownDevices.userId, userId));
    return row?.known ?? 0;
  },
  countKnownAddresses: async (userId) => {
    const [row] = await orm.select({ known: count() }).from(knownAddresses).where(eq(knownAddresses.userId, userId));
    return row?.known ?? 0;
  },
  erase: async (userId, at, entry) => {
    const forget = [{ sql: REVOKE_TOKENS, args: { userId, at: at.getTime() } }, ...FORGET.map(about(userId))];
    const results = await client.batch(
      [
        ...forget,
        about(userId)(FORGET_USER),
        appendEntry(entry, "changed"),
        noteRightsChange(userHolder(userId), at),
        about(userId)(FORGET_AUDIT_KEY),
        { sql: NOTE_ERASURE, args: { userId, at: at.getTime() } },
      ],
      "write",
    );
    return results[forget.length]?.rowsAffected === 1;
  },
  listErasures: async (before, limit) => {
    const rows = await orm
      .select({ userId: erasures.userId })
      .from(erasures)
      .where(lt(erasures.erasedAt, before))
      .orderBy(asc(erasures.erasedAt))
      .limit(limit);
    return rows.map(({ userId }) => userId);
  },
  removeErasures: async (userIds) => {
    await client.execute({
      sql: "DELETE FROM erasures WHERE user_id IN (SELECT value FROM json_each(?))",
      args: [JSON.stringify(userIds)],
    });
  },
});
