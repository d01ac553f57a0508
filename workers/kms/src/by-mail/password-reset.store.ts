/** Requests for a new password, and new passwords, in the database. */
import type { InStatement } from "@libsql/client";
import { forgetting, reserving } from "../accounts/password-attempts.store.ts";
import { endSessions } from "../accounts/users.store.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { consumeLink, insertLink, voidPasswordLinks } from "../links/links.store.ts";
import { insertMail, insertNotice } from "../mails/mails.store.ts";
import type { Authorship, PasswordResetStore } from "./password-reset.ts";

/** Changes a row if the statement before it did, and the letter is to be sent: what follows depends on it. */
const GATE = "UPDATE password_attempts SET failures = failures WHERE counter = :counter AND :isSent AND changes() > 0";

/** Roles that grant more by now were read before: this is about who they are. */
const CONSUME_OF_AUTHOR = `
  DELETE FROM links WHERE id = :linkId AND expires_at > :at
    AND EXISTS (SELECT 1 FROM users WHERE id = links.created_by AND locked_at IS NULL AND roles = :authorsRoles)
    AND EXISTS (SELECT 1 FROM users WHERE id = links.user_id AND roles = :usersRoles)`;

const consume = (linkId: string, at: Date, authorship: Authorship | undefined): InStatement =>
  authorship
    ? {
        sql: CONSUME_OF_AUTHOR,
        args: {
          linkId,
          at: at.getTime(),
          authorsRoles: JSON.stringify(authorship.authorsRoles),
          usersRoles: JSON.stringify(authorship.usersRoles),
        },
      }
    : consumeLink(linkId, at);

const SET_PASSWORD = `
  UPDATE users SET password_hash = ?, password_changed_at = ? WHERE id = ? AND locked_at IS NULL AND changes() > 0`;

export const createPasswordResetStore = ({ client }: KmsDatabase): PasswordResetStore => ({
  request: async ({ letter, isSent, counter }, entry) => {
    const [, gate] = await client.batch(
      [
        reserving([counter], letter.link.createdAt),
        { sql: GATE, args: { counter, isSent } },
        insertLink(letter.link),
        appendEntry(entry, "changed"),
        insertMail(letter.mail),
      ],
      "write",
    );
    return gate?.rowsAffected === 1;
  },
  setPassword: async ({ linkId, authorship, userId, hash, at, counters }, entry, notice) => {
    const atMs = at.getTime();
    const [, set] = await client.batch(
      [
        consume(linkId, at, authorship),
        { sql: SET_PASSWORD, args: [hash, atMs, userId] },
        appendEntry(entry, "changed"),
        ...insertNotice(notice),
        ...endSessions({ userId, keptId: null, at }, "password_hash = ?", hash),
        voidPasswordLinks(userId, "password_hash = ?", hash),
        forgetting(counters),
      ],
      "write",
    );
    return set?.rowsAffected === 1;
  },
});
