/** Token introspection (RFC 7662): whether an access token is good right now, and what it says. */
import { decodeJwt } from "jose";
import { type Claims, claimsSchema } from "#shared/contracts/access-token.ts";
import type { TokenType } from "#shared/contracts/kms.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { VerifiedToken, VerifyToken } from "./verified-token.ts";

/** RFC 7662 §2.2; about a token that is not good, or not the asker's business, nothing is said. */
export type Introspection = { active: false } | ({ active: true; token_type: TokenType } & Claims);

/**
 * Who asks: a service, which may be shown any token; or a user, or a service that acts for them, who may ask about
 * the user's own and, with the right to administer, about others'.
 */
export type Asker = Pick<VerifiedToken, "kind" | "subject" | "scopes">;

const mayKnow = (asker: Asker, claims: Claims): boolean =>
  asker.kind === "service" || asker.subject === claims.sub || asker.scopes.has("users:admin");

const INACTIVE: Introspection = { active: false };

export const introspect = async (
  verify: VerifyToken,
  token: string,
  asker: Asker,
): Promise<Result<Introspection, "trust-unavailable">> => {
  const verification = await verify(token);
  if (!verification.ok)
    return verification.error.kind === "trust-unavailable" ? failure("trust-unavailable") : success(INACTIVE);
  const claims = claimsSchema.parse(decodeJwt(token));
  const token_type = claims.cnf === undefined ? "Bearer" : "DPoP";
  return success(mayKnow(asker, claims) ? { active: true, token_type, ...claims } : INACTIVE);
};
