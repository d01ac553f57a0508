/** Reading audit entries from the database. */
import { and, asc, desc, eq, gt, gte, inArray, lt, or, type SQL, sql } from "drizzle-orm";
import { ACTIONS_ON_USERS } from "../audit/audit-actions.ts";
import type { KeyName } from "../crypto/root-key.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { auditEntries } from "../db/schema/audit.ts";
import { internalKeys, keyEncryptionKeys } from "../db/schema/keys.ts";
import type { AuditFilter, AuditReader } from "./audit-reading.ts";

/** The internal key that authenticates entries. */
const MAC_KEY = "auditMac" satisfies KeyName;

const matches = ({
  actor,
  actingService,
  action,
  outcome,
  target,
  requestId,
  from,
  to,
}: AuditFilter): SQL | undefined =>
  and(
    actor === undefined ? undefined : eq(auditEntries.actor, actor),
    actingService === undefined ? undefined : eq(auditEntries.actingService, actingService),
    action === undefined ? undefined : eq(auditEntries.action, action),
    outcome === undefined ? undefined : eq(auditEntries.outcome, outcome),
    target === undefined ? undefined : eq(auditEntries.target, target),
    requestId === undefined ? undefined : eq(auditEntries.requestId, requestId),
    from === undefined ? undefined : gte(auditEntries.at, from),
    to === undefined ? undefined : lt(auditEntries.at, to),
  );

export const createAuditReader = ({ orm }: KmsDatabase): AuditReader => ({
  list: (filter, limit, beforeId) =>
    orm
      .select()
      .from(auditEntries)
      .where(and(matches(filter), beforeId === undefined ? undefined : lt(auditEntries.id, beforeId)))
      .orderBy(desc(auditEntries.id))
      .limit(limit),
  listForward: (filter, limit, afterId) =>
    orm
      .select()
      .from(auditEntries)
      .where(and(matches(filter), gt(auditEntries.id, afterId)))
      .orderBy(asc(auditEntries.id))
      .limit(limit),
  listAbout: (userId, limit, afterId) =>
    orm
      .select()
      .from(auditEntries)
      .where(
        and(
          gt(auditEntries.id, afterId),
          or(
            eq(auditEntries.actor, userId),
            and(eq(auditEntries.target, userId), inArray(auditEntries.action, [...ACTIONS_ON_USERS])),
            eq(auditEntries.personalOf, userId),
          ),
        ),
      )
      .orderBy(asc(auditEntries.id))
      .limit(limit),
  readMacKey: async () => {
    const [row] = await orm
      .select({ salt: keyEncryptionKeys.salt, wrappedKey: internalKeys.wrappedKey })
      .from(internalKeys)
      .innerJoin(keyEncryptionKeys, eq(keyEncryptionKeys.version, internalKeys.kekVersion))
      .where(eq(internalKeys.name, MAC_KEY));
    return row;
  },
  findRange: async ({ from, to }) => {
    const [range] = await orm
      .select({
        firstId: sql<number | null>`MIN(${auditEntries.id})`,
        lastId: sql<number | null>`MAX(${auditEntries.id})`,
      })
      .from(auditEntries)
      .where(matches({ from, to }));
    if (!range || range.firstId === null || range.lastId === null) return undefined;
    return { firstId: range.firstId, lastId: range.lastId };
  },
});
