/** Authorizations in the database. What may happen once is decided by the first statement of a transaction. */
import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { authorizationCodes, authorizationRequests, consents } from "../db/schema/oauth.ts";
import { upstreamScopes } from "../db/schema/scopes.ts";
import { sessions } from "../db/schema/sessions.ts";
import type { AuthorizationStore } from "./authorization.ts";
import { INSERT_REFRESH_TOKEN, openClientSession } from "./client-sessions.store.ts";

/** Of the questions that wait for a session, all but the latest. */
const FORGET_OLDER = `
  DELETE FROM authorization_requests WHERE session_id = :sessionId AND token_hash NOT IN (
    SELECT token_hash FROM authorization_requests WHERE session_id = :sessionId ORDER BY expires_at DESC LIMIT :keep)`;

const INSERT_CODE = `
  INSERT INTO authorization_codes
    (code_hash, client_id, session_id, redirect_uri, code_challenge, scopes, audiences, nonce, expires_at)
  SELECT :codeHash, :clientId, id, :redirectUri, :codeChallenge, :scopes, :audiences, :nonce, :expiresAt
  FROM sessions WHERE id = :sessionId AND ended_at IS NULL
    AND EXISTS (SELECT 1 FROM oauth_clients WHERE id = :clientId)
    AND (:pushedHash IS NULL OR EXISTS
      (SELECT 1 FROM authorization_requests WHERE token_hash = :pushedHash AND kind = 'pushed' AND expires_at > :at))`;

const FORGET_PUSHED = `
  DELETE FROM authorization_requests WHERE token_hash = :pushedHash
    AND EXISTS (SELECT 1 FROM authorization_codes WHERE code_hash = :codeHash)`;

/** The right sides are the values before. */
const BEGIN_PUSHED = `
  UPDATE authorization_requests SET
    begun_at = COALESCE(begun_at, :at), expires_at = CASE WHEN begun_at IS NULL THEN :keptUntil ELSE expires_at END
  WHERE token_hash = :tokenHash AND kind = 'pushed' AND client_id = :clientId AND expires_at > :at
  RETURNING parameters, begun_at`;

const pushedRow = z.object({ parameters: z.string(), begun_at: z.number() });
const storedParameters = z.array(z.tuple([z.string(), z.string()]));

/** Adds to what was granted before. */
const INSERT_CONSENT = `
  INSERT INTO consents (user_id, client_id, scopes, granted_at)
  SELECT sessions.user_id, :clientId, code.scopes, :at
  FROM authorization_codes AS code JOIN sessions ON sessions.id = code.session_id WHERE code.code_hash = :codeHash
  ON CONFLICT (user_id, client_id) DO UPDATE SET granted_at = excluded.granted_at, scopes = (
    SELECT json_group_array(value) FROM
      (SELECT value FROM json_each(consents.scopes) UNION SELECT value FROM json_each(excluded.scopes)))`;

const CONSUME = `
  UPDATE authorization_codes SET consumed_at = :at, opened_session_id = :openedSessionId
  WHERE code_hash = :codeHash AND consumed_at IS NULL AND expires_at > :at
    AND client_id = :clientId AND redirect_uri = :redirectUri AND code_challenge = :codeChallenge
    AND EXISTS (SELECT 1 FROM sessions WHERE id = authorization_codes.session_id AND ended_at IS NULL)`;

const OPEN_SESSION = openClientSession(`
  FROM authorization_codes AS granted JOIN sessions AS parent ON parent.id = granted.session_id
  WHERE granted.code_hash = :codeHash AND granted.opened_session_id = :openedSessionId`);

