/** Access tokens of sessions after a second factor, and those of users who have none. */
import type { Elevation, Factorless, SessionToken } from "#shared/contracts/kms.ts";
import { isGranted, isUpstreamScope, type Scope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { scopesBeyond } from "../accounts/rights.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { Grant, IssueToken, ScopedToken } from "../tokens/access-token.ts";
import { type DemandingRoles, type Entitlement, entitlementOf } from "./role-step-up.ts";
import { isAlive, type OpenSession, type Session, type SessionStore, withMethod } from "./session.ts";
import { grantOf } from "./session-grant.ts";

/** A token raised for a single request lives this long. */
const ONE_REQUEST_TTL_SECONDS = 60;

export interface Elevations {
  elevate(elevation: Elevation): Promise<Result<ScopedToken, "session-ended">>;
  /** A token for a request that is under way, which says that its user has no second factor. */
  attestFactorless(factorless: Factorless): Promise<Result<ScopedToken, "session-ended">>;
  /** Uses up a token for one request; false: it was used before, has expired, or cannot be presented. */
  redeemGrant(tokenId: string): Promise<boolean>;
}

export interface ElevationsOptions {
  store: SessionStore;
  issueToken: IssueToken;
  recorder: AuditRecorder;
  /** Roles whose rights a session has only once it has passed a second factor. */
  stepUpForRoles: DemandingRoles;
  now: () => number;
  createId: () => string;
}

/**
 * The scopes of the caller's token that the session still has. A token that was not narrowed has all that its user may do,
 * and so what an upstream has declared since it was issued.
 */
const keptScopes = ({ scopes, narrowed }: SessionToken, { scopes: now }: Entitlement): Scope[] => {
  const [had, held] = [new Set(scopes), new Set(now)];
  const since = narrowed ? [] : now.filter((scope) => isUpstreamScope(scope) && !had.has(scope));
  return [...scopes.filter((scope) => isGranted(scope, held)), ...since];
};

/**
 * The scopes after a second factor: those the caller's token has and, if it had all that it could have `before`, what was
 * withheld until now.
 */
const raisedScopes = (elevation: Elevation, before: Entitlement, after: Entitlement): Scope[] => {
  const hadAll = scopesBeyond(before.scopes, new Set(keptScopes(elevation, before))).length === 0;
  return elevation.rightsWithheld === true && hadAll ? after.scopes : keptScopes(elevation, after);
};

export const createElevations = (options: ElevationsOptions): Elevations => {
  const { store, issueToken, recorder, stepUpForRoles, now, createId } = options;

  /** A token for one request; one that is to be presented is stored before it is issued. */
  const grantOnce = async (
    grant: Grant,
    { purpose, redeemable }: Extract<Elevation, { once: true }>,
  ): Promise<Result<ScopedToken, "session-ended">> => {
    const tokenId = createId();
    const expiresAt = new Date(now() + ONE_REQUEST_TTL_SECONDS * 1000);
    if (redeemable && !(await store.addGrant({ tokenId, sessionId: grant.sessionId, expiresAt })))
      return failure("session-ended");
    return success(await issueToken({ ...grant, purpose, tokenId }, ONE_REQUEST_TTL_SECONDS));
  };

  const elevate = async (
    elevation: Elevation,
    found: OpenSession | undefined,
  ): Promise<Result<ScopedToken, "session-ended">> => {
    const { sessionId, method, audiences } = elevation;
    const at = new Date(now());
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
    const event = { action: "token.elevate", outcome: "success", reason: method, target: sessionId } as const;
    const actor = found.user.id;
    if (elevation.once) {
      const granted = await grantOnce(grant, elevation);
      if (granted.ok) await recorder.record({ ...event, actor });
      return granted;
    }
    const isRaised = await recorder.change({ ...event, actor }, (entry) => store.raise(session, entry));
    return isRaised ? success(await issueToken(grant)) : failure("session-ended");
  };

  return {
    elevate: async (elevation) => {
      const { sessionId: target } = elevation;
      const found = await store.find(target);
      const elevated = await elevate(elevation, found);
      if (elevated.ok) return elevated;
      const { kind: reason } = elevated.error;
      await recorder.record({ action: "token.elevate", outcome: "failure", reason, actor: found?.user.id, target });
      return elevated;
    },
    attestFactorless: async (factorless) => {
      const { sessionId, audiences, purpose } = factorless;
      const at = new Date(now());
      const found = await store.find(sessionId);
      if (!found || !isAlive(found.session, at.getTime())) return failure("session-ended");
      const entitlement = entitlementOf(found, stepUpForRoles);
      const grant = grantOf(found, entitlement, at, keptScopes(factorless, entitlement));
      return success(await issueToken({ ...grant, audiences, purpose, factorless: true }, ONE_REQUEST_TTL_SECONDS));
    },
    redeemGrant: (tokenId) => store.redeemGrant(tokenId, new Date(now())),
  };
};
