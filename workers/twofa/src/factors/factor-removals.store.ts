/** The removal of all factors that a user has had until an instant, in the database. */
import type { Database } from "#shared/db/database.ts";
import type * as schema from "../model/schema.ts";
import type { FactorRemovalStore } from "./factor-removals.ts";

const ENROLLED_BEFORE = "user_id = :userId AND created_at <= :beforeMs";
const HAS_NONE_LEFT = "NOT EXISTS (SELECT 1 FROM factors WHERE user_id = :userId AND confirmed_at IS NOT NULL)";

const REMOVE = [
  `DELETE FROM challenges WHERE ${ENROLLED_BEFORE}`,
  `DELETE FROM passkeys WHERE factor_id IN (SELECT id FROM factors WHERE ${ENROLLED_BEFORE})`,
  `DELETE FROM factors WHERE ${ENROLLED_BEFORE}`,
  `DELETE FROM recovery_codes WHERE user_id = :userId AND ${HAS_NONE_LEFT}`,
  `DELETE FROM attempts WHERE user_id = :userId AND ${HAS_NONE_LEFT}`,
];

export const createFactorRemovalStore = ({ client }: Database<typeof schema>): FactorRemovalStore => ({
  removeEnrolledBefore: async (removals) => {
    await client.batch(
      removals.flatMap(({ userId, beforeMs }) =>
        REMOVE.map((sql) => ({
          sql,
          args: sql.includes(":beforeMs") ? { userId, beforeMs } : { userId },
        })),
      ),
      "write",
    );
  },
});
