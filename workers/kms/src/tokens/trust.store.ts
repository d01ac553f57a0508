/** Signing keys and revocations in the database. */
import { and, asc, eq, gt, gte, ne } from "drizzle-orm";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { rightsChanges } from "../db/schema/accounts.ts";
import { signingKeys } from "../db/schema/keys.ts";
import { revocationCounter, revocations } from "../db/schema/sessions.ts";
import { toSeconds } from "./access-token.ts";
import type { TrustStore } from "./key-ring.ts";
import { REVOCATIONS_PER_RESPONSE } from "./revocation-log.ts";
import { insertCurrentKey, insertNextKey } from "./signing-keys.store.ts";

/** Stores the first keys of a ring. */
const insertion = (client: KmsDatabase["client"]): Pick<TrustStore, "insertCurrentKey" | "insertNextKey"> => ({
  insertCurrentKey: async (key, entry) => {
    const [inserted] = await client.batch([insertCurrentKey(key), appendEntry(entry, "changed")], "write");
    return inserted?.rowsAffected === 1;
  },
  insertNextKey: async (key, entry) => {
    const [inserted] = await client.batch([insertNextKey(key), appendEntry(entry, "changed")], "write");
    return inserted?.rowsAffected === 1;
  },
});

export const createTrustStore = ({ orm, client }: KmsDatabase): TrustStore => ({
  read: async (position, since) => {
    const [keys, rows, [counter], changes] = await orm.batch([
      orm
        .select()
        .from(signingKeys)
        .where(and(eq(signingKeys.purpose, "access-token"), ne(signingKeys.state, "revoked"))),
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
  ...insertion(client),
  purgeRevocations: async (before) => {
    await client.execute({ sql: "DELETE FROM revocations WHERE revoked_at < ?", args: [before.getTime()] });
  },
});

/** The keys of ID tokens. No revocation is about these, which are no credentials. */
export const createIdTokenKeyStore = ({ orm, client }: KmsDatabase): Omit<TrustStore, "purgeRevocations"> => ({
  read: async (position) => ({
    signingKeys: await orm
      .select()
      .from(signingKeys)
      .where(and(eq(signingKeys.purpose, "id-token"), ne(signingKeys.state, "revoked"))),
    rightsChanges: [],
    updates: { askedFrom: position, revocations: [], lastPosition: position, hasMore: false },
  }),
  ...insertion(client),
});
