/** Sessions and their refresh tokens in the database. */
import { and, eq, isNull } from "drizzle-orm";
import type { OpenSession, Session, SessionRepository } from "../domain/session.ts";
import type { KmsDatabase } from "./connection.ts";
import { revokeSession } from "./revocations.ts";
import { refreshTokens, sessions, users } from "./schema.ts";
import { userFrom } from "./users.ts";

interface JoinedRow {
  sessions: Session;
  users: typeof users.$inferSelect;
}

const openSessionFrom = (row: JoinedRow): OpenSession => ({ session: row.sessions, user: userFrom(row.users) });

const INSERT_SESSION = `
  INSERT INTO sessions (id, user_id, created_at, used_at, acr, amr, authenticated_at) VALUES (?, ?, ?, ?, ?, ?, ?)`;

const INSERT_REFRESH_TOKEN = "INSERT INTO refresh_tokens (token_hash, session_id, issued_at) VALUES (?, ?, ?)";

const CONSUME = `
  UPDATE refresh_tokens SET consumed_at = ?, successor_hash = ?
  WHERE token_hash = ? AND consumed_at IS NULL
    AND EXISTS (SELECT 1 FROM sessions WHERE id = refresh_tokens.session_id AND ended_at IS NULL)`;

/** Only who consumed the token finds his successor named in it. */
const INSERT_SUCCESSOR = `
  INSERT INTO refresh_tokens (token_hash, session_id, issued_at)
  SELECT successor_hash, session_id, consumed_at FROM refresh_tokens WHERE token_hash = ? AND successor_hash = ?`;

const TOUCH_SESSION = `
  UPDATE sessions SET used_at = ? WHERE id = (SELECT session_id FROM refresh_tokens WHERE token_hash = ?)`;

export const createSessionRepository = ({ orm, client }: KmsDatabase): SessionRepository => ({
  find: async (id) => {
    const [row] = await orm
      .select()
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(eq(sessions.id, id));
    return row && openSessionFrom(row);
  },
  findRefreshToken: async (hash) => {
    const [row] = await orm
      .select()
      .from(refreshTokens)
      .innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(eq(refreshTokens.tokenHash, hash));
    return row && { ...openSessionFrom(row), isConsumed: row.refresh_tokens.consumedAt !== null };
  },
  insert: async (session, refreshTokenHash) => {
    const createdAt = session.createdAt.getTime();
    await client.batch(
      [
        {
          sql: INSERT_SESSION,
          args: [
            session.id,
            session.userId,
            createdAt,
            session.usedAt.getTime(),
            session.acr,
            JSON.stringify(session.amr),
            session.authenticatedAt.getTime(),
          ],
        },
        { sql: INSERT_REFRESH_TOKEN, args: [refreshTokenHash, session.id, createdAt] },
      ],
      "write",
    );
  },
  rotateRefreshToken: async (hash, successorHash, at) => {
    const [consumed] = await client.batch(
      [
        { sql: CONSUME, args: [at.getTime(), successorHash, hash] },
        { sql: INSERT_SUCCESSOR, args: [hash, successorHash] },
        { sql: TOUCH_SESSION, args: [at.getTime(), successorHash] },
      ],
      "write",
    );
    return consumed?.rowsAffected === 1;
  },
  raise: async ({ id, acr, amr, authenticatedAt }) => {
    const raised = await orm
      .update(sessions)
      .set({ acr, amr, authenticatedAt })
      .where(and(eq(sessions.id, id), isNull(sessions.endedAt)))
      .returning({ id: sessions.id });
    return raised.length === 1;
  },
  end: async (id, at) => {
    await client.batch(
      [
        { sql: "UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL", args: [at.getTime(), id] },
        revokeSession(id, at),
      ],
      "write",
    );
  },
  purge: async ({ endedBefore, unusedSince, createdBefore }) => {
    const dead = [endedBefore.getTime(), unusedSince.getTime(), createdBefore.getTime()];
    await client.batch(
      [
        {
          sql: `DELETE FROM refresh_tokens WHERE session_id IN
                  (SELECT id FROM sessions WHERE ended_at < ? OR used_at < ? OR created_at < ?)`,
          args: dead,
        },
        { sql: "DELETE FROM sessions WHERE ended_at < ? OR used_at < ? OR created_at < ?", args: dead },
        { sql: "DELETE FROM refresh_tokens WHERE consumed_at < ?", args: [unusedSince.getTime()] },
      ],
      "write",
    );
  },
});
