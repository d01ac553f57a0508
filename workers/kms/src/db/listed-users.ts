/** Which users a page of the list has: found along one index, so that no more rows are read than are on the page. */
import { inArray, type SQL, sql } from "drizzle-orm";
import { users } from "./schema/accounts.ts";

export interface ListedUsers {
  /** What the key of the username contains; empty: no username does. */
  key?: string | undefined;
  /** The address that someone searched for, as its HMAC. */
  mac?: string | undefined;
  role?: string | undefined;
  isLocked?: boolean | undefined;
  afterKey: string | undefined;
  limit: number;
}

const conditionsOf = ({ key, mac, role, isLocked, afterKey }: ListedUsers): SQL[] => {
  const isNamed = key === undefined || key === "" ? sql`false` : sql`instr(username_key, ${key}) > 0`;
  return [
    ...(mac === undefined ? [] : [sql`(${isNamed} OR rowid IN (SELECT rowid FROM users WHERE email_mac = ${mac}))`]),
    ...(role === undefined ? [] : [sql`instr(roles, ${JSON.stringify(role)}) > 0`]),
    ...(isLocked === undefined ? [] : [isLocked ? sql`locked_at IS NOT NULL` : sql`locked_at IS NULL`]),
    ...(afterKey === undefined ? [] : [sql`username_key > ${afterKey}`]),
  ];
};

/** When the user in the row used a session last, of those that are stored. */
export const LAST_SEEN_AT = sql<Date | null>`(SELECT MAX(used_at) FROM sessions WHERE user_id = users.id)`.mapWith(
  users.createdAt,
);

/** The condition in a statement about `users`. */
export const listedUsers = (listed: ListedUsers): SQL => {
  const where = sql.join([sql`true`, ...conditionsOf(listed)], sql` AND `);
  const rows = sql`(SELECT rowid FROM users WHERE ${where} ORDER BY username_key LIMIT ${listed.limit})`;
  return inArray(sql`${users}.rowid`, rows);
};