export const createAuthorizationStore = ({ orm, client }: KmsDatabase): AuthorizationStore => ({
  findConsent: async (userId, clientId) => {
    const [row] = await orm
      .select({ scopes: consents.scopes })
      .from(consents)
      .where(and(eq(consents.userId, userId), eq(consents.clientId, clientId)));
    return row?.scopes;
  },
  describeScopes: async (scopes) => {
    const rows = await orm
      .select({ scope: upstreamScopes.scope, description: upstreamScopes.description })
      .from(upstreamScopes)
      .where(sql`${upstreamScopes.scope} IN (SELECT value FROM json_each(${JSON.stringify(scopes)}))`);
    return new Map(rows.map(({ scope, description }) => [scope, description]));
  },
  ask: async ({ tokenHash, clientId, parameters, sessionId, pushedHash, expiresAt }, keep) => {
    await client.batch(
      [
        {
          sql: `INSERT INTO authorization_requests
                  (token_hash, kind, client_id, parameters, session_id, pushed_hash, expires_at)
                VALUES (?, 'asked', ?, ?, ?, ?, ?)`,
          args: [tokenHash, clientId, JSON.stringify(parameters), sessionId, pushedHash, expiresAt.getTime()],
        },
        { sql: FORGET_OLDER, args: { sessionId, keep } },
      ],
      "write",
    );
  },
  takeAsked: async (tokenHash, sessionId, at) => {
    const [row] = await orm
      .delete(authorizationRequests)
      .where(
        and(
          eq(authorizationRequests.tokenHash, tokenHash),
          eq(authorizationRequests.kind, "asked"),
          eq(authorizationRequests.sessionId, sessionId),
          sql`${authorizationRequests.expiresAt} > ${at.getTime()}`,
        ),
      )
      .returning();
    return row && { clientId: row.clientId, parameters: row.parameters, sessionId, pushedHash: row.pushedHash };
  },
  push: async (pushed) => {
    await orm.insert(authorizationRequests).values({ ...pushed, kind: "pushed" });
  },
  beginPushed: async (tokenHash, clientId, at, keptUntil) => {
    const args = { tokenHash, clientId, at: at.getTime(), keptUntil: keptUntil.getTime() };
    const { rows } = await client.execute({ sql: BEGIN_PUSHED, args });
    if (rows[0] === undefined) return undefined;
    const { parameters, begun_at } = pushedRow.parse({ ...rows[0] });
    return { parameters: storedParameters.parse(JSON.parse(parameters)), begunAt: new Date(begun_at) };
  },
  grant: async (code, { at, isConsented, pushedHash }, entry) => {
    const { codeHash, clientId, expiresAt, scopes, audiences, ...rest } = code;
    const args = {
      ...rest,
      codeHash,
      clientId,
      scopes: JSON.stringify(scopes),
      audiences: audiences && JSON.stringify(audiences),
      expiresAt: expiresAt.getTime(),
      pushedHash,
      at: at.getTime(),
    };
    const consent = { sql: INSERT_CONSENT, args: { codeHash, clientId, at: at.getTime() } };
    const [inserted] = await client.batch(
      [
        { sql: INSERT_CODE, args },
        appendEntry(entry, "changed"),
        ...(isConsented ? [consent] : []),
        { sql: FORGET_PUSHED, args: { pushedHash, codeHash } },
      ],
      "write",
    );
    return inserted?.rowsAffected === 1;
  },
  findCode: async (codeHash) => {
    const [row] = await orm
      .select({ code: authorizationCodes, userId: sessions.userId })
      .from(authorizationCodes)
      .innerJoin(sessions, eq(sessions.id, authorizationCodes.sessionId))
      .where(eq(authorizationCodes.codeHash, codeHash));
    return row && { ...row.code, userId: row.userId };
  },
  redeem: async ({ codeHash, at, openedSessionId, refreshTokenHash, sessionJkt, ...shown }, entry) => {
    const opened = { codeHash, openedSessionId };
    const { clientId, redirectUri, codeChallenge } = shown;
    const [consumed] = await client.batch(
      [
        { sql: CONSUME, args: { ...opened, clientId, redirectUri, codeChallenge, at: at.getTime() } },
        appendEntry(entry, "changed"),
        { sql: OPEN_SESSION, args: { ...opened, sessionJkt, sealedOrigin: null, at: at.getTime() } },
        { sql: INSERT_REFRESH_TOKEN, args: { openedSessionId, refreshTokenHash } },
      ],
      "write",
    );
    return consumed?.rowsAffected === 1;
  },
  purge: async (at, codesBefore) => {
    await client.batch(
      [
        { sql: "DELETE FROM authorization_requests WHERE expires_at < ?", args: [at.getTime()] },
        { sql: "DELETE FROM authorization_codes WHERE expires_at < ?", args: [codesBefore.getTime()] },
      ],
      "write",
    );
  },
});
