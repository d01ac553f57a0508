/** The outbox and its lease. */
import type { ResultSet } from "@libsql/client";
import { z } from "zod";
import type { Database } from "#shared/db/database.ts";
import { elementOf, elementRow } from "../db/row.ts";
import { TEXT_BUDGET } from "../db/slice.ts";
import { type Backlog, type Change, MAX_ATTEMPTS, type OutboxStore, type WaitingChanges } from "../model/outbox.ts";
import type * as schema from "../model/schema.ts";

const BATCH_SIZE = 1_000;

const IS_DUE = `SELECT 1 FROM outbox WHERE next_attempt_at <= :nowMs AND attempts < ${MAX_ATTEMPTS}`;

const TAKE_LEASE = `
  INSERT INTO outbox_lease (id, holder, expires_at) SELECT 1, :holder, :untilMs WHERE EXISTS (${IS_DUE})
  ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
  WHERE outbox_lease.expires_at <= :nowMs OR outbox_lease.holder = excluded.holder
  RETURNING failures`;

/** Releases it when nothing is due: a change that comes later is delivered by the call that made it. */
const KEEP_LEASE = `
  UPDATE outbox_lease SET (holder, expires_at, failures) =
    (SELECT :holder, :untilMs, failures WHERE EXISTS (${IS_DUE}) UNION ALL SELECT NULL, 0, 0 LIMIT 1)
  WHERE holder = :holder RETURNING id`;

/** With the dead letters of the same elements. */
const DELETE_DELIVERED = `
  DELETE FROM outbox WHERE id IN (
    SELECT value FROM json_each(:deliveredIds)
    UNION ALL SELECT dead.id FROM json_each(:deliveredIds) CROSS JOIN outbox AS delivered ON delivered.id = value
      CROSS JOIN outbox AS dead USING (element_type, element_id) WHERE dead.attempts >= ${MAX_ATTEMPTS})`;

const POSTPONE_REFUSED = `
  UPDATE outbox SET attempts = refused.value ->> 'attempts', refusal = refused.value ->> 'refusal',
    next_attempt_at = refused.value ->> 'nextAttemptAtMs'
  FROM json_each(:refused) AS refused WHERE outbox.id = refused.value ->> 'rowId'`;

/** For the holder of the lease: oldest first, as many as the texts allow in one delivery. */
const READ_DUE = `
  WITH due AS (
    SELECT id, element_type, element_id, attempts FROM outbox
    WHERE next_attempt_at <= :nowMs AND attempts < ${MAX_ATTEMPTS}
      AND EXISTS (SELECT 1 FROM outbox_lease WHERE holder = :holder)
    ORDER BY id LIMIT ${BATCH_SIZE}
  ),
  changed AS (
    SELECT due.id, due.attempts, elements.*, text, comment, sum(length(text)) OVER (ORDER BY due.id) AS total_length
    FROM due JOIN elements USING (element_type, element_id)
    JOIN versions USING (element_type, element_id, version_number)
  )
  SELECT * FROM changed WHERE total_length - length(text) <= ${TEXT_BUDGET} ORDER BY id`;

const PAUSE = `
  UPDATE outbox_lease SET holder = NULL, expires_at = :untilMs, failures = :failures WHERE holder = :holder`;

const BACKLOG = `
  SELECT count(*) FILTER (WHERE attempts < ${MAX_ATTEMPTS}) AS depth,
    min(created_at) FILTER (WHERE attempts < ${MAX_ATTEMPTS}) AS oldest_at,
    count(*) FILTER (WHERE attempts >= ${MAX_ATTEMPTS}) AS dead_letters
  FROM outbox`;

const backlogRow = z
  .object({ depth: z.number(), oldest_at: z.number().nullable(), dead_letters: z.number() })
  .transform(
    (row): Backlog => ({
      depth: row.depth,
      oldestAtMs: row.oldest_at ?? undefined,
      deadLetters: row.dead_letters,
    }),
  );

const changeRow = elementRow
  .extend({ id: z.number(), attempts: z.number(), text: z.string() })
  .transform(
    ({ id, attempts, text, ...row }): Change => ({ rowId: id, attempts, element: { ...elementOf(row), text } }),
  );

const changesFrom = (due: ResultSet | undefined): Change[] =>
  (due?.rows ?? []).map((row) => changeRow.parse({ ...row }));

export const createOutboxStore = ({
  client,
}: Pick<Database<typeof schema>, "client">): OutboxStore & WaitingChanges => ({
  take: async (holder, nowMs, untilMs) => {
    const [lease, due] = await client.batch(
      [
        { sql: TAKE_LEASE, args: { holder, nowMs, untilMs } },
        { sql: READ_DUE, args: { holder, nowMs } },
      ],
      "write",
    );
    return lease?.rows[0] && { failures: Number(lease.rows[0]["failures"]), changes: changesFrom(due) };
  },

  advance: async (holder, { deliveredIds, refused }, nowMs, untilMs) => {
    const results = await client.batch(
      [
        { sql: DELETE_DELIVERED, args: { deliveredIds: JSON.stringify(deliveredIds) } },
        ...(refused.length === 0 ? [] : [{ sql: POSTPONE_REFUSED, args: { refused: JSON.stringify(refused) } }]),
        { sql: KEEP_LEASE, args: { holder, nowMs, untilMs } },
        { sql: READ_DUE, args: { holder, nowMs } },
      ],
      "write",
    );
    const [lease, due] = results.slice(-2);
    return lease?.rows.length === 0 ? undefined : changesFrom(due);
  },

  pause: async (holder, untilMs, failures) => {
    await client.execute({ sql: PAUSE, args: { holder, untilMs, failures } });
  },

  backlog: async () => {
    const { rows } = await client.execute(BACKLOG);
    return backlogRow.parse({ ...rows[0] });
  },

  newest: async () => {
    const { rows } = await client.execute("SELECT id FROM outbox WHERE attempts = 0 ORDER BY id DESC LIMIT 1");
    return rows[0] && Number(rows[0]["id"]);
  },

  isWaiting: async (upTo) => {
    const sql = "SELECT 1 FROM outbox WHERE attempts = 0 AND id <= ? LIMIT 1";
    return (await client.execute({ sql, args: [upTo] })).rows.length > 0;
  },
});
