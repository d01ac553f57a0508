/** Rows of the outbox that are not tried any more. */
import { and, asc, gt, gte, max, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#shared/db/database.ts";
import { findWritten, write } from "../db/write.store.ts";
import type { DeadLetterStore } from "../model/dead-letter.ts";
import { MAX_ATTEMPTS } from "../model/outbox.ts";
import type * as schema from "../model/schema.ts";
import { outbox } from "../model/schema.ts";

const LETTERS = `attempts >= ${MAX_ATTEMPTS} AND id <= :upTo`;

const COUNT = `(SELECT count(*) FROM outbox WHERE ${LETTERS})`;

const REDRIVE = `UPDATE outbox SET attempts = 0, next_attempt_at = :nowMs WHERE ${LETTERS}`;

const redriven = z.number();

export const createDeadLetterStore = ({ client, orm }: Database<typeof schema>): DeadLetterStore => ({
  list: ({ after, limit }) =>
    orm
      .select({
        id: outbox.id,
        elementType: outbox.elementType,
        elementId: outbox.elementId,
        attempts: outbox.attempts,
        refusal: sql<string>`coalesce(${outbox.refusal}, '')`,
        changedAtMs: outbox.createdAt,
      })
      .from(outbox)
      .where(and(gt(outbox.id, after), gte(outbox.attempts, MAX_ATTEMPTS)))
      .orderBy(asc(outbox.id))
      .limit(limit),

  lastId: async () => {
    const [last] = await orm
      .select({ id: max(outbox.id) })
      .from(outbox)
      .where(gte(outbox.attempts, MAX_ATTEMPTS));
    return last?.id ?? 0;
  },

  redrive: (args, idempotencyKey) =>
    write(client, { outcome: COUNT, schema: redriven, effects: [{ sql: REDRIVE, args }], args }, idempotencyKey),

  findRedrive: (idempotencyKey, nowMs) => findWritten(client, redriven, idempotencyKey, nowMs),
});
