/**
 * Token exchange (RFC 8693): a service that was called with a user's token gets one of its own for them, narrowed to what
 * it needs. It never allows more, nor lives longer, than the one it was made of, and dies with it.
 */
import { ACCESS_TOKEN_TTL_SECONDS, type Audience, TOKEN_AUDIENCE } from "#shared/contracts/access-token.ts";
import { serviceSubject } from "#shared/contracts/principal.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { commonScopes, scopesBeyond } from "../accounts/rights.ts";
import { type ApiKey, endOfKey } from "../api-keys/api-key.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import { type IssueToken, type ScopedToken, toSeconds } from "../tokens/access-token.ts";
import { ifItFits } from "../tokens/fitting-token.ts";
import type { UpstreamScopes } from "../upstream-scopes/upstream-scopes.ts";
import type { VerifyToken } from "./verified-token.ts";

export interface Exchange {
  /** The key that the acting service has shown. */
  actor: ApiKey;
  subjectToken: string;
  /** Some of the subject token's; by default those that the key has too. */
  scopes: readonly Scope[] | undefined;
  /** Some of the subject token's audiences; by default all of them. */
  audiences: readonly Audience[] | undefined;
  /** The key that the acting service has proven to have. */
  jkt?: string | undefined;
}

export interface ExchangedToken {
  access: ScopedToken;
  userId: string;
}

export type ExchangeFailure =
  | "trust-unavailable"
  | "subject-invalid"
  | "subject-bound"
  | "subject-not-a-user"
  | "scope-exceeded"
  | "no-common-scope"
  | "target-exceeded"
  | "token-too-long";

export type ExchangeToken = (exchange: Exchange) => Promise<Result<ExchangedToken, ExchangeFailure>>;

export interface TokenExchangeOptions {
  /** Admits what is good at the token endpoint: no token for other workers, for one request or for searching only. */
  verify: VerifyToken;
  upstreamScopes: Pick<UpstreamScopes, "undeclared">;
  issueToken: IssueToken;
  recorder: AuditRecorder;
  now: () => number;
}

const exchangeWith =
  ({ verify, upstreamScopes, issueToken, now }: TokenExchangeOptions): ExchangeToken =>
  async ({ actor, subjectToken, scopes: wanted, audiences: targets, jkt }) => {
    const verification = await verify(subjectToken);
    if (!verification.ok)
      return failure(verification.error.kind === "trust-unavailable" ? "trust-unavailable" : "subject-invalid");
    const { value: principal } = verification;
    // Only the holder of its key may use it, and that is not the service.
    if (principal.jkt !== undefined) return failure("subject-bound");
    // What was exchanged already was narrowed for one purpose: it is not passed on.
    if (principal.kind !== "user") return failure("subject-not-a-user");
    const isBeyond = scopesBeyond(wanted ?? [], principal.scopes).length > 0;
    if (isBeyond || (await upstreamScopes.undeclared(wanted ?? [])).length > 0) return failure("scope-exceeded");
    const scopes = wanted ?? commonScopes(principal.scopes, actor.scopes);
    if (scopes.length === 0) return failure("no-common-scope");
    const audiences = targets ?? principal.audiences;
    const isGoodFor = new Set<Audience>(principal.audiences);
    if (!isGoodFor.has(TOKEN_AUDIENCE) && !audiences.every((audience) => isGoodFor.has(audience)))
      return failure("target-exceeded");
    const nowSeconds = toSeconds(now());
    const keyEndsAt = endOfKey(actor);
    const ttlSeconds = Math.min(
      ACCESS_TOKEN_TTL_SECONDS,
      principal.expiresAtSeconds - nowSeconds,
      keyEndsAt === null ? Number.POSITIVE_INFINITY : toSeconds(keyEndsAt) - nowSeconds,
    );
    if (ttlSeconds < 1) return failure("subject-invalid");
    const issued = await ifItFits(
      issueToken(
        {
          subject: principal.subject,
          clientId: actor.service,
          sessionId: principal.sessionId,
          roles: principal.roles,
          scopes,
          // A second factor was shown for what the user does in person.
          acr: "aal1",
          amr: principal.amr,
          authenticatedAt: new Date(principal.authTimeSeconds * 1000),
          issuedAt: new Date(principal.issuedAtSeconds * 1000),
          audiences,
          ...(jkt !== undefined && { jkt }),
          actor: { subject: serviceSubject(actor.service), sessionId: actor.sessionId },
        },
        ttlSeconds,
      ),
    );
    return issued.ok ? success({ access: issued.value, userId: principal.subject }) : issued;
  };

export const createTokenExchange = (options: TokenExchangeOptions): ExchangeToken => {
  const exchange = exchangeWith(options);
  return async (request) => {
    const exchanged = await exchange(request);
    const event = { action: "token.exchange", actor: serviceSubject(request.actor.service) } as const;
    if (exchanged.ok) await options.recorder.record({ ...event, outcome: "success", target: exchanged.value.userId });
    else if (exchanged.error.kind !== "trust-unavailable")
      await options.recorder.record({ ...event, outcome: "failure", reason: exchanged.error.kind });
    return exchanged;
  };
};
