/** The removal of all factors that a user has had until an instant, in the database. */
import type { Database } from "#shared/db/database.ts";
import type * as schema from "../model/schema.ts";
import type { FactorRemovalStore } from "./factor-removals.ts";
import { DROP_CODES_WITHOUT_FACTOR, HAS_CONFIRMED } from "./factors.store.ts";

const ENROLLED_BEFORE = "user_id = :userId AND created_at <= :beforeMs";

const REMOVE = [
  `DELETE FROM challenges WHERE ${ENROLLED_BEFORE}`,
  `DELETE FROM passkeys WHERE factor_id IN (SELECT id FROM factors WHERE ${ENROLLED_BEFORE})`,
  `DELETE FROM factors WHERE ${ENROLLED_BEFORE}`,
];
const REMOVE_WITH_THE_LAST = [
  DROP_CODES_WITHOUT_FACTOR,
  `DELETE FROM attempts WHERE user_id = :userId AND NOT EXISTS (${HAS_CONFIRMED})`,
];

export const createFactorRemovalStore = ({ client }: Database<typeof schema>): FactorRemovalStore => ({
  removeEnrolledBefore: async (removals) => {
    await client.batch(
      removals.flatMap(({ userId, beforeMs }) => [
        ...REMOVE.map((sql) => ({ sql, args: { userId, beforeMs } })),
        ...REMOVE_WITH_THE_LAST.map((sql) => ({ sql, args: { userId } })),
      ]),
      "write",
    );
  },
});
