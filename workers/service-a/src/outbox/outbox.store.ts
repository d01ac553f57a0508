/** The outbox and its lease. */
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

const PROLONG_LEASE = "UPDATE outbox_lease SET expires_at = :untilMs WHERE holder = :holder RETURNING id";

const DELETE_DELIVERED = "DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(:deliveredIds))";

const DELETE_SUPERSEDED_DEAD_LETTERS = `
  DELETE FROM outbox WHERE attempts >= ${MAX_ATTEMPTS} AND (element_type, element_id) IN (
    SELECT element_type, element_id FROM outbox WHERE id IN (SELECT value FROM json_each(:deliveredIds)))`;

const POSTPONE_REFUSED = `
  UPDATE outbox SET attempts = refused.value ->> 'attempts', refusal = refused.value ->> 'refusal',
    next_attempt_at = refused.value ->> 'nextAttemptAtMs'
  FROM json_each(:refused) AS refused WHERE outbox.id = refused.value ->> 'rowId'`;

/** Oldest first, as many as the texts allow in one delivery. */
const READ_DUE = `
  WITH due AS (
    SELECT id, element_type, element_id, attempts FROM outbox
    WHERE next_attempt_at <= :nowMs AND attempts < ${MAX_ATTEMPTS}
    ORDER BY id LIMIT ${BATCH_SIZE}
  ),
  changed AS (
    SELECT due.id, due.attempts, elements.*, text, comment, sum(length(text)) OVER (ORDER BY due.id) AS total_length
    FROM due JOIN elements USING (element_type, element_id)
    JOIN versions USING (element_type, element_id, version_number)
  )
  SELECT * FROM changed WHERE total_length - length(text) <= ${TEXT_BUDGET} ORDER BY id`;

const FINISH = `
  UPDATE outbox_lease SET holder = NULL, expires_at = 0, failures = 0
  WHERE holder = :holder AND NOT EXISTS (${IS_DUE})
  RETURNING id`;

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

export const createOutboxStore = ({
  client,
}: Pick<Database<typeof schema>, "client">): OutboxStore & WaitingChanges => ({
  takeLease: async (holder, nowMs, untilMs) => {
    const { rows } = await client.execute({ sql: TAKE_LEASE, args: { holder, nowMs, untilMs } });
    return rows[0] && Number(rows[0]["failures"]);
  },

  advance: async (holder, { deliveredIds, refused }, nowMs, untilMs) => {
    const [, , , prolonged, due] = await client.batch(
      [
        { sql: DELETE_SUPERSEDED_DEAD_LETTERS, args: { deliveredIds: JSON.stringify(deliveredIds) } },
        { sql: DELETE_DELIVERED, args: { deliveredIds: JSON.stringify(deliveredIds) } },
        { sql: POSTPONE_REFUSED, args: { refused: JSON.stringify(refused) } },
        { sql: PROLONG_LEASE, args: { holder, untilMs } },
        { sql: READ_DUE, args: { nowMs } },
      ],
      "write",
    );
    return prolonged?.rows.length === 0 ? undefined : (due?.rows ?? []).map((row) => changeRow.parse({ ...row }));
  },

  finish: async (holder, nowMs) => {
    const { rows } = await client.execute({ sql: FINISH, args: { holder, nowMs } });
    return rows.length > 0;
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
