/** Links in the database, and the statements by which others store and consume them in their own transactions. */
import type { InStatement } from "@libsql/client";
import { and, asc, eq, gt, inArray } from "drizzle-orm";
import type { KmsDatabase } from "../db/connection.ts";
import { links } from "../db/schema/links.ts";
import { insertMail, insertNotice } from "../mails/mails.store.ts";
import type { StoredMail } from "../mails/mails.ts";
import { type Letter, type LinkPurpose, type LinkStore, MAX_CODE_TRIES, type StoredLink } from "./links.ts";

const INSERT = `
  INSERT INTO links (id, purpose, token_hash, code_hash, user_id, created_by, sealed, created_at, expires_at)
  SELECT :id, :purpose, :tokenHash, :codeHash, :userId, :createdBy, :sealed, :createdAtMs, :expiresAtMs WHERE changes() > 0`;

/** To stand in a batch right after the statement that decides, or its audit entry: only if that changed a row. */
export const insertLink = ({ createdAt, expiresAt, ...link }: StoredLink): InStatement => ({
  sql: INSERT,
  args: { ...link, createdAtMs: createdAt.getTime(), expiresAtMs: expiresAt.getTime() },
});

/** The same, with the mail that carries it, after another mail. A mail that is one too many for its mailbox stays away. */
export const insertLetter = (letter: Letter | undefined, notice?: StoredMail): InStatement[] => [
  ...(letter ? [insertLink(letter.link)] : []),
  ...insertNotice(notice),
  ...(letter ? [insertMail(letter.mail)] : []),
];

/** Uses up a link. What it grants stands in the batch after it, on the condition that this changed a row. */
export const consumeLink = (id: string, at: Date): InStatement => ({
  sql: "DELETE FROM links WHERE id = ? AND expires_at > ?",
  args: [id, at.getTime()],
});

/** Voids the links of a user, but the one with this id, if the user is as the condition about `users` says. */
export const voidLinks = (
  { userId, purposes, exceptId = "" }: { userId: string; purposes: readonly LinkPurpose[]; exceptId?: string },
  condition: string,
  value: string | number,
): InStatement => ({
  sql: `DELETE FROM links WHERE user_id = ? AND purpose IN (SELECT value FROM json_each(?)) AND id <> ?
        AND EXISTS (SELECT 1 FROM users WHERE users.id = links.user_id AND ${condition})`,
  args: [userId, JSON.stringify(purposes), exceptId, value],
});

/** Voids all links by which someone could set the user's password, if the user is as the condition says. */
export const voidPasswordLinks = (userId: string, condition: string, value: string | number): InStatement =>
  voidLinks({ userId, purposes: ["password-reset", "recovery", "first-login"] }, condition, value);

/**
 * Compares a code with those of a user's links, and counts it with each that it does not fit. Gives the rows of links that can be
 * used, the one it fits with `fits` = 1. Does nothing unless the statement before it changed a row.
 */
export const tryCode = (
  { userId, purpose, codeHash }: { userId: string | null; purpose: LinkPurpose; codeHash: string },
  at: Date,
): InStatement => ({
  sql: `UPDATE links SET code_tries = code_tries + (code_hash <> :codeHash)
        WHERE changes() > 0 AND user_id = :userId AND purpose = :purpose AND code_hash IS NOT NULL
          AND code_tries < ${MAX_CODE_TRIES} AND expires_at > :at
        RETURNING id, code_hash = :codeHash AS fits`,
  args: { userId, purpose, codeHash, at: at.getTime() },
});

export const createLinkStore = ({ orm, client }: KmsDatabase): LinkStore => ({
  find: async (tokenHashes, at) => {
    const [link] = await orm
      .select()
      .from(links)
      .where(and(inArray(links.tokenHash, [...tokenHashes]), gt(links.expiresAt, at)));
    return link;
  },
  findById: async (id, at) => {
    const [link] = await orm
      .select()
      .from(links)
      .where(and(eq(links.id, id), gt(links.expiresAt, at)));
    return link;
  },
  list: (purpose, at, limit, afterId) =>
    orm
      .select()
      .from(links)
      .where(and(eq(links.purpose, purpose), gt(links.expiresAt, at), afterId ? gt(links.id, afterId) : undefined))
      .orderBy(asc(links.id))
      .limit(limit),
  purge: async (at) => {
    await client.execute({ sql: "DELETE FROM links WHERE expires_at <= ?", args: [at.getTime()] });
  },
});
