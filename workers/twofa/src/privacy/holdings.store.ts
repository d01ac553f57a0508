/** What twofa stores about a user, and its erasure. */
import { asc, count, eq } from "drizzle-orm";
import type { Database } from "#shared/db/database.ts";
import type * as schema from "../model/schema.ts";
import { factors, passkeys, recoveryCodes } from "../model/schema.ts";
import type { HoldingStore } from "./holdings.ts";

const TABLES = ["factors", "passkeys", "recovery_codes", "attempts", "challenges", "sends"];

export const createHoldingStore = ({ orm, client }: Database<typeof schema>): HoldingStore => ({
  of: async (userId) => {
    const [held, credentials, [codes]] = await orm.batch([
      orm.select().from(factors).where(eq(factors.userId, userId)).orderBy(asc(factors.createdAt), asc(factors.id)),
      orm.select().from(passkeys).where(eq(passkeys.userId, userId)),
      orm.select({ left: count() }).from(recoveryCodes).where(eq(recoveryCodes.userId, userId)),
    ]);
    return {
      factors: held.map(({ createdAt, confirmedAt, lastUsedAt, ...factor }) => ({
        ...factor,
        createdAtMs: createdAt,
        confirmedAtMs: confirmedAt,
        lastUsedAtMs: lastUsedAt,
      })),
      passkeys: credentials.map(({ disabledAt, ...passkey }) => ({ ...passkey, disabledAtMs: disabledAt })),
      recoveryCodesLeft: codes?.left ?? 0,
    };
  },
  erase: async (userIds) => {
    const args = [JSON.stringify(userIds)];
    await client.batch(
      TABLES.map((table) => ({
        sql: `DELETE FROM ${table} WHERE user_id IN (SELECT value FROM json_each(?))`,
        args,
      })),
      "write",
    );
  },
});
