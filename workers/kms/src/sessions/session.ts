/** A user's session: everything that one login led to, until it ends (RFC 9700 §4.14.2 calls it a token family). */
import type { Audience, Claims } from "#shared/contracts/access-token.ts";
import type { GrantedScope } from "#shared/contracts/rights.ts";
import type { Admission } from "../accounts/lockout.ts";
import type { EntitledUser, StoredEntitlement } from "../accounts/user.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import type { SeenDevice } from "./known-devices.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
export const SESSION_IDLE_LIMIT_MS = 14 * DAY_MS;
export const SESSION_ABSOLUTE_LIMIT_MS = 90 * DAY_MS;
/** Within this time of its use a refresh token may come back as often as it likes: tabs that refresh at once. */
export const CONCURRENT_REFRESH_MS = 10_000;

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
  /** The OAuth client that acts in it; `fountain` where users act themselves. */
  clientId: string;
  /** See `origin.ts`. */
  sealedOrigin: string | null;
  /** The session in which the user let the client in, and with which this one ends; `null`: with none. */
  parentId: string | null;
  /** What the user let the client do, and where it asked to; `null`: all that they may, everywhere. */
  grantedScopes: GrantedScope[] | null;
  audiences: Audience[] | null;
  /** The thumbprint of the key that its tokens are bound to (RFC 9449 §5). */
  jkt: string | null;
}

/** A session with the user it belongs to, and what they may do. */
export interface OpenSession extends EntitledUser {
  session: Session;
}

export interface StoredRefreshToken extends OpenSession {
  hash: string;
  consumedAt: Date | null;
  successorHash: string | null;
  isSuccessorConsumed: boolean;
  /** When it was issued again because the response with it seemed lost: two may hold it since. */
  handedOutAgainAt: Date | null;
}

/** A session that a login opens. */
export interface NewSession {
  session: Session;
  refreshTokenHash: string;
  /** When the password that was checked had been set. */
  passwordChangedAt: Date | null;
  /** Stored with it, whether the session can be opened or not. */
  admission: Admission;
  device: SeenDevice;
}

export interface SessionRotation {
  hash: string;
  successorHash: string;
  at: Date;
}

/** Where a list of sessions continues: after this one. */
export type SessionPosition = Pick<Session, "id" | "createdAt">;

/** Sessions not used, or created, since these instants have expired. */
export interface AliveSince {
  unusedSince: Date;
  createdBefore: Date;
}

/** A token for one request that its holder is to present, once. */
export interface RequestGrant {
  /** The token's `jti`. */
  tokenId: string;
  sessionId: string;
  expiresAt: Date;
}

export interface SessionStore {
  find(id: string): Promise<OpenSession | undefined>;
  findRefreshToken(hash: string): Promise<StoredRefreshToken | undefined>;
  /** The sessions of a user that have not ended nor expired, the latest login first. */
  list(userId: string, alive: AliveSince, limit: number, after: SessionPosition | undefined): Promise<Session[]>;
  /** What the user may do as of now; `undefined`: they were locked, or their password changed, since it was checked. */
  insert(opened: NewSession, entry: AuditEntry): Promise<StoredEntitlement | undefined>;
  /** Consumes a refresh token for its successor, once; false: it was consumed, or its session ended, meanwhile. */
  rotateRefreshToken(rotation: SessionRotation, entry: AuditEntry): Promise<boolean>;
  /** Marks the unused successor as issued again; false: it was used, or the session ended, meanwhile. */
  repeatSuccessor(rotation: SessionRotation, entry: AuditEntry): Promise<boolean>;
  /** Binds a session to a key; false: it ended, or is bound to another. */
  bind(id: string, jkt: string): Promise<boolean>;
  /** Stores how the user authenticated; false: the session ended meanwhile. */
  raise(session: Session, entry: AuditEntry): Promise<boolean>;
  /** Stores that a token for one request may be presented, once; false: the session has ended. */
  addGrant(grant: RequestGrant): Promise<boolean>;
  /** Uses up such a token; false: there is none of this id, any more. */
  redeemGrant(tokenId: string, at: Date): Promise<boolean>;
  /** Ends a session and those of clients that end with it, and revokes their access tokens, in one transaction; false: it had ended, or never been. */
  end(id: string, at: Date, entry: AuditEntry): Promise<boolean>;
  /** Ends the sessions of a user but the one kept, and revokes their access tokens; false: there was none. */
  endAll(userId: string, keptId: string | undefined, at: Date, entry: AuditEntry): Promise<boolean>;
  /** Forgets sessions that ended or expired, consumed refresh tokens and unused grants, from before that instant. */
  purge(dead: AliveSince & { endedBefore: Date }): Promise<void>;
}

/**
 * What a refresh token that comes in is: `fresh`; `concurrent`, when another tab was quicker; `retried`, when the response
 * with its successor seems lost, because that one is still unused; or `reused`, when two hold what one should (RFC 9700
 * §4.14.2).
 *
 * A token that was itself issued again is not retried later: a thief and the owner who refresh alternately would otherwise
 * each look like the retry of the other for ever.
 */
export type RefreshTokenUse = "fresh" | "concurrent" | "retried" | "reused";

/** How a stored token is used by the caller who presents it now; `successorHash` is what its successor must be stored as. */
export const useOfRefreshToken = (
  stored: Pick<StoredRefreshToken, "consumedAt" | "successorHash" | "isSuccessorConsumed" | "handedOutAgainAt">,
  successorHash: string,
  nowMs: number,
): RefreshTokenUse => {
  if (stored.consumedAt === null) return "fresh";
  if (stored.isSuccessorConsumed || stored.successorHash !== successorHash) return "reused";
  if (nowMs < stored.consumedAt.getTime() + CONCURRENT_REFRESH_MS) return "concurrent";
  return stored.handedOutAgainAt === null ? "retried" : "reused";
};

/** Whether the session has not been ended, nor left idle for 14 days, nor grown older than 90. */
export const isAlive = (session: Session, nowMs: number): boolean =>
  session.endedAt === null && nowMs < endOfSession(session).getTime();

/** Keys sign only for a user who is present to touch them (WebAuthn Level 3 §7.2): `user` in RFC 8176. */
const KEYS = ["hwk", "swk"];

/** The methods of a session after one more factor; `mfa` says that there were several (RFC 8176 §2). */
export const withMethod = (amr: readonly string[], method: string): string[] => [
  ...new Set([...amr, method, ...(KEYS.includes(method) ? ["user"] : []), "mfa"]),
];

/** When the session expires if it is not used. */
export const endOfSession = ({ usedAt, createdAt }: Session): Date =>
  new Date(Math.min(usedAt.getTime() + SESSION_IDLE_LIMIT_MS, createdAt.getTime() + SESSION_ABSOLUTE_LIMIT_MS));
