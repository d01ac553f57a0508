/** Sessions: opened by a login, carried on by refresh tokens (RFC 9700 §4.14.2), raised by a second factor, ended. */
import { type Audience, FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import type { Elevation, Factorless } from "#shared/contracts/kms.ts";
import { isGranted, type Scope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { scopesBeyond } from "../accounts/rights.ts";
import type { Credentials } from "../accounts/user.ts";
import type { AuditTrail } from "../audit/audit.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import type { Grant, IssueToken, ScopedToken } from "../tokens/access-token.ts";
import type { RefreshToken, RefreshTokens } from "./refresh-token.ts";
import { type DemandingRoles, type Entitlement, entitlementOf } from "./role-step-up.ts";
import {
  type AliveSince,
  isAlive,
  type OpenSession,
  type RefreshTokenUse,
  SESSION_ABSOLUTE_LIMIT_MS,
  SESSION_IDLE_LIMIT_MS,
  type Session,
  type SessionPosition,
  type SessionRepository,
  type StoredRefreshToken,
  useOfRefreshToken,
  withMethod,
} from "./session.ts";

/** A token raised for a single request lives this long. */
const ONE_REQUEST_TTL_SECONDS = 60;
const DEAD_SESSION_RETENTION_MS = 24 * 60 * 60 * 1000;

export interface SessionTokens {
  sessionId: string;
  userId: string;
  access: ScopedToken;
  refreshToken: string;
}

/** `concurrent` or `retried`: the same refresh token as before, with a new access token. */
export interface RefreshedTokens extends SessionTokens {
  use: RefreshTokenUse;
}

export type RefreshFailure = "unknown" | "reused" | "session-ended" | "scope-exceeded";

/** How a user was recognised who opens a session. */
export interface Login extends Pick<Session, "acr" | "amr"> {
  action: "login" | "login.passkey";
}

const BY_PASSWORD: Login = { action: "login", acr: "aal1", amr: ["pwd"] };

export interface Sessions {
  /** `superseded`: the user was locked, or his password changed, after he was recognised. */
  open(
    credentials: Pick<Credentials, "user" | "passwordChangedAt">,
    login?: Login,
  ): Promise<Result<SessionTokens, "superseded">>;
  /**
   * Trades a refresh token for new tokens: the access token with all scopes of the user's roles and for all workers, unless
   * fewer are wanted. The session stays whole.
   */
  refresh(
    token: string,
    wanted: readonly Scope[] | undefined,
    audiences?: readonly Audience[] | undefined,
  ): Promise<Result<RefreshedTokens, RefreshFailure>>;
  /** The session that a refresh token of ours belongs to, alive or not. */
  sessionOf(refreshToken: string): Promise<Session | undefined>;
  /** The user whose session this is, alive or not. */
  ownerOf(sessionId: string): Promise<string | undefined>;
  elevate(elevation: Elevation): Promise<Result<ScopedToken, "session-ended">>;
  /** A token for a request that is under way, which says that its user has no second factor. */
  attestFactorless(factorless: Factorless): Promise<Result<ScopedToken, "session-ended">>;
  /** Uses up a token for one request; false: it was used before, has expired, or cannot be presented. */
  redeemGrant(tokenId: string): Promise<boolean>;
  /** The sessions of a user that are alive, the latest login first. */
  list(userId: string, limit: number, after: SessionPosition | undefined): Promise<Session[]>;
  /** Ends a session of this user; false: he has none of this id. */
  endOwn(userId: string, sessionId: string, entry: AuditEntry): Promise<boolean>;
  /** false: it had ended before. */
  end(sessionId: string, entry: AuditEntry): Promise<boolean>;
  purge(): Promise<void>;
}

export interface SessionsOptions {
  repository: SessionRepository;
  refreshTokens: RefreshTokens;
  issueToken: IssueToken;
  audit: Pick<AuditTrail, "prepare">;
  /** Roles whose rights a session has only once it has passed a second factor. */
  stepUpForRoles: DemandingRoles;
  now: () => number;
  createId: () => string;
}

/** `scopes`: those of what the session may have that are wanted. `asOf`: when the rights were read, no earlier. */
const grantOf = (
  { session, user }: OpenSession,
  { roles, scopes: held, withheldRoles }: Entitlement,
  asOf: Date,
  scopes: readonly Scope[] = held,
): Grant => ({
  subject: user.id,
  clientId: FIRST_PARTY_CLIENT,
  sessionId: session.id,
  roles,
  scopes,
  ...(scopesBeyond(held, new Set(scopes)).length > 0 && { narrowed: true }),
  withheldRoles,
  acr: session.acr,
  amr: session.amr,
  authenticatedAt: session.authenticatedAt,
  issuedAt: asOf,
});

/**
 * The scopes after a second factor: those the caller's token has and, if it had all that it could have `before`, what was
 * withheld until now.
 */
const raisedScopes = (
  { scopes, rightsWithheld = false }: Elevation,
  before: Entitlement,
  after: Entitlement,
): Scope[] => {
  if (rightsWithheld && scopesBeyond(before.scopes, new Set(scopes)).length === 0) return after.scopes;
  const held = new Set(after.scopes);
  return scopes.filter((scope) => isGranted(scope, held));
};

export const createSessions = (options: SessionsOptions): Sessions => {
  const { repository, refreshTokens, issueToken, audit, stepUpForRoles, now, createId } = options;

  const expiry = (): AliveSince => ({
    unusedSince: new Date(now() - SESSION_IDLE_LIMIT_MS),
    createdBefore: new Date(now() - SESSION_ABSOLUTE_LIMIT_MS),
  });

  const end = (sessionId: string, entry: AuditEntry): Promise<boolean> =>
    repository.end(sessionId, new Date(now()), entry);

  const find = async (token: string): Promise<StoredRefreshToken | undefined> => {
    const hash = refreshTokens.hashOf(token);
    return hash === undefined ? undefined : repository.findRefreshToken(hash);
  };

  const endReused = async ({ session, user }: StoredRefreshToken): Promise<Result<never, "reused">> => {
    const entry = await audit.prepare({
      action: "session.end",
      outcome: "success",
      reason: "refresh-token-reused",
      actor: user.id,
      target: session.id,
    });
    await end(session.id, entry);
    return failure("reused");
  };

  /** The session as it was read before the successor was stored, or found stored; else why there is none. */
  const rotate = async (
    token: string,
    successor: RefreshToken,
    wanted: readonly Scope[] | undefined,
    asOf: Date,
  ): Promise<Result<{ stored: StoredRefreshToken; use: RefreshTokenUse }, RefreshFailure>> => {
    const stored = await find(token);
    if (!stored) return failure("unknown");
    if (!isAlive(stored.session, asOf.getTime())) return failure("session-ended");
    const use = useOfRefreshToken(stored, successor.hash, asOf.getTime());
    if (use === "reused") return endReused(stored);
    const { scopes } = entitlementOf(stored, stepUpForRoles);
    if (wanted && scopesBeyond(wanted, new Set(scopes)).length > 0) return failure("scope-exceeded");
    if (use === "concurrent") return success({ stored, use });

    const { session, user } = stored;
    const entry = await audit.prepare({
      action: "token.refresh",
      outcome: "success",
      reason: use === "retried" ? use : undefined,
      actor: user.id,
      target: session.id,
    });
    const rotation = { hash: stored.hash, successorHash: successor.hash, at: asOf };
    const isMine =
      use === "fresh"
        ? await repository.rotateRefreshToken(rotation, entry)
        : await repository.repeatSuccessor(rotation, entry);
    return isMine ? success({ stored, use }) : rotate(token, successor, wanted, asOf);
  };

  /** A token for one request; one that is to be presented is known before it is handed out. */
  const grantOnce = async (
    grant: Grant,
    { purpose, redeemable }: Extract<Elevation, { once: true }>,
  ): Promise<Result<ScopedToken, "session-ended">> => {
    const tokenId = createId();
    const expiresAt = new Date(now() + ONE_REQUEST_TTL_SECONDS * 1000);
    if (redeemable && !(await repository.addGrant({ tokenId, sessionId: grant.sessionId, expiresAt })))
      return failure("session-ended");
    return success(await issueToken({ ...grant, purpose, tokenId }, ONE_REQUEST_TTL_SECONDS));
  };

  return {
    end,
    list: (userId, limit, after) => repository.list(userId, expiry(), limit, after),
    endOwn: async (userId, sessionId, entry) => {
      const found = await repository.find(sessionId);
      return found?.user.id === userId && isAlive(found.session, now()) && end(sessionId, entry);
    },
    sessionOf: async (refreshToken) => (await find(refreshToken))?.session,
    ownerOf: async (sessionId) => (await repository.find(sessionId))?.user.id,
    open: async ({ user, passwordChangedAt }, { action, acr, amr } = BY_PASSWORD) => {
      const at = new Date(now());
      const session: Session = {
        id: createId(),
        userId: user.id,
        createdAt: at,
        usedAt: at,
        endedAt: null,
        acr,
        amr,
        authenticatedAt: at,
      };
      const { token, hash } = refreshTokens.create();
      const entry = await audit.prepare({
        action,
        outcome: "success",
        actor: user.id,
        target: session.id,
        personal: { userId: user.id, fields: { username: user.username } },
      });
      const isOpen = await repository.insert({ session, refreshTokenHash: hash, passwordChangedAt }, entry);
      const asOf = new Date(now());
      const opened = isOpen ? await repository.find(session.id) : undefined;
      if (!opened) return failure("superseded");
      const access = await issueToken(grantOf(opened, entitlementOf(opened, stepUpForRoles), asOf));
      return success({ sessionId: session.id, userId: user.id, access, refreshToken: token });
    },
    refresh: async (token, wanted, audiences) => {
      const successor = refreshTokens.successorOf(token);
      // When it came in counts: of many at once, the last one to have its turn is no later than the first.
      const asOf = new Date(now());
      const rotated = await rotate(token, successor, wanted, asOf);
      if (!rotated.ok) return rotated;
      const { stored, use } = rotated.value;
      const entitlement = entitlementOf(stored, stepUpForRoles);
      const grant = grantOf(stored, entitlement, asOf, wanted);
      const access = await issueToken(audiences === undefined ? grant : { ...grant, audiences });
      const { session, user } = stored;
      return success({ sessionId: session.id, userId: user.id, access, refreshToken: successor.token, use });
    },
    redeemGrant: (tokenId) => repository.redeemGrant(tokenId, new Date(now())),
    elevate: async (elevation) => {
      const { sessionId, method, audiences } = elevation;
      const at = new Date(now());
      const found = await repository.find(sessionId);
      if (!found || !isAlive(found.session, at.getTime())) return failure("session-ended");
      const session: Session = {
        ...found.session,
        acr: "aal2",
        amr: withMethod(found.session.amr, method),
        authenticatedAt: at,
      };
      const entitlement = entitlementOf({ ...found, session }, stepUpForRoles);
      const before = entitlementOf({ ...found, session: { acr: "aal1" } }, stepUpForRoles);
      const scopes = raisedScopes(elevation, before, entitlement);
      const grant = { ...grantOf({ ...found, session }, entitlement, at, scopes), audiences };
      if (elevation.once) return grantOnce(grant, elevation);
      const entry = await audit.prepare({
        action: "token.elevate",
        outcome: "success",
        reason: method,
        actor: found.user.id,
        target: sessionId,
      });
      const isRaised = await repository.raise(session, entry);
      return isRaised ? success(await issueToken(grant)) : failure("session-ended");
    },
    attestFactorless: async ({ sessionId, scopes, audiences, purpose }) => {
      const at = new Date(now());
      const found = await repository.find(sessionId);
      if (!found || !isAlive(found.session, at.getTime())) return failure("session-ended");
      const entitlement = entitlementOf(found, stepUpForRoles);
      const held = new Set(entitlement.scopes);
      const kept = scopes.filter((scope) => isGranted(scope, held));
      const grant = grantOf(found, entitlement, at, kept);
      return success(await issueToken({ ...grant, audiences, purpose, factorless: true }, ONE_REQUEST_TTL_SECONDS));
    },
    purge: () => repository.purge({ ...expiry(), endedBefore: new Date(now() - DEAD_SESSION_RETENTION_MS) }),
  };
};
