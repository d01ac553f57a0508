import { and, asc, eq, isNotNull } from "drizzle-orm";
import type { Database } from "#shared/db/database.ts";
import { failure, success } from "#shared/lang/result.ts";
import type { Passkey, PasskeyStore } from "../model/passkey.ts";
import type * as schema from "../model/schema.ts";
import { challenges, factors, passkeys } from "../model/schema.ts";

/** Authenticators that do not count always say 0 (WebAuthn Level 3 §6.1.1). */
const GROWS = "(counter < :counter OR (counter = 0 AND :counter = 0))";

/** The counter as it was when the challenge was issued: before all responses that have raised it since then. */
const COUNTER_THEN = `coalesce((
  SELECT min(counter_before) FROM challenges
  WHERE user_id = :userId AND factor_id = :factorId AND consumed_at > :challengedAtMs), counter)`;

/** Runs before `USE` in one transaction, and keeps what that overwrites. */
const KEEP_COUNTER = `
  UPDATE challenges SET factor_id = :factorId,
    counter_before = (SELECT counter FROM passkeys WHERE factor_id = :factorId)
  WHERE id = :challengeId AND EXISTS (
    SELECT 1 FROM passkeys WHERE factor_id = :factorId AND disabled_at IS NULL AND counter < :counter)`;

/** Changes nothing when the passkey is disabled or the response came out of order. */
const USE = `
  UPDATE passkeys SET counter = max(counter, :counter), is_backed_up = :isBackedUp,
    disabled_at = iif(${GROWS}, NULL, :nowMs)
  WHERE factor_id = :factorId AND disabled_at IS NULL AND (${GROWS} OR :counter <= ${COUNTER_THEN})
  RETURNING disabled_at`;

const IS_DISABLED = "SELECT 1 FROM passkeys WHERE factor_id = :factorId AND disabled_at IS NOT NULL";

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

    use: async ({ factorId, userId, counter, isBackedUp, challengeId, challengedAtMs, nowMs }) => {
      const [, used, disabled] = await client.batch(
        [
          { sql: KEEP_COUNTER, args: { factorId, challengeId, counter } },
          { sql: USE, args: { factorId, userId, counter, isBackedUp, challengedAtMs, nowMs } },
          { sql: IS_DISABLED, args: { factorId } },
        ],
        "write",
      );
      const isDisabled = disabled?.rows.length === 1;
      if (used?.rows.length === 1) return isDisabled ? failure("cloned") : success(undefined);
      return failure(isDisabled ? "disabled" : "out-of-order");
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
