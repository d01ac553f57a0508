/** Signing keys and revocations in the database. */
import { and, asc, gt, gte } from "drizzle-orm";
import { toSeconds } from "../domain/access-token.ts";
import type { TrustRepository } from "../domain/key-ring.ts";
import { REVOCATIONS_PER_ANSWER } from "../domain/revocation-log.ts";
import type { KmsDatabase } from "./connection.ts";
import { revocationCounter, revocations, signingKeys } from "./schema.ts";

const INSERT_FIRST_SIGNING_KEY = `
  INSERT INTO signing_keys (kid, state, public_jwk, wrapped_private_jwk, created_at)
  SELECT ?, 'current', ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM signing_keys)`;

export const createTrustRepository = ({ orm, client }: KmsDatabase): TrustRepository => ({
  read: async (position, since) => {
    const [keys, rows, [counter]] = await orm.batch([
      orm.select().from(signingKeys).orderBy(asc(signingKeys.state)),
      orm
        .select()
        .from(revocations)
        .where(and(gt(revocations.position, position), gte(revocations.revokedAt, since)))
        .orderBy(asc(revocations.position))
        .limit(REVOCATIONS_PER_ANSWER),
      orm.select().from(revocationCounter),
    ]);
    return {
      signingKeys: keys,
      news: {
        askedFrom: position,
        revocations: rows.map((row) => ({ ...row, revokedAtSeconds: toSeconds(row.revokedAt) })),
        lastPosition: counter?.position ?? 0,
        hasMore: rows.length === REVOCATIONS_PER_ANSWER,
      },
    };
  },
  insertFirstSigningKey: async ({ kid, publicJwk, wrappedPrivateJwk, createdAt }) => {
    await client.execute({
      sql: INSERT_FIRST_SIGNING_KEY,
      args: [kid, JSON.stringify(publicJwk), wrappedPrivateJwk, createdAt.getTime()],
    });
  },
  purgeRevocations: async (before) => {
    await client.execute({ sql: "DELETE FROM revocations WHERE revoked_at < ?", args: [before.getTime()] });
  },
});
