import { and, eq, isNull, lte } from "drizzle-orm";
import type { Database } from "#shared/db/database.ts";
import { failure, success } from "#shared/lang/result.ts";
import { type ChallengeStore, MAX_OPEN_CHALLENGES, MAX_TRIES } from "../model/challenge.ts";
import { SEND_WINDOW_MS } from "../model/delivery.ts";
import type * as schema from "../model/schema.ts";
import { challenges, sends } from "../model/schema.ts";

/** The factor, or its enrolment, may be deleted by now: then the challenge is void. */
const CONSUME = `
  UPDATE challenges SET tries = tries + 1, consumed_at = iif(code_mac = :codeMac, :nowMs, NULL)
  WHERE id = :id AND use = :use AND user_id = :userId AND session_id = :sessionId
    AND consumed_at IS NULL AND expires_at > :nowMs AND tries < :maxTries
    AND (factor_id IS NULL OR EXISTS (
      SELECT 1 FROM factors WHERE factors.id = factor_id AND factors.user_id = :userId
        AND (confirmed_at IS NOT NULL) = (:use = 'verification')))
  RETURNING consumed_at`;

const DROP_SURPLUS = `
  DELETE FROM challenges WHERE id IN (
    SELECT id FROM challenges
    WHERE user_id = :userId AND session_id = :sessionId AND use = :use AND consumed_at IS NULL
    ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET :keep)`;

const CREATE = `
  INSERT INTO challenges
    (id, use, user_id, session_id, channel, factor_id, code_mac, purpose, created_at, expires_at)
  VALUES (:id, :use, :userId, :sessionId, :channel, :factorId, :codeMac, :purpose, :createdAtMs, :expiresAtMs)`;

export const createChallengeStore = ({ orm, client }: Database<typeof schema>): ChallengeStore => ({
  create: async (challenge) => {
    const { userId, sessionId, use } = challenge;
    await client.batch(
      [
        { sql: DROP_SURPLUS, args: { userId, sessionId, use, keep: MAX_OPEN_CHALLENGES - 1 } },
        { sql: CREATE, args: { ...challenge } },
      ],
      "write",
    );
  },

  consume: async ({ id, use, userId, sessionId, codeMac, nowMs }) => {
    const args = { id, use, userId, sessionId, codeMac, nowMs, maxTries: MAX_TRIES };
    const { rows } = await client.execute({ sql: CONSUME, args });
    const isTried = rows.length > 0;
    if (isTried && rows[0]?.["consumed_at"] === null) return failure("wrong");
    const [challenge] = await orm
      .select({
        channel: challenges.channel,
        factorId: challenges.factorId,
        purpose: challenges.purpose,
        createdAtMs: challenges.createdAt,
      })
      .from(challenges)
      .where(
        and(
          eq(challenges.id, id),
          eq(challenges.userId, userId),
          eq(challenges.sessionId, sessionId),
          eq(challenges.codeMac, codeMac),
        ),
      );
    if (challenge === undefined) return failure("wrong");
    return isTried ? success(challenge) : failure("used");
  },

  ofEnrolment: async (userId, factorId) => {
    const [challenge] = await orm
      .select({ id: challenges.id })
      .from(challenges)
      .where(
        and(
          eq(challenges.userId, userId),
          eq(challenges.factorId, factorId),
          eq(challenges.use, "enrolment"),
          isNull(challenges.consumedAt),
        ),
      );
    return challenge?.id;
  },

  remove: async (id) => {
    await orm.delete(challenges).where(eq(challenges.id, id));
  },

  purgeExpired: async (nowMs) => {
    await orm.delete(challenges).where(lte(challenges.expiresAt, nowMs - SEND_WINDOW_MS));
    await orm.delete(sends).where(lte(sends.sentAt, nowMs - SEND_WINDOW_MS));
  },
});
