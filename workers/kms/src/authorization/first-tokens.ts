/** The first access token of a session that was opened for a client. */
import type { Audience } from "#shared/contracts/access-token.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { type DemandingRoles, entitlementOf } from "../sessions/role-step-up.ts";
import type { OpenSession, SessionStore } from "../sessions/session.ts";
import { grantOf } from "../sessions/session-grant.ts";
import type { IssueToken, ScopedToken } from "../tokens/access-token.ts";
import { ifItFits } from "../tokens/fitting-token.ts";

/** What a client presents with whatever it trades for a session. */
export interface PresentedGrant {
  /** Has authenticated, or is public. */
  clientId: string;
  /** Of those that were asked for, where the access token shall be good. */
  audiences: readonly Audience[] | undefined;
  /** The key that was proven. */
  jkt: string | undefined;
  isAuthenticated: boolean;
}

/** The key that the session is bound to: the proven one, unless the client has authenticated by a secret (RFC 9449 §5). */
export const sessionKey = ({ jkt, isAuthenticated }: Pick<PresentedGrant, "jkt" | "isAuthenticated">): string | null =>
  isAuthenticated ? null : (jkt ?? null);

/** A session that a client has just got, and its tokens. */
export interface OpenedSession extends OpenSession {
  access: ScopedToken;
  refreshToken: string;
}

/** `audiences`: where the token shall be good, of those of the session; `jkt`: the key that was proven. */
export type FirstTokens = (
  sessionId: string,
  at: Date,
  wanted: { audiences: readonly Audience[] | undefined; jkt: string | undefined },
) => Promise<Result<Omit<OpenedSession, "refreshToken">, "unknown" | "token-too-long">>;

export interface FirstTokensOptions {
  storedSessions: Pick<SessionStore, "find">;
  issueToken: IssueToken;
  stepUpForRoles: DemandingRoles;
}

export const createFirstTokens =
  ({ storedSessions, issueToken, stepUpForRoles }: FirstTokensOptions): FirstTokens =>
  async (sessionId, at, { audiences, jkt }) => {
    const open = await storedSessions.find(sessionId);
    if (!open) return failure("unknown");
    const grant = grantOf(open, entitlementOf(open, stepUpForRoles), at);
    const issued = await ifItFits(
      issueToken({ ...grant, ...(audiences && { audiences }), ...(jkt !== undefined && { jkt }) }),
    );
    return issued.ok ? success({ ...open, access: issued.value }) : issued;
  };
