/**
 * Sessions that a browser carries on by a cookie, in the place of refresh tokens: opaque, `ftb_` and 256 bits, of which only a
 * keyed hash is stored. A cookie is worth what its session is, ends with it, and never leaves the gateway's pages.
 */
import type { IssuedToken } from "#shared/contracts/kms.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { IssueToken } from "../tokens/access-token.ts";
import type { RefreshTokens } from "./refresh-token.ts";
import { type DemandingRoles, entitlementOf } from "./role-step-up.ts";
import { isAlive, type OpenSession, type SessionStore } from "./session.ts";
import { grantOf } from "./session-grant.ts";

const SECRET_BYTES = 32;
const PATTERN = /^ftb_[\w-]{43}$/;
const MAC_CONTEXT = "browser-cookie";
/** That a session was used is written no more often. */
const USE_INTERVAL_MS = 60_000;

export interface BrowserCookieStore {
  /** The session of the cookie with this hash, alive or not. */
  find(cookieHash: string): Promise<OpenSession | undefined>;
  /** Consumes a refresh token for a cookie, once; false: it was consumed, or its session ended. */
  keep(kept: { refreshTokenHash: string; cookieHash: string; at: Date }, entry: AuditEntry): Promise<boolean>;
  /** Puts a cookie in the place of another; false: there is no such cookie of a session that has not ended. */
  replace(replaced: { cookieHash: string; successorHash: string; at: Date }): Promise<boolean>;
  /** Notes that the session was used. */
  touch(sessionId: string, at: Date): Promise<void>;
}

export interface BrowserSessions {
  /** Trades the unused refresh token of a session for a cookie, which carries the session on from now on. */
  keep(refreshToken: string): Promise<Result<string, "session-ended">>;
  /** An access token of the cookie's session as it is now, with all that its user may do. */
  exchange(cookie: string): Promise<Result<IssuedToken, "session-ended">>;
  /** A new cookie for the session, whose old one is of no use any more. */
  renew(cookie: string): Promise<Result<string, "session-ended">>;
}

export interface BrowserSessionsOptions {
  store: BrowserCookieStore;
  sessions: Pick<SessionStore, "findRefreshToken">;
  refreshTokens: Pick<RefreshTokens, "hashOf">;
  issueToken: IssueToken;
  recorder: AuditRecorder;
  stepUpForRoles: DemandingRoles;
  mac: (context: string, text: string) => string;
  randomBytes: RandomBytes;
  now: () => number;
}

export const createBrowserSessions = (options: BrowserSessionsOptions): BrowserSessions => {
  const { store, sessions, refreshTokens, issueToken, recorder, stepUpForRoles, mac, randomBytes, now } = options;

  const createCookie = (): string => `ftb_${Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url")}`;
  const hashOf = (cookie: string): string => mac(MAC_CONTEXT, cookie);

  return {
    keep: async (refreshToken) => {
      const refreshTokenHash = refreshTokens.hashOf(refreshToken);
      const stored = refreshTokenHash && (await sessions.findRefreshToken(refreshTokenHash));
      // A cookie proves no key.
      if (!stored || stored.session.jkt !== null || !isAlive(stored.session, now())) return failure("session-ended");
      const cookie = createCookie();
      const kept = { refreshTokenHash, cookieHash: hashOf(cookie), at: new Date(now()) };
      const event = { action: "token.refresh", outcome: "success", reason: "browser" } as const;
      const isKept = await recorder.change({ ...event, actor: stored.user.id, target: stored.session.id }, (entry) =>
        store.keep(kept, entry),
      );
      return isKept ? success(cookie) : failure("session-ended");
    },

    exchange: async (cookie) => {
      const found = PATTERN.test(cookie) ? await store.find(hashOf(cookie)) : undefined;
      const at = new Date(now());
      if (!found || !isAlive(found.session, at.getTime())) return failure("session-ended");
      const { id, usedAt } = found.session;
      if (at.getTime() - usedAt.getTime() >= USE_INTERVAL_MS) await store.touch(id, at);
      const { scope: _, ...issued } = await issueToken(grantOf(found, entitlementOf(found, stepUpForRoles), at));
      return success(issued);
    },

    renew: async (cookie) => {
      const successor = createCookie();
      const replaced = { cookieHash: hashOf(cookie), successorHash: hashOf(successor), at: new Date(now()) };
      return PATTERN.test(cookie) && (await store.replace(replaced)) ? success(successor) : failure("session-ended");
    },
  };
};
