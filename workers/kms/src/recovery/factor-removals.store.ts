/** Second factors that twofa has yet to remove, in the database. */
import type { InStatement } from "@libsql/client";
import { asc } from "drizzle-orm";
import type { KmsDatabase } from "../db/connection.ts";
import { factorRemovals } from "../db/schema/factor-removals.ts";
import type { FactorRemovalStore } from "./factor-removals.ts";

/** In a statement about `users`: whether second factors of the user are to be removed. */
export const HAS_FACTORS_TO_REMOVE = "EXISTS (SELECT 1 FROM factor_removals WHERE factor_removals.user_id = users.id)";

/** Has all factors of a user removed that are older than this instant, if the user is as the condition says. */
export const insertFactorRemoval = (
  { userId, before }: { userId: string; before: Date },
  condition: string,
  value: string,
): InStatement => ({
  sql: `INSERT INTO factor_removals (user_id, before) SELECT id, ? FROM users WHERE id = ? AND ${condition}
        ON CONFLICT (user_id) DO UPDATE SET before = excluded.before`,
  args: [before.getTime(), userId, value],
});

export const createFactorRemovalStore = ({ orm, client }: KmsDatabase): FactorRemovalStore => ({
  list: (limit) => orm.select().from(factorRemovals).orderBy(asc(factorRemovals.before)).limit(limit),
  remove: async (done) => {
    await client.batch(
      done.map(({ userId, before }) => ({
        sql: "DELETE FROM factor_removals WHERE user_id = ? AND before = ?",
        args: [userId, before.getTime()],
      })),
      "write",
    );
  },
});
