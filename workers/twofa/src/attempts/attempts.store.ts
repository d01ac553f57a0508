import { and, eq, gt, lte, sql } from "drizzle-orm";
import type { Database } from "#shared/db/database.ts";
import { failure, success } from "#shared/lang/result.ts";
import { LOCK_AFTER_FAILURES_MS } from "../model/lockout.ts";
import type { AttemptStore } from "../model/ports.ts";
import type * as schema from "../model/schema.ts";
import { attempts } from "../model/schema.ts";

const SCHEDULE = JSON.stringify(LOCK_AFTER_FAILURES_MS);

/** How long the user is locked by one more failure than the row knows. */
const lockMs = sql`json_extract(
  ${SCHEDULE}, '$[' || min(${attempts.failures}, json_array_length(${SCHEDULE}) - 1) || ']')`;
const NOT_LOCKED = 0;

export const createAttemptStore = ({ orm }: Database<typeof schema>): AttemptStore => ({
  reserve: async (userId, nowMs) => {
    // One statement, so that the lock falls exactly after the allowed number, however many ask at once.
    const [attempt] = await orm
      .insert(attempts)
      .values({ userId, failures: 1, lockedUntil: NOT_LOCKED })
      .onConflictDoUpdate({
        target: attempts.userId,
        set: {
          failures: sql`${attempts.failures} + 1`,
          lockedUntil: sql`iif(${lockMs} > 0, ${nowMs} + ${lockMs}, ${NOT_LOCKED})`,
        },
        setWhere: lte(attempts.lockedUntil, nowMs),
      })
      .returning({ failures: attempts.failures, lockedUntilMs: attempts.lockedUntil });
    if (attempt) {
      const { failures, lockedUntilMs } = attempt;
      return success({ failures, lockedUntilMs: lockedUntilMs === NOT_LOCKED ? null : lockedUntilMs });
    }
    const [lock] = await orm
      .select({ lockedUntilMs: attempts.lockedUntil })
      .from(attempts)
      .where(eq(attempts.userId, userId));
    return failure("locked", { lockedUntilMs: lock?.lockedUntilMs ?? nowMs });
  },

  release: async (userId) => {
    await orm
      .update(attempts)
      .set({ failures: sql`${attempts.failures} - 1`, lockedUntil: NOT_LOCKED })
      .where(and(eq(attempts.userId, userId), gt(attempts.failures, 0)));
  },

  reset: async (userId) => {
    await orm.delete(attempts).where(eq(attempts.userId, userId));
  },
});
