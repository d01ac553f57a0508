import { and, eq } from "drizzle-orm";
import type { Database } from "#shared/db/database.ts";
import type { RecoveryCodeStore } from "../model/ports.ts";
import type * as schema from "../model/schema.ts";
import { recoveryCodes } from "../model/schema.ts";

const INSERT_IF_ENROLLED = `
  INSERT INTO recovery_codes (user_id, mac)
  SELECT :userId, value FROM json_each(:macs)
  WHERE EXISTS (SELECT 1 FROM factors WHERE user_id = :userId AND confirmed_at IS NOT NULL)`;

export const createRecoveryCodeStore = ({ orm, client }: Database<typeof schema>): RecoveryCodeStore => ({
  has: async (userId, mac) => {
    const rows = await orm
      .select({ mac: recoveryCodes.mac })
      .from(recoveryCodes)
      .where(and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.mac, mac)));
    return rows.length > 0;
  },

  consume: async (userId, mac) => {
    const { rowsAffected } = await orm
      .delete(recoveryCodes)
      .where(and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.mac, mac)));
    return rowsAffected === 1;
  },

  replace: async (userId, macs) => {
    const [, inserted] = await client.batch(
      [
        { sql: "DELETE FROM recovery_codes WHERE user_id = :userId", args: { userId } },
        { sql: INSERT_IF_ENROLLED, args: { userId, macs: JSON.stringify(macs) } },
      ],
      "write",
    );
    return inserted?.rowsAffected === macs.length;
  },
});
