/** Signing keys and revocations in the database. */
import { and, asc, gt, gte, ne } from "drizzle-orm";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { rightsChanges } from "../db/schema/accounts.ts";
import { signingKeys } from "../db/schema/keys.ts";
import { revocationCounter, revocations } from "../db/schema/sessions.ts";
import { toSeconds } from "./access-token.ts";
import type { TrustStore } from "./key-ring.ts";
import { REVOCATIONS_PER_RESPONSE } from "./revocation-log.ts";
import { insertCurrentKey, insertNextKey } from "./signing-keys.store.ts";

export const createTrustStore = ({ orm, client }: KmsDatabase): TrustStore => ({
  read: async (position, since) => {
    const [keys, rows, [counter], changes] = await orm.batch([
      orm.select().from(signingKeys).where(ne(signingKeys.state, "revoked")),
      orm
        .select()
        .from(revocations)
        .where(and(gt(revocations.position, position), gte(revocations.revokedAt, since)))
        .orderBy(asc(revocations.position))
        .limit(REVOCATIONS_PER_RESPONSE),
      orm.select().from(revocationCounter),
      orm.select().from(rightsChanges).where(gte(rightsChanges.changedAt, since)),
    ]);
    return {
      signingKeys: keys,
      rightsChanges: changes.map(({ holder, changedAt }) => ({
        holder,
        issuedBeforeSeconds: toSeconds(changedAt) + 1,
      })),
      updates: {
        askedFrom: position,
        revocations: rows.map(({ revokedAt, ...row }) => ({ ...row, revokedAtSeconds: toSeconds(revokedAt) })),
        lastPosition: counter?.position ?? 0,
        hasMore: rows.length === REVOCATIONS_PER_RESPONSE,
      },
    };
  },
  insertCurrentKey: async (key, entry) => {
    const [inserted] = await client.batch([insertCurrentKey(key), appendEntry(entry, "changed")], "write");
    return inserted?.rowsAffected === 1;
  },
  insertNextKey: async (key, entry) => {
    const [inserted] = await client.batch([insertNextKey(key), appendEntry(entry, "changed")], "write");
    return inserted?.rowsAffected === 1;
  },
  purgeRevocations: async (before) => {
    await client.execute({ sql: "DELETE FROM revocations WHERE revoked_at < ?", args: [before.getTime()] });
  },
});
