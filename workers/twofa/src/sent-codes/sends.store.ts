import { eq } from "drizzle-orm";
import type { Database } from "#shared/db/database.ts";
import { failure, success } from "#shared/lang/result.ts";
import { SEND_LIMITS, SEND_WINDOW_MS, type SendStore } from "../model/delivery.ts";
import type * as schema from "../model/schema.ts";
import { sends } from "../model/schema.ts";

const RECENT = "SELECT count(*) AS sent, min(sent_at) AS oldest FROM sends WHERE sent_at > :sinceMs";

/** The limits that are used up, with the instant their oldest send was made at. */
const EXHAUSTED = `
  SELECT oldest FROM (
    SELECT *, :perUserAndDestination AS allowed FROM (${RECENT} AND user_id = :userId AND destination_mac = :destinationMac)
    UNION ALL SELECT *, :perUser FROM (${RECENT} AND user_id = :userId)
    UNION ALL SELECT *, :perUnconfirmedDestination
      FROM (${RECENT} AND destination_mac = :destinationMac AND use <> 'verification') WHERE :use <> 'verification'
  ) WHERE sent >= allowed`;

const RESERVE = `
  INSERT INTO sends (id, user_id, destination_mac, use, sent_at)
  SELECT :id, :userId, :destinationMac, :use, :nowMs WHERE NOT EXISTS (${EXHAUSTED})`;

export const createSendStore = ({ orm, client }: Database<typeof schema>): SendStore => ({
  reserve: async ({ id, userId, destinationMac, use, nowMs }) => {
    const counted = { userId, destinationMac, use, sinceMs: nowMs - SEND_WINDOW_MS, ...SEND_LIMITS };
    const { rowsAffected } = await client.execute({ sql: RESERVE, args: { id, nowMs, ...counted } });
    if (rowsAffected === 1) return success(undefined);
    const { rows } = await client.execute({ sql: `SELECT max(oldest) AS oldest FROM (${EXHAUSTED})`, args: counted });
    const oldestMs = Number(rows[0]?.["oldest"] ?? nowMs - SEND_WINDOW_MS);
    return failure("too-many-sends", { nextAtMs: oldestMs + SEND_WINDOW_MS });
  },

  release: async (id) => {
    await orm.delete(sends).where(eq(sends.id, id));
  },
});
