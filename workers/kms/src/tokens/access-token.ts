/** Issues access tokens (RFC 9068). */
import { SignJWT } from "jose";
import {
  ACCESS_TOKEN_TTL_SECONDS,
  type Audience,
  type Claims,
  MAX_TOKEN_CHARACTERS,
  TOKEN_AUDIENCE,
  TOKEN_TYPE,
  type UpstreamAudience,
} from "#shared/contracts/access-token.ts";
import type { IssuedToken } from "#shared/contracts/kms.ts";
import { detailsOf, type Purpose } from "#shared/contracts/purpose.ts";
import type { IdentityScope, Scope } from "#shared/contracts/rights.ts";
import type { SearchLimits } from "#shared/contracts/search.ts";
import type { Signer } from "./signing-key.ts";

/** Who gets the token, for what, and how they were authenticated. */
export interface Grant {
  subject: string;
  clientId: string;
  /** The session, or the API key: what ends the token when it ends. */
  sessionId: string;
  roles: readonly string[];
  scopes: readonly Scope[];
  /** What an application may learn of the subject: named in the token beside the scopes. */
  identityScopes?: readonly IdentityScope[];
  acr: Claims["acr"];
  amr: readonly string[];
  authenticatedAt: Date;
  /** When the rights in it were read, if not just now: a change since then voids it. */
  issuedAt?: Date;
  /** Restricts the token to searching these documents. */
  searchFilter?: string;
  searchLimits?: SearchLimits;
  /** Restricts the token to this one request. */
  purpose?: Purpose;
  /** Roles whose rights are not in it before a second factor was passed. */
  withheldRoles?: readonly string[];
  /** Says that the subject has no second factor. */
  factorless?: true;
  /** Says that scopes were left out on request. */
  narrowed?: true;
  /** Its `jti`, where the caller has to know it. */
  tokenId?: string;
  /** The workers that accept it, or the upstream; by default all workers. */
  audiences?: readonly (Audience | UpstreamAudience)[];
  /** The thumbprint of the key that it is bound to. */
  jkt?: string;
  /** The service that acts for the subject, and the key it showed. */
  actor?: { subject: string; sessionId: string };
}

/** A token, and the scopes it carries as a space-separated list. */
export interface ScopedToken extends IssuedToken {
  scope: string;
}

/**
 * The token would be refused wherever it is shown. It takes more roles or scopes than can be granted, or what a service
 * shares with a user, of which both have a lot.
 */
export class TokenTooLong extends Error {
  constructor() {
    super(`an access token would have more than ${MAX_TOKEN_CHARACTERS} characters`);
  }
}

/** Rejects with `TokenTooLong` rather than issue a token that every worker refuses. */
export type IssueToken = (grant: Grant, ttlSeconds?: number) => Promise<ScopedToken>;

export interface TokenIssuerOptions {
  issuer: string;
  signer: () => Promise<Signer>;
  now: () => number;
  createId: () => string;
}

export const toSeconds = (instant: Date | number): number => Math.floor(Number(instant) / 1000);

export const createTokenIssuer =
  ({ issuer, signer, now, createId }: TokenIssuerOptions): IssueToken =>
  async (grant, ttlSeconds = ACCESS_TOKEN_TTL_SECONDS) => {
    const { kid, algorithm, privateKey } = await signer();
    const nowSeconds = toSeconds(now());
    const [audience = TOKEN_AUDIENCE, ...others] = grant.audiences ?? [];
    const scope = [...(grant.identityScopes ?? []), ...grant.scopes].join(" ");
    const claims = {
      iss: issuer,
      aud: others.length === 0 ? audience : [audience, ...others],
      sub: grant.subject,
      exp: nowSeconds + ttlSeconds,
      iat: grant.issuedAt === undefined ? nowSeconds : toSeconds(grant.issuedAt),
      jti: grant.tokenId ?? createId(),
      sid: grant.sessionId,
      client_id: grant.clientId,
      roles: [...grant.roles],
      scope,
      acr: grant.acr,
      amr: [...grant.amr],
      auth_time: toSeconds(grant.authenticatedAt),
      ...(grant.jkt !== undefined && { cnf: { jkt: grant.jkt } }),
      ...(grant.actor !== undefined && { act: { sub: grant.actor.subject, sid: grant.actor.sessionId } }),
      ...(grant.searchFilter !== undefined && { search_filter: grant.searchFilter }),
      ...(grant.searchLimits !== undefined && { search_limits: grant.searchLimits }),
      ...(grant.purpose !== undefined && { authorization_details: detailsOf(grant.purpose) }),
      ...(grant.withheldRoles?.length && { withheld_roles: [...grant.withheldRoles] }),
      ...(grant.factorless && { factorless: grant.factorless }),
      ...(grant.narrowed && { narrowed: grant.narrowed }),
    } satisfies Omit<Claims, "aud"> & { aud: string | string[] };
    const accessToken = await new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, kid, typ: TOKEN_TYPE })
      .sign(privateKey);
    if (accessToken.length > MAX_TOKEN_CHARACTERS) throw new TokenTooLong();
    const tokenType = grant.jkt === undefined ? "Bearer" : "DPoP";
    return { accessToken, tokenType, expiresInSeconds: ttlSeconds, scope };
  };
