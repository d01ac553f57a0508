/** The outbox in the database. */
import type { InStatement } from "@libsql/client";
import { and, asc, gt, isNotNull, lt, lte } from "drizzle-orm";
import type { KmsDatabase } from "../db/connection.ts";
import { mails } from "../db/schema/mails.ts";
import { COUNTED_FOR_MS, type MailStore, type StoredMail } from "./mails.ts";

const INSERT = `
  INSERT INTO mails (id, kind, user_id, destination_mac, sealed, created_at, expires_at, attempts, next_attempt_at)
  SELECT :id, :kind, :userId, :destinationMac, :sealed, :createdAtMs, :expiresAtMs, 0, :createdAtMs
  WHERE changes() > 0 AND (
    SELECT count(*) FROM mails WHERE destination_mac = :destinationMac AND kind = :kind AND created_at > :sinceMs
      AND (NOT :isOwn OR user_id = :userId)) < :max`;

/**
 * To stand in a batch right after the statement that decides, or the audit entry of that: only if that changed a row. Where too
 * many of its kind went to that mailbox of late, nothing is stored.
 */
export const insertMail = ({ createdAt, expiresAt, budget, ...mail }: StoredMail): InStatement => ({
  sql: INSERT,
  args: {
    ...mail,
    createdAtMs: createdAt.getTime(),
    expiresAtMs: expiresAt.getTime(),
    sinceMs: createdAt.getTime() - COUNTED_FOR_MS,
    ...budget,
  },
});

/** The same of a mail that only some have an address for. */
export const insertNotice = (notice: StoredMail | undefined): InStatement[] => (notice ? [insertMail(notice)] : []);

const SETTLE = `
  UPDATE mails SET sealed = NULL, next_attempt_at = NULL WHERE id IN (SELECT value FROM json_each(?))`;

const LOST = "sealed IS NOT NULL AND (expires_at <= :atMs OR (attempts >= :maxAttempts AND next_attempt_at <= :atMs))";
const SENT = "sealed IS NULL AND created_at <= :countedSinceMs";

/** Changes a row, and nothing in it: the mail that follows depends on that. */
const GATE: InStatement = "UPDATE revocation_counter SET position = position";

export const createMailStore = ({ orm, client }: KmsDatabase): MailStore => ({
  listDue: async (at, limit, maxAttempts) => {
    const rows = await orm
      .select()
      .from(mails)
      .where(
        and(
          lte(mails.nextAttemptAt, at),
          gt(mails.expiresAt, at),
          lt(mails.attempts, maxAttempts),
          isNotNull(mails.sealed),
        ),
      )
      .orderBy(asc(mails.nextAttemptAt))
      .limit(limit);
    return rows.flatMap(({ sealed, ...row }) => (sealed === null ? [] : [{ ...row, sealed }]));
  },
  claim: async (due) => {
    const results = await client.batch(
      due.map(({ id, attempts, nextAttemptAt }) => ({
        sql: `UPDATE mails SET attempts = attempts + 1, next_attempt_at = ?
              WHERE id = ? AND attempts = ? AND sealed IS NOT NULL`,
        args: [nextAttemptAt.getTime(), id, attempts],
      })),
      "write",
    );
    return new Set(due.flatMap(({ id }, at) => (results[at]?.rowsAffected === 1 ? [id] : [])));
  },
  insert: async (stored) => {
    if (stored.length > 0)
      await client.batch(
        stored.flatMap((mail) => [GATE, insertMail(mail)]),
        "write",
      );
  },
  settle: async (ids) => {
    await client.execute({ sql: SETTLE, args: [JSON.stringify(ids)] });
  },
  purge: async (at, maxAttempts) => {
    const atMs = at.getTime();
    const [lost] = await client.batch(
      [
        { sql: `DELETE FROM mails WHERE ${LOST}`, args: { atMs, maxAttempts } },
        { sql: `DELETE FROM mails WHERE ${SENT}`, args: { countedSinceMs: atMs - COUNTED_FOR_MS } },
      ],
      "write",
    );
    return lost?.rowsAffected ?? 0;
  },
});
