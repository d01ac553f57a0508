/** Stores how much of each exact limit has been taken. Every write is one conditional statement. */
import { z } from "zod";
import type { Database } from "#shared/db/database.ts";
import type { AllowanceStore } from "./allowance.ts";

/** Of what is left, one process is given this part at most. */
const SHARE_OF_REST = 4;
const PRUNED_AT_ONCE = 1_000;
const MAX_PRUNED = 100_000;

const row = z.object({ granted: z.number(), taken: z.number() });

const GRANT = `min(:wanted, max(1, CAST((:limit - allowances.taken) / ${SHARE_OF_REST} AS INTEGER)))`;
const TAKE = `INSERT INTO allowances (key, window_start, window_end, taken, granted)
  VALUES (:key, :startMs, :endMs, :first, :first)
  ON CONFLICT (key, window_start) DO UPDATE SET granted = ${GRANT}, taken = taken + ${GRANT} WHERE allowances.taken < :limit
  RETURNING granted, taken`;
const TAKEN = "SELECT taken FROM allowances WHERE key = :key AND window_start = :startMs";
const GIVE_BACK = `UPDATE allowances SET taken = taken - :unused
  WHERE key = :key AND window_start = :startMs AND taken >= :unused`;
const PRUNE = `DELETE FROM allowances WHERE rowid IN
  (SELECT rowid FROM allowances WHERE window_end < :endedBeforeMs LIMIT ${PRUNED_AT_ONCE})`;

export const createAllowanceStore = ({
  client,
}: Pick<Database<Record<string, unknown>>, "client">): AllowanceStore => ({
  take: async ({ key, window: { startMs, endMs }, limit, wanted }) => {
    const first = Math.min(wanted, Math.max(1, Math.floor(limit / SHARE_OF_REST)));
    const { rows } = await client.execute({ sql: TAKE, args: { key, startMs, endMs, limit, wanted, first } });
    if (!rows[0]) return { granted: 0, left: 0 };
    const { granted, taken } = row.parse(rows[0]);
    return { granted, left: limit - taken };
  },

  countTaken: async ({ key, window: { startMs } }) => {
    const { rows } = await client.execute({ sql: TAKEN, args: { key, startMs } });
    return rows[0] ? row.pick({ taken: true }).parse(rows[0]).taken : 0;
  },

  giveBack: async ({ key, window: { startMs }, unused }) => {
    await client.execute({ sql: GIVE_BACK, args: { key, startMs, unused } });
  },

  prune: async (endedBeforeMs) => {
    for (let pruned = 0; pruned < MAX_PRUNED; pruned += PRUNED_AT_ONCE) {
      const { rowsAffected } = await client.execute({ sql: PRUNE, args: { endedBeforeMs } });
      if (rowsAffected < PRUNED_AT_ONCE) return;
    }
  },
});
