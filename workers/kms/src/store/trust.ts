/** Signing keys and revocations in the database. */
import { asc, gte } from "drizzle-orm";
import { toSeconds } from "../domain/access-token.ts";
import type { TrustRepository } from "../domain/key-ring.ts";
import type { KmsDatabase } from "./connection.ts";
import { revocations, signingKeys } from "./schema.ts";

const INSERT_FIRST_SIGNING_KEY = `
  INSERT INTO signing_keys (kid, state, public_jwk, wrapped_private_jwk, created_at)
  SELECT ?, 'current', ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM signing_keys)`;

export const createTrustRepository = ({ orm, client }: KmsDatabase): TrustRepository => ({
  read: async (since) => {
    const [keys, revoked] = await orm.batch([
      orm.select().from(signingKeys).orderBy(asc(signingKeys.state)),
      orm.select().from(revocations).where(gte(revocations.revokedAt, since)),
    ]);
    return {
      signingKeys: keys,
      revocations: revoked.map(({ sessionId, revokedAt }) => ({ sessionId, revokedAtSeconds: toSeconds(revokedAt) })),
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
