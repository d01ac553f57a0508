/** Sessions: opened by a login, carried on by refresh tokens (RFC 9700 §4.14.2), raised by a second factor, ended. */
import { type Audience, FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import type { RequestOrigin } from "#shared/contracts/mails.ts";
import type { IdentityScope, Scope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Admission } from "../accounts/lockout.ts";
import { scopesBeyond } from "../accounts/rights.ts";
import type { Credentials } from "../accounts/user.ts";
import type { ScopedToken } from "../tokens/access-token.ts";
import { ifItFits } from "../tokens/fitting-token.ts";
import { createElevations, type Elevations, type ElevationsOptions } from "./elevations.ts";
import type { RecogniseDevice } from "./known-devices.ts";
import type { Origins } from "./origin.ts";
import type { RefreshToken, RefreshTokens } from "./refresh-token.ts";
import { type Entitlement, entitlementOf } from "./role-step-up.ts";
import {
  type AliveSince,
  isAlive,
  type OpenSession,
  type RefreshTokenUse,
  SESSION_ABSOLUTE_LIMIT_MS,
  SESSION_IDLE_LIMIT_MS,
  type Session,
  type SessionPosition,
  type StoredRefreshToken,
  useOfRefreshToken,
} from "./session.ts";
import { grantOf, identityScopesIn, isGoodAt, scopesIn } from "./session-grant.ts";

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
  session: Session;
}

/** Who presents a refresh token, and what for. */
export interface RefreshRequest {
  /** The client that has authenticated; by default Fountain's own. */
  clientId?: string | undefined;
  scopes?: readonly Scope[] | undefined;
  identityScopes?: readonly IdentityScope[] | undefined;
  audiences?: readonly Audience[] | undefined;
  /** The key that was proven: the session is bound to it from now on, unless the client has authenticated. */
  jkt?: string | undefined;
  /** The client has proven by a secret who it is, so that no one else can use its refresh tokens (RFC 9449 §5). */
  isAuthenticated?: boolean;
}

/** `key-unproven`: the session is bound to a key, and no proof was sent; `other-key`: or one of another key. */
export type RefreshFailure =
  | "other-client"
  | "target-exceeded"
  | "unknown"
  | "reused"
  | "session-ended"
  | "scope-exceeded"
  | "key-unproven"
  | "other-key"
  | "token-too-long";

/** How a user was recognised who opens a session, and what that takes back of what was counted. */
export interface Login extends Pick<Session, "acr" | "amr"> {
  action: "login" | "login.passkey";
  origin: RequestOrigin;
  admission: Admission;
}

/** A session that has just been stored, and its first refresh token. */
export interface BegunSession extends OpenSession {
  refreshToken: string;
}

/** A session as it is shown: with where it was opened. */
export interface ListedSession extends Session {
  origin: RequestOrigin;
}

export interface Sessions extends Elevations {
  /**
   * Opens a session and stores the admission, in one transaction. `superseded`: the user was locked, or their password
   * changed, after they were authenticated; only the attempt is taken back then.
   */
  begin(
    credentials: Pick<Credentials, "user" | "passwordChangedAt" | "sealedVerifiedEmail">,
    login: Login,
  ): Promise<Result<BegunSession, "superseded">>;
  /** The first tokens of a session. */
  issue(begun: BegunSession): Promise<SessionTokens>;
  /**
   * Trades a refresh token for new tokens: the access token with all that the session can have, unless less is wanted. The
   * session stays whole.
   */
  refresh(token: string, wanted?: RefreshRequest): Promise<Result<RefreshedTokens, RefreshFailure>>;
  /** The session that a refresh token of ours belongs to, alive or not. */
  sessionOf(refreshToken: string): Promise<Session | undefined>;
  /** The sessions of a user that are alive, the latest login first. */
  list(userId: string, limit: number, after: SessionPosition | undefined): Promise<ListedSession[]>;
  /** Ends a session of this user; false: they have none of this id. */
  endOwn(userId: string, sessionId: string): Promise<boolean>;
  /** Ends a session of this user at the wish of the actor; false: they have none of this id. */
  endOne(userId: string, sessionId: string, actor: string): Promise<boolean>;
  /** Ends a session at its user's wish, or for a reason; false: it had ended before. */
  end(session: Pick<Session, "id" | "userId">, reason?: string): Promise<boolean>;
  /** Ends all sessions of a user but the one kept, at the wish of the actor; there may be none. */
  endAll(userId: string, actor: string, keptId?: string): Promise<void>;
  purge(): Promise<void>;
}

