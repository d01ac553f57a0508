/** Forgets what has been kept for its time. */

import type { Database } from "#shared/db/database.ts";
import { KEPT_MS } from "../model/idempotency.ts";
import type * as schema from "../model/schema.ts";

/** A function that forgets the outcomes of writes, and where elements stood, a day later. */
export const createPurge =
  ({ client }: Pick<Database<typeof schema>, "client">) =>
  async (nowMs: number): Promise<void> => {
    await client.batch(
      [
        { sql: "DELETE FROM idempotency_keys WHERE expires_at <= :nowMs", args: { nowMs } },
        { sql: "DELETE FROM moves WHERE moved_at <= :beforeMs", args: { beforeMs: nowMs - KEPT_MS } },
      ],
      "write",
    );
  };
