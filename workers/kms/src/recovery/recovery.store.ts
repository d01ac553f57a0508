/** Recovered accounts in the database. */
import { releasing } from "../accounts/password-attempts.store.ts";
import { endSessions, IS_ADMIN } from "../accounts/users.store.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { consumeLink, voidPasswordLinks } from "../links/links.store.ts";
import { insertNotice } from "../mails/mails.store.ts";
import { insertFactorRemoval } from "./factor-removals.store.ts";
import type { RecoveryStore } from "./recovery.ts";

const SET_PASSWORD = `
  UPDATE users SET password_hash = ?, password_changed_at = ? WHERE id = ? AND ${IS_ADMIN} AND changes() > 0`;

export const createRecoveryStore = ({ client }: KmsDatabase): RecoveryStore => ({
  recover: async ({ linkId, userId, hash, at, release }, entry, notice) => {
    const [, set] = await client.batch(
      [
        consumeLink(linkId, at),
        { sql: SET_PASSWORD, args: [hash, at.getTime(), userId] },
        appendEntry(entry, "changed"),
        ...insertNotice(notice),
        insertFactorRemoval({ userId, before: at }, "password_hash = ?", hash),
        ...endSessions({ userId, keptId: null, at }, "password_hash = ?", hash),
        voidPasswordLinks(userId, "password_hash = ?", hash),
        ...releasing(release),
      ],
      "write",
    );
    return set?.rowsAffected === 1;
  },
});
