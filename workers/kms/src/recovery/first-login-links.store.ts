/** Links for the first login of an installation, in the database. */
import type { InStatement } from "@libsql/client";
import { IS_ADMIN } from "../accounts/users.store.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { insertLink, voidLinks } from "../links/links.store.ts";
import type { FirstLoginLinkStore } from "./first-login-links.ts";

const IS_EXPECTED = `(awaits_first_login = 1 AND password_changed_at IS NULL AND ${IS_ADMIN})`;

/** Changes a row, and nothing in it, if the administrator is still expected: what follows depends on it. */
const GATE = `UPDATE users SET locked_at = locked_at WHERE id = ? AND ${IS_EXPECTED}`;

const HAS_LOGGED_IN = `
  UPDATE users SET awaits_first_login = 0
  WHERE awaits_first_login = 1 AND id = (SELECT user_id FROM sessions WHERE id = ?)`;

const VOID = `
  DELETE FROM links
  WHERE changes() > 0 AND purpose = 'first-login' AND user_id = (SELECT user_id FROM sessions WHERE id = ?)`;

/** To stand in the batch that opens a session: its user has logged in by that, and needs no link for it any more. */
export const endFirstLogin = (sessionId: string): InStatement[] => [
  { sql: HAS_LOGGED_IN, args: [sessionId] },
  { sql: VOID, args: [sessionId] },
];

export const createFirstLoginLinkStore = ({ client }: KmsDatabase): FirstLoginLinkStore => ({
  expected: async () => {
    const { rows } = await client.execute(`SELECT id, username FROM users WHERE ${IS_EXPECTED} LIMIT 1`);
    const [row] = rows;
    return row && { id: String(row["id"]), username: String(row["username"]) };
  },
  insert: async (link, entry) => {
    const userId = link.userId ?? "";
    const [, inserted] = await client.batch(
      [
        { sql: GATE, args: [userId] },
        insertLink(link),
        appendEntry(entry, "changed"),
        voidLinks({ userId, purposes: ["first-login"], exceptId: link.id }, `${IS_EXPECTED} AND id = ?`, userId),
      ],
      "write",
    );
    return inserted?.rowsAffected === 1;
  },
});
