/**
 * Tokens for upstreams: what the gateway trades a caller's token for, so that an upstream receives one that is good for
 * itself alone. It allows no more than the caller's token, and ends no later, and with the same session and key.
 */
import { isUpstreamAudience, TOKEN_AUDIENCE } from "#shared/contracts/access-token.ts";
import type { UpstreamTokenRequest } from "#shared/contracts/kms.ts";
import { serviceSubject } from "#shared/contracts/principal.ts";
import { isScope } from "#shared/contracts/rights.ts";
import { failure, type Result, success, type Tagged } from "#shared/lang/result.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { type Grant, type IssueToken, type ScopedToken, toSeconds } from "../tokens/access-token.ts";
import { ifItFits } from "../tokens/fitting-token.ts";
import type { VerifiedToken } from "./verified-token.ts";

const TTL_SECONDS = 5 * 60;
/** One that is issued lives at least so long, unless the caller's ends before. */
const MIN_TTL_SECONDS = 60;
/** Beyond the staleness of what is known of revocations: the key ring's memory, and whole seconds. */
const SLACK_SECONDS = 5;

/** What is read of the caller's token. */
export interface CallerToken extends VerifiedToken {
  acr: "aal1" | "aal2";
  /** The key of the service that acts for the subject. */
  actorSessionId?: string | undefined;
}

export type IssueUpstreamToken = (request: UpstreamTokenRequest) => Promise<Result<ScopedToken, "refused">>;

export interface UpstreamTokensOptions {
  verify: (token: string) => Promise<Result<CallerToken, Tagged>>;
  issueToken: IssueToken;
  /** How old what is known of revocations may be. */
  maxStalenessSeconds: number;
  now: () => number;
}

/** The same user or service, by the same means. */
const identityOf = (caller: CallerToken): Omit<Grant, "scopes"> => ({
  subject: caller.subject,
  clientId: caller.clientId,
  sessionId: caller.sessionId,
  roles: caller.roles,
  acr: caller.acr,
  amr: caller.amr,
  authenticatedAt: new Date(caller.authTimeSeconds * 1000),
  ...(caller.actorSessionId !== undefined && {
    actor: { subject: serviceSubject(caller.clientId), sessionId: caller.actorSessionId },
  }),
});

/** Whether the caller's token is good everywhere, or for calls of this upstream. */
const isGoodAt = ({ audiences }: CallerToken, resource: string): boolean =>
  audiences.some((audience) => audience === TOKEN_AUDIENCE || audience === resource);

/** Asks no database: callers wait for it in the middle of their request. Throws `Unavailable` without verification keys. */
export const createUpstreamTokens =
  ({ verify, issueToken, maxStalenessSeconds, now }: UpstreamTokensOptions): IssueUpstreamToken =>
  async ({ token, audience, resource, scopes }) => {
    if (!isUpstreamAudience(audience)) return failure("refused");
    const verification = await verify(token);
    if (!verification.ok) {
      if (verification.error.kind === "trust-unavailable") throw new Unavailable("the verification keys are not known");
      return failure("refused");
    }
    const { value: caller } = verification;
    if (caller.searchFilter !== undefined || !isGoodAt(caller, resource)) return failure("refused");
    const nowSeconds = toSeconds(now());
    // A change of rights since then may not be known yet: it voids this token, too, where it is known.
    const issuedAtSeconds = Math.max(caller.issuedAtSeconds, nowSeconds - maxStalenessSeconds - SLACK_SECONDS);
    const lifetimeEnd = Math.max(issuedAtSeconds + TTL_SECONDS, nowSeconds + MIN_TTL_SECONDS);
    const ttlSeconds = Math.min(caller.expiresAtSeconds, lifetimeEnd) - nowSeconds;
    if (ttlSeconds < 1) return failure("refused");
    const issued = await ifItFits(
      issueToken(
        {
          ...identityOf(caller),
          scopes: [...new Set(scopes)].filter(isScope).filter((scope) => caller.scopes.has(scope)),
          audiences: [audience],
          issuedAt: new Date(issuedAtSeconds * 1000),
        },
        ttlSeconds,
      ),
    );
    return issued.ok ? success(issued.value) : failure("refused");
  };
