/** Sessions and their refresh tokens in the database. */
import { and, desc, eq, getTableColumns, gt, isNull, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { admitting } from "../accounts/password-attempts.store.ts";
import { entitledUserFrom, entitlementFrom, permissionsOfUser, selectEntitlement } from "../accounts/users.store.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { users } from "../db/schema/accounts.ts";
import { refreshTokens, sessions } from "../db/schema/sessions.ts";
import { HAS_FACTORS_TO_REMOVE } from "../recovery/factor-removals.store.ts";
import { endFirstLogin } from "../recovery/first-login-links.store.ts";
import { EARLIER_REVOCATION_COUNTS, insertRevocation } from "../tokens/revocations.store.ts";
import { forgetDevices, rememberDevice } from "./known-devices.store.ts";
import type { OpenSession, Session, SessionPosition, SessionStore } from "./session.ts";

interface JoinedRow {
  sessions: Session;
  users: typeof users.$inferSelect;
  permissions: string;
}

export const openSessionFrom = ({ sessions: session, users: user, permissions }: JoinedRow): OpenSession => ({
  session,
  ...entitledUserFrom(user, permissions),
});

/** What a session is read with. */
export const JOINED = {
  sessions: getTableColumns(sessions),
  users: getTableColumns(users),
  permissions: permissionsOfUser,
};

const successors = alias(refreshTokens, "successors");

/** A passkey that is to be removed opens none, even if twofa has not heard of that yet. */
const INSERT_SESSION = `
  INSERT INTO sessions (id, user_id, created_at, used_at, acr, amr, authenticated_at, client_id, sealed_origin)
  SELECT :id, id, :createdAt, :usedAt, :acr, :amr, :authenticatedAt, :clientId, :sealedOrigin FROM users
  WHERE id = :userId AND locked_at IS NULL AND password_changed_at IS :passwordChangedAt
    AND (:acr = 'aal1' OR NOT ${HAS_FACTORS_TO_REMOVE})`;

const INSERT_REFRESH_TOKEN = `
  INSERT INTO refresh_tokens (token_hash, session_id, issued_at) SELECT ?, id, created_at FROM sessions WHERE id = ?`;

const CONSUME = `
  UPDATE refresh_tokens SET consumed_at = ?, successor_hash = ?
  WHERE token_hash = ? AND consumed_at IS NULL
    AND EXISTS (SELECT 1 FROM sessions WHERE id = refresh_tokens.session_id AND ended_at IS NULL)`;

/** A token has but one successor, so that only the first request stores it. */
const INSERT_SUCCESSOR = `
  INSERT INTO refresh_tokens (token_hash, session_id, issued_at)
  SELECT successor_hash, session_id, consumed_at FROM refresh_tokens WHERE token_hash = ? AND successor_hash = ?
  ON CONFLICT (token_hash) DO NOTHING`;

const HAND_OUT_AGAIN = `
  UPDATE refresh_tokens SET handed_out_again_at = :at
  WHERE token_hash = :successorHash AND consumed_at IS NULL
    AND EXISTS (SELECT 1 FROM sessions WHERE id = refresh_tokens.session_id AND ended_at IS NULL)`;

/** The sessions of clients that end with this one. */
const REVOKE_CHILDREN = `
  INSERT INTO revocations (revoked_id, revoked_at)
  SELECT id, :at FROM sessions WHERE parent_id = :id AND ended_at IS NULL ${EARLIER_REVOCATION_COUNTS}`;

const END_CHILDREN = "UPDATE sessions SET ended_at = :at WHERE parent_id = :id AND ended_at IS NULL";

const EXPIRED = "used_at < :unusedSince OR created_at < :createdBefore";
const DEAD = `
  SELECT id FROM sessions
  WHERE ended_at < :endedBefore OR ${EXPIRED} OR parent_id IN (SELECT id FROM sessions WHERE ${EXPIRED})`;

const TOUCH_SESSION = `
  UPDATE sessions SET used_at = MAX(used_at, ?) WHERE id = (SELECT session_id FROM refresh_tokens WHERE token_hash = ?)`;

const OPEN_BUT_ONE = "user_id = :userId AND id IS NOT :keptId AND ended_at IS NULL";

const REVOKE_ALL = `
  INSERT INTO revocations (revoked_id, revoked_at)
  SELECT id, :at FROM sessions WHERE ${OPEN_BUT_ONE} ${EARLIER_REVOCATION_COUNTS}`;

const END_ALL = `UPDATE sessions SET ended_at = :at WHERE ${OPEN_BUT_ONE}`;

const isAfter = (position: SessionPosition | undefined) =>
  position && sql`(${sessions.createdAt}, ${sessions.id}) < (${position.createdAt.getTime()}, ${position.id})`;

export const createSessionStore = ({ orm, client }: KmsDatabase): SessionStore => ({
  find: async (id) => {
    const [row] = await orm
      .select(JOINED)
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(eq(sessions.id, id));
    return row && openSessionFrom(row);
  },
  findRefreshToken: async (hash) => {
    const [row] = await orm
      .select({ ...JOINED, token: getTableColumns(refreshTokens), successorConsumedAt: successors.consumedAt })
      .from(refreshTokens)
      .innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
      .innerJoin(users, eq(users.id, sessions.userId))
      .leftJoin(successors, eq(successors.tokenHash, refreshTokens.successorHash))
      .where(eq(refreshTokens.tokenHash, hash));
    if (!row) return undefined;
    const { consumedAt, successorHash, handedOutAgainAt } = row.token;
    const isSuccessorConsumed = row.successorConsumedAt !== null;
    return { ...openSessionFrom(row), hash, consumedAt, successorHash, isSuccessorConsumed, handedOutAgainAt };
  },
  list: (userId, { unusedSince, createdBefore }, limit, after) =>
    orm
      .select()
      .from(sessions)
      .where(
        and(
          eq(sessions.userId, userId),
          isNull(sessions.endedAt),
          gt(sessions.usedAt, unusedSince),
          gt(sessions.createdAt, createdBefore),
          isAfter(after),
        ),
      )
      .orderBy(desc(sessions.createdAt), desc(sessions.id))
      .limit(limit),
  insert: async ({ session, refreshTokenHash, passwordChangedAt, admission, device }, entry) => {
    const results = await client.batch(
      [
        {
          sql: INSERT_SESSION,
          args: {
            id: session.id,
            userId: session.userId,
            createdAt: session.createdAt.getTime(),
            usedAt: session.usedAt.getTime(),
            acr: session.acr,
            amr: JSON.stringify(session.amr),
            authenticatedAt: session.authenticatedAt.getTime(),
            clientId: session.clientId,
            sealedOrigin: session.sealedOrigin,
            passwordChangedAt: passwordChangedAt?.getTime() ?? null,
          },
        },
        appendEntry(entry, "changed"),
        { sql: INSERT_REFRESH_TOKEN, args: [refreshTokenHash, session.id] },
        ...admitting(admission, session.id),
        ...rememberDevice(device, session.id),
        ...endFirstLogin(session.id),
        selectEntitlement(session.userId),
      ],
      "write",
    );
    const row = results.at(-1)?.rows[0];
    return row && results[0]?.rowsAffected === 1 ? entitlementFrom(row) : undefined;
  },
  rotateRefreshToken: async ({ hash, successorHash, at }, entry) => {
    const [consumed] = await client.batch(
      [
        { sql: CONSUME, args: [at.getTime(), successorHash, hash] },
        appendEntry(entry, "changed"),
        { sql: INSERT_SUCCESSOR, args: [hash, successorHash] },
        { sql: TOUCH_SESSION, args: [at.getTime(), hash] },
      ],
      "write",
    );
    return consumed?.rowsAffected === 1;
  },
  repeatSuccessor: async ({ hash, successorHash, at }, entry) => {
    const [marked] = await client.batch(
      [
        { sql: HAND_OUT_AGAIN, args: { successorHash, at: at.getTime() } },
        appendEntry(entry, "changed"),
        { sql: TOUCH_SESSION, args: [at.getTime(), hash] },
      ],
      "write",
    );
    return marked?.rowsAffected === 1;
  },
  bind: async (id, jkt) => {
    const { rowsAffected } = await client.execute({
      sql: "UPDATE sessions SET jkt = :jkt WHERE id = :id AND ended_at IS NULL AND (jkt IS NULL OR jkt = :jkt)",
      args: { id, jkt },
    });
    return rowsAffected === 1;
  },
  raise: async ({ id, acr, amr, authenticatedAt }, entry) => {
    const [raised] = await client.batch(
      [
        {
          sql: "UPDATE sessions SET acr = ?, amr = ?, authenticated_at = ? WHERE id = ? AND ended_at IS NULL",
          args: [acr, JSON.stringify(amr), authenticatedAt.getTime(), id],
        },
        appendEntry(entry, "changed"),
      ],
      "write",
    );
    return raised?.rowsAffected === 1;
  },
  addGrant: async ({ tokenId, sessionId, expiresAt }) => {
    const { rowsAffected } = await client.execute({
      sql: `INSERT INTO request_grants (token_id, session_id, expires_at)
            SELECT ?, id, ? FROM sessions WHERE id = ? AND ended_at IS NULL`,
      args: [tokenId, expiresAt.getTime(), sessionId],
    });
    return rowsAffected === 1;
  },
  redeemGrant: async (tokenId, at) => {
    const { rowsAffected } = await client.execute({
      sql: `DELETE FROM request_grants WHERE token_id = ? AND expires_at > ?
              AND EXISTS (SELECT 1 FROM sessions WHERE id = request_grants.session_id AND ended_at IS NULL)`,
      args: [tokenId, at.getTime()],
    });
    return rowsAffected === 1;
  },
  end: async (id, at, entry) => {
    const [ended] = await client.batch(
      [
        { sql: "UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL", args: [at.getTime(), id] },
        appendEntry(entry, "changed"),
        insertRevocation(id, at),
        { sql: REVOKE_CHILDREN, args: { id, at: at.getTime() } },
        { sql: END_CHILDREN, args: { id, at: at.getTime() } },
      ],
      "write",
    );
    return ended?.rowsAffected === 1;
  },
  endAll: async (userId, keptId, at, entry) => {
    const args = { userId, keptId: keptId ?? null, at: at.getTime() };
    const [, ended] = await client.batch(
      [{ sql: REVOKE_ALL, args }, { sql: END_ALL, args }, appendEntry(entry, "changed")],
      "write",
    );
    return (ended?.rowsAffected ?? 0) > 0;
  },
  purge: async ({ endedBefore, unusedSince, createdBefore }) => {
    const dead = {
      endedBefore: endedBefore.getTime(),
      unusedSince: unusedSince.getTime(),
      createdBefore: createdBefore.getTime(),
    };
    await client.batch(
      [
        { sql: `DELETE FROM refresh_tokens WHERE session_id IN (${DEAD})`, args: dead },
        { sql: `DELETE FROM sessions WHERE id IN (${DEAD})`, args: dead },
        { sql: "DELETE FROM refresh_tokens WHERE consumed_at < ?", args: [unusedSince.getTime()] },
        forgetDevices(createdBefore),
        { sql: "DELETE FROM request_grants WHERE expires_at < ?", args: [endedBefore.getTime()] },
      ],
      "write",
    );
  },
});
