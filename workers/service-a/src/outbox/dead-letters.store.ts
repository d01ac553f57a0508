/** Rows of the outbox that are not tried any more. */
import { and, asc, gt, gte, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#shared/db/database.ts";
import { write } from "../db/write.store.ts";
import type { DeadLetterStore } from "../model/dead-letter.ts";
import { MAX_ATTEMPTS } from "../model/outbox.ts";
import type * as schema from "../model/schema.ts";
import { outbox } from "../model/schema.ts";

const COUNT = `(SELECT count(*) FROM outbox WHERE attempts >= ${MAX_ATTEMPTS})`;

const REDRIVE = `UPDATE outbox SET attempts = 0, next_attempt_at = :nowMs WHERE attempts >= ${MAX_ATTEMPTS}`;

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

  redrive: (nowMs, idempotencyKey) =>
    write(
      client,
      { outcome: COUNT, schema: z.number(), effects: [{ sql: REDRIVE, args: { nowMs } }], args: { nowMs } },
      idempotencyKey,
    ),
});
