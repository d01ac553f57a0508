/** Sessions: opened by a login, carried on by refresh tokens (RFC 9700 §4.14.2), raised by a second factor, ended. */
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import type { Elevation } from "#shared/contracts/kms.ts";
import { failure, type Result, success } from "#shared/contracts/result.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import type { Grant, IssueToken, ScopedToken } from "./access-token.ts";
import type { RefreshTokens } from "./refresh-token.ts";
import { scopesBeyond, scopesOfRoles } from "./rights.ts";
import {
  isAlive,
  type OpenSession,
  SESSION_ABSOLUTE_LIMIT_MS,
  SESSION_IDLE_LIMIT_MS,
  type Session,
  type SessionRepository,
  type StoredRefreshToken,
  withMethod,
} from "./session.ts";
import type { User } from "./user.ts";

/** A token raised for a single request lives this long. */
export const ONE_REQUEST_TTL_SECONDS = 60;
const DEAD_SESSION_RETENTION_MS = 24 * 60 * 60 * 1000;

export interface SessionTokens {
  sessionId: string;
  userId: string;
  access: ScopedToken;
  refreshToken: string;
}

export type RefreshFailure = "unknown" | "reused" | "session-ended" | "scope-exceeded";

export interface Sessions {
  open(user: User): Promise<SessionTokens>;
  /** Trades a refresh token for new tokens, with all scopes of the user's roles unless fewer are wanted. */
  refresh(token: string, wanted: readonly Scope[] | undefined): Promise<Result<SessionTokens, RefreshFailure>>;
  elevate(elevation: Elevation): Promise<Result<ScopedToken, "session-ended">>;
  end(sessionId: string): Promise<void>;
  purge(): Promise<void>;
}

export interface SessionsOptions {
  repository: SessionRepository;
  refreshTokens: RefreshTokens;
  issueToken: IssueToken;
  now: () => number;
  createId: () => string;
}

const grantOf = ({ session, user }: OpenSession, scopes: readonly Scope[]): Grant => ({
  subject: user.id,
  clientId: FIRST_PARTY_CLIENT,
  sessionId: session.id,
  roles: user.roles,
  scopes,
  acr: session.acr,
  amr: session.amr,
  authenticatedAt: session.authenticatedAt,
});

export const createSessions = (options: SessionsOptions): Sessions => {
  const { repository, refreshTokens, issueToken, now, createId } = options;

  const end = (sessionId: string): Promise<void> => repository.end(sessionId, new Date(now()));

  const endReused = async ({ session }: StoredRefreshToken): Promise<Result<never, "reused">> => {
    await end(session.id);
    return failure("reused");
  };

  return {
    end,
    open: async (user) => {
      const at = new Date(now());
      const session: Session = {
        id: createId(),
        userId: user.id,
        createdAt: at,
        usedAt: at,
        endedAt: null,
        acr: "aal1",
        amr: ["pwd"],
        authenticatedAt: at,
      };
      const { token, hash } = refreshTokens.create();
      await repository.insert(session, hash);
      const access = await issueToken(grantOf({ session, user }, scopesOfRoles(user.roles)));
      return { sessionId: session.id, userId: user.id, access, refreshToken: token };
    },
    refresh: async (token, wanted) => {
      const hash = refreshTokens.hashOf(token);
      const stored = hash === undefined ? undefined : await repository.findRefreshToken(hash);
      if (hash === undefined || !stored) return failure("unknown");
      if (!isAlive(stored.session, now())) return failure("session-ended");
      if (stored.isConsumed) return endReused(stored);
      const held = scopesOfRoles(stored.user.roles);
      if (wanted && scopesBeyond(wanted, new Set(held)).length > 0) return failure("scope-exceeded");

      const successor = refreshTokens.create();
      const isMine = await repository.rotateRefreshToken(hash, successor.hash, new Date(now()));
      if (!isMine) return endReused(stored);
      const access = await issueToken(grantOf(stored, wanted ?? held));
      return success({
        sessionId: stored.session.id,
        userId: stored.user.id,
        access,
        refreshToken: successor.token,
      });
    },
    elevate: async ({ sessionId, scopes, method, once }) => {
      const found = await repository.find(sessionId);
      if (!found || !isAlive(found.session, now())) return failure("session-ended");
      const session: Session = {
        ...found.session,
        acr: "aal2",
        amr: withMethod(found.session.amr, method),
        authenticatedAt: new Date(now()),
      };
      const held = new Set(scopesOfRoles(found.user.roles));
      const grant = grantOf(
        { session, user: found.user },
        scopes.filter((scope) => held.has(scope)),
      );
      if (once) return success(await issueToken(grant, ONE_REQUEST_TTL_SECONDS));
      const isRaised = await repository.raise(session);
      return isRaised ? success(await issueToken(grant)) : failure("session-ended");
    },
    purge: () =>
      repository.purge({
        endedBefore: new Date(now() - DEAD_SESSION_RETENTION_MS),
        unusedSince: new Date(now() - SESSION_IDLE_LIMIT_MS),
        createdBefore: new Date(now() - SESSION_ABSOLUTE_LIMIT_MS),
      }),
  };
};
