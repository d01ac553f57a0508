/** Which API keys a page of the list has: found along one index, so that no more rows are read than are on the page. */
import { type SQL, sql } from "drizzle-orm";
import { apiKeys } from "./schema/services.ts";

export interface ListedKeys {
  service?: string | undefined;
  state?: keyof typeof STATES | undefined;
  disabledReason?: string | undefined;
  /** Those that expire from now on and before this instant, the first to expire first; else they go by their creation. */
  expiresBefore?: Date | undefined;
  /** The instant that the list goes by, and the id, of the key before. */
  after: { at: Date; id: string } | undefined;
  limit: number;
  now: Date;
}

/** As `stateOfKey` has it. */
const STATES = {
  revoked: (nowMs: number) => sql`revoked_at <= ${nowMs}`,
  expired: (nowMs: number) => sql`${isKept(nowMs)} AND expires_at <= ${nowMs}`,
  disabled: (nowMs: number) => sql`${isKept(nowMs)} AND ${isUnexpired(nowMs)} AND disabled_at IS NOT NULL`,
  grace: (nowMs: number) => sql`revoked_at > ${nowMs} AND ${isUnexpired(nowMs)} AND disabled_at IS NULL`,
  active: (nowMs: number) => sql`revoked_at IS NULL AND ${isUnexpired(nowMs)} AND disabled_at IS NULL`,
};
const isKept = (nowMs: number): SQL => sql`(revoked_at IS NULL OR revoked_at > ${nowMs})`;
const isUnexpired = (nowMs: number): SQL => sql`(expires_at IS NULL OR expires_at > ${nowMs})`;

/** The condition and the order in a statement about `api_keys`. */
export const listedKeys = (listed: ListedKeys): { where: SQL; order: SQL } => {
  const { service, state, disabledReason, expiresBefore, after, limit } = listed;
  const nowMs = listed.now.getTime();
  const column = expiresBefore === undefined ? sql`created_at` : sql`expires_at`;
  const conditions = [
    ...(service === undefined ? [] : [sql`service = ${service}`]),
    ...(state === undefined ? [] : [STATES[state](nowMs)]),
    ...(disabledReason === undefined ? [] : [sql`disabled_reason = ${disabledReason}`]),
    ...(expiresBefore === undefined ? [] : [sql`expires_at > ${nowMs} AND expires_at < ${expiresBefore.getTime()}`]),
    ...(after === undefined ? [] : [sql`(${column}, id) > (${after.at.getTime()}, ${after.id})`]),
  ];
  const where = sql.join([sql`true`, ...conditions], sql` AND `);
  return {
    where: sql`${apiKeys}.rowid IN (SELECT rowid FROM api_keys WHERE ${where} ORDER BY ${column}, id LIMIT ${limit})`,
    order: sql`${expiresBefore === undefined ? apiKeys.createdAt : apiKeys.expiresAt}, ${apiKeys.id}`,
  };
};
