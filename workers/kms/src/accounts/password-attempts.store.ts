/** The counters of tried passwords, and the addresses users have logged in from, in the database. */
import type { InStatement, Row } from "@libsql/client";
import { and, eq, getTableColumns, gt, inArray, sql } from "drizzle-orm";
import type { KmsDatabase } from "../db/connection.ts";
import { knownAddresses, passwordAttempts, users } from "../db/schema/accounts.ts";
import {
  type Admission,
  type AttemptStore,
  type Count,
  FAILURES_REMEMBERED_MS,
  FIRST_DELAY_MS,
  FREE_ATTEMPTS,
  LONGEST_DELAY_MS,
  type Release,
} from "./lockout.ts";
import { credentialsFrom } from "./users.store.ts";

/** Doublings beyond this many make no longer delay. */
const MAX_DOUBLINGS = 10;
const listed = (name: string): string => `(SELECT value FROM json_each(:${name}))`;
const IS_OLD = `attempted_at <= :at - ${FAILURES_REMEMBERED_MS}`;
const FAILURES = `(CASE WHEN ${IS_OLD} THEN 1 ELSE failures + 1 END)`;
/** `delayAfter` of the domain, as the database computes it. */
const DELAY_MS = `MIN(${FIRST_DELAY_MS} << MIN(${FAILURES} - ${FREE_ATTEMPTS}, ${MAX_DOUBLINGS}), ${LONGEST_DELAY_MS})`;

/** One statement, and so all counters or none, however many try at once. */
const RESERVE = `
  INSERT INTO password_attempts (counter, failures, blocked_until, attempted_at)
  SELECT value, 1, 0, :at FROM json_each(:counters)
  WHERE NOT EXISTS (SELECT 1 FROM password_attempts WHERE counter IN ${listed("limits")} AND blocked_until > :at)
  ON CONFLICT (counter) DO UPDATE SET
    failures = ${FAILURES},
    blocked_until = CASE WHEN ${FAILURES} < ${FREE_ATTEMPTS} THEN 0 ELSE :at + ${DELAY_MS} END,
    attempted_at = :at
  RETURNING counter, failures, blocked_until`;

const READ = `
  SELECT failures, blocked_until FROM password_attempts
  WHERE counter IN ${listed("counters")} AND attempted_at > :at - ${FAILURES_REMEMBERED_MS}`;

/** A caller who was admitted had no delay to wait for: the current one is their own. */
const TAKE_BACK = `
  UPDATE password_attempts SET
    failures = MAX(failures - COALESCE((SELECT failures FROM password_attempts WHERE counter = :by), 1), 0),
    blocked_until = 0
  WHERE counter IN ${listed("reduced")}`;

const CLEAR = `DELETE FROM password_attempts WHERE counter IN ${listed("cleared")}`;

/** Counts one more with each of these counters, and gives them; changes no row, and gives none, when one does not allow it. */
export const reserving = (counters: readonly string[], at: Date): InStatement => {
  const listing = JSON.stringify(counters);
  return { sql: RESERVE, args: { limits: listing, counters: listing, at: at.getTime() } };
};

/** They begin again at zero. */
export const forgetting = (counters: readonly string[]): InStatement => ({
  sql: CLEAR,
  args: { cleared: JSON.stringify(counters) },
});

const countFrom = (row: Row): Count => ({
  failures: Number(row["failures"]),
  blockedUntilMs: Number(row["blocked_until"]),
});

/** Takes back what was counted. */
export const releasing = ({ cleared, reduced, by }: Release): InStatement[] => [
  { sql: TAKE_BACK, args: { reduced: JSON.stringify(reduced), by: by ?? null } },
  forgetting(cleared),
];

/** Where the user of a session has logged in from, if there is that session. */
const REMEMBER = `
  INSERT INTO known_addresses (user_id, place, used_at)
  SELECT user_id, value, created_at FROM sessions, json_each(?) WHERE sessions.id = ?
  ON CONFLICT (user_id, place) DO UPDATE SET used_at = MAX(used_at, excluded.used_at)`;

/** For the transaction that opens a session: takes the attempt back, and notes where it was made. */
export const admitting = ({ release, location }: Admission, sessionId: string): InStatement[] => [
  ...releasing(release),
  ...(location === undefined
    ? []
    : [{ sql: REMEMBER, args: [JSON.stringify([location.id, location.network]), sessionId] }]),
];

export const createAttemptStore = ({ client, orm }: KmsDatabase): AttemptStore => ({
  readLogin: async ({ usernameKey, location, knownSince, counters, at }) => {
    const isKnown = sql<number>`EXISTS (SELECT 1 FROM known_addresses
      WHERE user_id = ${users.id} AND place = ${location?.id ?? null} AND used_at > ${knownSince.getTime()})`;
    const { counter, failures, blockedUntil, attemptedAt } = passwordAttempts;
    const rememberedSince = new Date(at.getTime() - FAILURES_REMEMBERED_MS);
    const { place, usedAt } = knownAddresses;
    const [[user], [network], counts] = await orm.batch([
      orm
        .select({ row: getTableColumns(users), isKnown })
        .from(users)
        .where(eq(users.usernameKey, usernameKey)),
      orm
        .select({ place })
        .from(knownAddresses)
        .where(and(eq(place, location?.network ?? ""), gt(usedAt, knownSince)))
        .limit(1),
      orm
        .select({ counter, failures, blockedUntil })
        .from(passwordAttempts)
        .where(and(inArray(counter, [...counters]), gt(attemptedAt, rememberedSince))),
    ]);
    return {
      known: user && credentialsFrom(user.row),
      isKnown: user?.isKnown === 1,
      isKnownNetwork: network !== undefined,
      counts: counts.map((count) => ({ ...count, blockedUntilMs: count.blockedUntil.getTime() })),
    };
  },
  read: async (counters, at) => {
    const { rows } = await client.execute({
      sql: READ,
      args: { counters: JSON.stringify(counters), at: at.getTime() },
    });
    return rows.map(countFrom);
  },
  reserve: async (limits, tally, at) => {
    const counters = tally === undefined ? limits : [...limits, tally];
    const { rows } = await client.execute({
      sql: RESERVE,
      args: { limits: JSON.stringify(limits), counters: JSON.stringify(counters), at: at.getTime() },
    });
    return rows.length === 0 ? undefined : rows.filter((row) => row["counter"] !== tally).map(countFrom);
  },
  release: async (release) => {
    await client.batch(releasing(release), "write");
  },
  purge: async ({ attempts, locations }) => {
    await client.batch(
      [
        { sql: "DELETE FROM password_attempts WHERE attempted_at <= ?", args: [attempts.getTime()] },
        { sql: "DELETE FROM known_addresses WHERE used_at <= ?", args: [locations.getTime()] },
      ],
      "write",
    );
  },
});
