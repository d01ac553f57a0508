/** Puts the counting of calls together, for one process. */
import type { Database } from "#shared/db/database.ts";
import type { Maintained } from "#shared/http/worker.ts";
import { sha256 } from "#shared/lang/digest.ts";
import { sleep } from "#shared/lang/sleep.ts";
import { noteLimited, type RefusalLog } from "../admission/refusal-log.ts";
import { createAllowanceStore } from "../limits/allowances.store.ts";
import { createLeases, type Leases } from "../limits/leases.ts";
import { createLimits, type Limits } from "../limits/limits.ts";
import { createLocalCounts } from "../limits/local-counts.ts";

/** Some 25 MB. */
const MAX_COUNTED = 200_000;

export interface LimitingOptions {
  database: Pick<Database<Record<string, unknown>>, "client">;
  refusals: RefusalLog;
  /** Keeps work running although the call that began it ends. */
  keep: (work: Promise<void>) => void;
  /** Milliseconds since the epoch. */
  now: () => number;
}

export interface Limiting extends Maintained, Pick<Leases, "release"> {
  limits: Limits;
}

export const composeLimits = ({ database, refusals, keep, now }: LimitingOptions): Limiting => {
  const leases = createLeases({ store: createAllowanceStore(database), digest: sha256, now, sleep, keep });
  const counts = createLocalCounts({ max: MAX_COUNTED, startMs: now() });
  return {
    limits: createLimits({ counts, leases, onRefusal: noteLimited(refusals), now }),
    release: leases.release,
    runMaintenance: async () => {
      await leases.release("old");
      await leases.prune();
    },
  };
};