const logOutOf = (target: string, actor: string) =>
  ({ action: "user.log-out", outcome: "success", actor, target }) as const;

export interface SessionsOptions extends ElevationsOptions {
  refreshTokens: RefreshTokens;
  origins: Origins;
  recogniseDevice: RecogniseDevice;
}

/** What of it goes beyond the session; `undefined`: nothing. */
const beyondSession = (
  { session }: OpenSession,
  { scopes: held }: Entitlement,
  { scopes = [], identityScopes = [], audiences = [] }: RefreshRequest,
): "scope-exceeded" | "target-exceeded" | undefined => {
  const [allowed, known] = [new Set(scopesIn(session, held)), identityScopesIn(session)];
  if (scopesBeyond(scopes, allowed).length > 0) return "scope-exceeded";
  if (identityScopes.some((scope) => !known.includes(scope))) return "scope-exceeded";
  return isGoodAt(session, audiences) ? undefined : "target-exceeded";
};

const refreshOf = ({ session, user }: OpenSession) =>
  ({ action: "token.refresh", outcome: "success", actor: user.id, target: session.id }) as const;

export const createSessions = (options: SessionsOptions): Sessions => {
  const { store, refreshTokens, origins, recogniseDevice, issueToken, recorder, stepUpForRoles, now, createId } =
    options;

  const expiry = (): AliveSince => ({
    unusedSince: new Date(now() - SESSION_IDLE_LIMIT_MS),
    createdBefore: new Date(now() - SESSION_ABSOLUTE_LIMIT_MS),
  });

  const end = ({ id, userId: actor }: Pick<Session, "id" | "userId">, reason?: string): Promise<boolean> =>
    recorder.change({ action: "session.end", outcome: "success", reason, actor, target: id }, (entry) =>
      store.end(id, new Date(now()), entry),
    );

  const isTheirs = async (userId: string, sessionId: string): Promise<boolean> => {
    const found = await store.find(sessionId);
    return found?.user.id === userId && isAlive(found.session, now());
  };

  const find = async (token: string): Promise<StoredRefreshToken | undefined> => {
    const hash = refreshTokens.hashOf(token);
    return hash === undefined ? undefined : store.findRefreshToken(hash);
  };

  /** The session bound to the key that was proven; refuses where it is bound to another, or to one that was not proven. */
  const boundTo = async (
    stored: StoredRefreshToken,
    { jkt, isAuthenticated = false }: RefreshRequest,
  ): Promise<Result<StoredRefreshToken, "key-unproven" | "other-key">> => {
    const { session } = stored;
    if (isAuthenticated || session.jkt === (jkt ?? null)) return success(stored);
    if (jkt === undefined) return failure("key-unproven");
    const isBound = session.jkt === null && (await store.bind(session.id, jkt));
    return isBound ? success({ ...stored, session: { ...session, jkt } }) : failure("other-key");
  };

  /** The session as it was read before the successor was stored, or found stored; else why there is none. */
  const rotate = async (
    token: string,
    successor: RefreshToken,
    wanted: RefreshRequest,
    asOf: Date,
  ): Promise<Result<{ stored: StoredRefreshToken; use: RefreshTokenUse }, RefreshFailure>> => {
    const stored = await find(token);
    if (!stored) return failure("unknown");
    if (stored.session.clientId !== (wanted.clientId ?? FIRST_PARTY_CLIENT)) return failure("other-client");
    if (!isAlive(stored.session, asOf.getTime())) return failure("session-ended");
    const use = useOfRefreshToken(stored, successor.hash, asOf.getTime());
    if (use === "reused") {
      await end(stored.session, "refresh-token-reused");
      return failure("reused");
    }
    const beyond = beyondSession(stored, entitlementOf(stored, stepUpForRoles), wanted);
    if (beyond) return failure(beyond);
    const bound = await boundTo(stored, wanted);
    if (!bound.ok) return bound;
    if (use === "concurrent") return success({ stored: bound.value, use });

    const event = refreshOf(stored);
    const rotation = { hash: stored.hash, successorHash: successor.hash, at: asOf };
    const isMine =
      use === "fresh"
        ? await recorder.change(event, (entry) => store.rotateRefreshToken(rotation, entry))
        : await recorder.change({ ...event, reason: use }, (entry) => store.repeatSuccessor(rotation, entry));
    return isMine ? success({ stored: bound.value, use }) : rotate(token, successor, wanted, asOf);
  };

  const refresh = async (token: string, wanted: RefreshRequest): Promise<Result<RefreshedTokens, RefreshFailure>> => {
    const successor = refreshTokens.successorOf(token);
    // The instant of arrival counts: of many requests at once, the last to be served is no later than the first.
    const asOf = new Date(now());
    const rotated = await rotate(token, successor, wanted, asOf);
    if (!rotated.ok) return rotated;
    const { stored, use } = rotated.value;
    const { audiences, identityScopes, scopes, jkt } = wanted;
    const grant = grantOf(stored, entitlementOf(stored, stepUpForRoles), asOf, scopes);
    const issued = await ifItFits(
      issueToken({
        ...grant,
        ...(audiences && { audiences }),
        ...(identityScopes && { identityScopes }),
        ...(jkt !== undefined && { jkt }),
      }),
    );
    if (!issued.ok) return issued;
    if (use === "concurrent") await recorder.record({ ...refreshOf(stored), reason: use });
    return success({
      sessionId: stored.session.id,
      userId: stored.user.id,
      access: issued.value,
      refreshToken: successor.token,
      use,
      session: stored.session,
    });
  };

  return {
    ...createElevations(options),
    end,
    list: async (userId, limit, after) => origins.openAll(await store.list(userId, expiry(), limit, after)),
    endOwn: async (userId, id) => (await isTheirs(userId, id)) && end({ id, userId }),
    endOne: async (userId, id, actor) =>
      (await isTheirs(userId, id)) &&
      recorder.change(logOutOf(userId, actor), (entry) => store.end(id, new Date(now()), entry)),
    endAll: async (userId, actor, keptId) => {
      await recorder.change(logOutOf(userId, actor), (entry) => store.endAll(userId, keptId, new Date(now()), entry));
    },
    sessionOf: async (refreshToken) => (await find(refreshToken))?.session,
    begin: async ({ user, passwordChangedAt, sealedVerifiedEmail }, { action, acr, amr, admission, origin }) => {
      const at = new Date(now());
      const id = createId();
      const session: Session = {
        id,
        userId: user.id,
        createdAt: at,
        usedAt: at,
        endedAt: null,
        acr,
        amr,
        authenticatedAt: at,
        clientId: FIRST_PARTY_CLIENT,
        sealedOrigin: await origins.seal(id, origin),
        parentId: null,
        grantedScopes: null,
        audiences: null,
        jkt: null,
      };
      const device = await recogniseDevice({ user, sealedVerifiedEmail }, origin);
      const { token, hash } = refreshTokens.create();
      const event = {
        action,
        outcome: "success",
        actor: user.id,
        target: session.id,
        personal: { userId: user.id, fields: { username: user.username } },
      } as const;
      const entitlement = await recorder.change(event, (entry) =>
        store.insert({ session, refreshTokenHash: hash, passwordChangedAt, admission, device }, entry),
      );
      if (!entitlement) return failure("superseded");
      const { roles, ...rights } = entitlement;
      return success({ session, user: { ...user, roles }, ...rights, refreshToken: token });
    },
    issue: async ({ refreshToken, ...opened }) => {
      const { session, user } = opened;
      // The rights were read when the session was stored, and so no earlier than it was created.
      const grant = grantOf(opened, entitlementOf(opened, stepUpForRoles), session.createdAt);
      return { sessionId: session.id, userId: user.id, access: await issueToken(grant), refreshToken };
    },
    refresh: async (token, wanted = {}) => {
      const refreshed = await refresh(token, wanted);
      if (refreshed.ok) return refreshed;
      const concerns = (await find(token))?.session.userId;
      await recorder.record({ action: "token.refresh", outcome: "failure", reason: refreshed.error.kind, concerns });
      return refreshed;
    },
    purge: () => store.purge({ ...expiry(), endedBefore: new Date(now() - DEAD_SESSION_RETENTION_MS) }),
  };
};
