/** The cookies of browsers in the database. */
import { eq } from "drizzle-orm";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { users } from "../db/schema/accounts.ts";
import { browserCookies } from "../db/schema/browser-cookies.ts";
import { sessions } from "../db/schema/sessions.ts";
import type { BrowserCookieStore } from "./browser-sessions.ts";
import { JOINED, openSessionFrom } from "./sessions.store.ts";

const INSERT_COOKIE = `
  INSERT INTO browser_cookies (cookie_hash, session_id, issued_at)
  SELECT ?, session_id, ? FROM refresh_tokens
  WHERE token_hash = ? AND consumed_at IS NULL
    AND EXISTS (SELECT 1 FROM sessions WHERE id = refresh_tokens.session_id AND ended_at IS NULL)`;

/** It has no successor: presented again, it was stolen. */
const CONSUME = `
  UPDATE refresh_tokens SET consumed_at = ?
  WHERE token_hash = ? AND consumed_at IS NULL AND EXISTS (SELECT 1 FROM browser_cookies WHERE cookie_hash = ?)`;

const REPLACE = `
  UPDATE browser_cookies SET cookie_hash = ?, issued_at = ?
  WHERE cookie_hash = ?
    AND EXISTS (SELECT 1 FROM sessions WHERE id = browser_cookies.session_id AND ended_at IS NULL)`;

export const createBrowserCookieStore = ({ orm, client }: KmsDatabase): BrowserCookieStore => ({
  find: async (cookieHash) => {
    const [row] = await orm
      .select(JOINED)
      .from(browserCookies)
      .innerJoin(sessions, eq(sessions.id, browserCookies.sessionId))
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(eq(browserCookies.cookieHash, cookieHash));
    return row && openSessionFrom(row);
  },
  keep: async ({ refreshTokenHash, cookieHash, at }, entry) => {
    const [kept] = await client.batch(
      [
        { sql: INSERT_COOKIE, args: [cookieHash, at.getTime(), refreshTokenHash] },
        appendEntry(entry, "changed"),
        { sql: CONSUME, args: [at.getTime(), refreshTokenHash, cookieHash] },
      ],
      "write",
    );
    return kept?.rowsAffected === 1;
  },
  replace: async ({ cookieHash, successorHash, at }) => {
    const { rowsAffected } = await client.execute({ sql: REPLACE, args: [successorHash, at.getTime(), cookieHash] });
    return rowsAffected === 1;
  },
  touch: async (sessionId, at) => {
    await client.execute({
      sql: "UPDATE sessions SET used_at = MAX(used_at, ?) WHERE id = ?",
      args: [at.getTime(), sessionId],
    });
  },
});
