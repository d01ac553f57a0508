/** A user's session: everything that one login led to, until it ends (RFC 9700 §4.14.2 calls it a token family). */
import type { Claims } from "#shared/contracts/access-token.ts";
import type { User } from "./user.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
export const SESSION_IDLE_LIMIT_MS = 14 * DAY_MS;
export const SESSION_ABSOLUTE_LIMIT_MS = 90 * DAY_MS;

export interface Session {
  id: string;
  userId: string;
  createdAt: Date;
  /** The last login or refresh. */
  usedAt: Date;
  endedAt: Date | null;
  /** How the user authenticated: with one factor (`aal1`) or two, by which methods, and when last. */
  acr: Claims["acr"];
  amr: string[];
  authenticatedAt: Date;
}

/** A session with the user it belongs to. */
export interface OpenSession {
  session: Session;
  user: User;
}

export interface StoredRefreshToken extends OpenSession {
  isConsumed: boolean;
}

export interface SessionRepository {
  find(id: string): Promise<OpenSession | undefined>;
  findRefreshToken(hash: string): Promise<StoredRefreshToken | undefined>;
  insert(session: Session, refreshTokenHash: string): Promise<void>;
  /** Consumes a refresh token for its successor, once; false: it was consumed, or its session ended, meanwhile. */
  rotateRefreshToken(hash: string, successorHash: string, at: Date): Promise<boolean>;
  /** Stores how the user authenticated; false: the session ended meanwhile. */
  raise(session: Session): Promise<boolean>;
  /** Ends a session and revokes its access tokens, in one transaction. */
  end(id: string, at: Date): Promise<void>;
  /** Forgets sessions that ended or expired, and consumed refresh tokens, from before that instant. */
  purge(dead: { endedBefore: Date; unusedSince: Date; createdBefore: Date }): Promise<void>;
}

/** Whether the session has not been ended, nor left idle for 14 days, nor grown older than 90. */
export const isAlive = (session: Session, nowMs: number): boolean =>
  session.endedAt === null &&
  nowMs < session.usedAt.getTime() + SESSION_IDLE_LIMIT_MS &&
  nowMs < session.createdAt.getTime() + SESSION_ABSOLUTE_LIMIT_MS;

/** The methods of a session after one more factor; `mfa` says that there were several (RFC 8176 §2). */
export const withMethod = (amr: readonly string[], method: string): string[] => [...new Set([...amr, method, "mfa"])];
