/** Links for administrators who lost password or factor, in the database. */
import { IS_ADMIN } from "../accounts/users.store.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { insertLink, voidLinks } from "../links/links.store.ts";
import { insertNotice } from "../mails/mails.store.ts";
import type { RecoveryLinkStore } from "./recovery-links.ts";

/** Changes a row, and nothing in it, if the user is an administrator who can log in: what follows depends on it. */
const GATE = `UPDATE users SET locked_at = locked_at WHERE id = ? AND ${IS_ADMIN}`;

export const createRecoveryLinkStore = ({ client }: KmsDatabase): RecoveryLinkStore => ({
  administrators: async (limit) => {
    const { rows } = await client.execute({
      sql: `SELECT username FROM users WHERE ${IS_ADMIN} ORDER BY created_at, id LIMIT ?`,
      args: [limit],
    });
    return rows.map(({ username }) => String(username));
  },
  insert: async (link, entry, notice) => {
    const userId = link.userId ?? "";
    const [, inserted] = await client.batch(
      [
        { sql: GATE, args: [userId] },
        insertLink(link),
        appendEntry(entry, "changed"),
        ...insertNotice(notice),
        voidLinks({ userId, purposes: ["recovery"], exceptId: link.id }, `${IS_ADMIN} AND id = ?`, userId),
      ],
      "write",
    );
    return inserted?.rowsAffected === 1;
  },
});
