import { and, asc, eq, isNotNull, isNull } from "drizzle-orm";
import type { Database } from "#shared/db/database.ts";
import type { Passkey, PasskeyStore } from "../domain/passkey.ts";
import type * as schema from "./schema.ts";
import { challenges, factors, passkeys } from "./schema.ts";

/** Authenticators that do not count always say 0 (WebAuthn Level 3 §6.1.1). */
const USE = `
  UPDATE passkeys SET counter = :counter, is_backed_up = :isBackedUp
  WHERE factor_id = :factorId AND disabled_at IS NULL
    AND (counter < :counter OR (counter = 0 AND :counter = 0))`;

const columns = {
  factorId: passkeys.factorId,
  userId: passkeys.userId,
  credentialId: passkeys.credentialId,
  publicKey: passkeys.publicKey,
  counter: passkeys.counter,
  transports: passkeys.transports,
  aaguid: passkeys.aaguid,
  isBackupEligible: passkeys.isBackupEligible,
  isBackedUp: passkeys.isBackedUp,
  disabledAtMs: passkeys.disabledAt,
};

export const createPasskeyStore = ({ orm, client }: Database<typeof schema>): PasskeyStore => {
  const active = () =>
    orm
      .select(columns)
      .from(passkeys)
      .innerJoin(
        factors,
        and(eq(factors.id, passkeys.factorId), eq(factors.userId, passkeys.userId), isNotNull(factors.confirmedAt)),
      );

  return {
    find: async (credentialId): Promise<Passkey | undefined> => {
      const [found] = await active().where(eq(passkeys.credentialId, credentialId));
      return found;
    },

    ofUser: (userId) => active().where(eq(passkeys.userId, userId)).orderBy(asc(factors.createdAt), asc(factors.id)),

    use: async ({ factorId, counter, isBackedUp }) => {
      const { rowsAffected } = await client.execute({ sql: USE, args: { factorId, counter, isBackedUp } });
      return rowsAffected === 1;
    },

    disable: async (factorId, nowMs) => {
      const { rowsAffected } = await orm
        .update(passkeys)
        .set({ disabledAt: nowMs })
        .where(and(eq(passkeys.factorId, factorId), isNull(passkeys.disabledAt)));
      return rowsAffected === 1;
    },

    spend: async ({ id, userId, factorId, challengeMac, nowMs, expiresAtMs }) => {
      const { rowsAffected } = await orm
        .insert(challenges)
        .values({
          id,
          use: "login",
          userId,
          sessionId: "",
          channel: "webauthn",
          factorId,
          codeMac: challengeMac,
          purpose: null,
          createdAt: nowMs,
          expiresAt: expiresAtMs,
          consumedAt: nowMs,
        })
        .onConflictDoNothing({ target: challenges.id });
      return rowsAffected === 1;
    },
  };
};
