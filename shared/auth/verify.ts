/** Verifies access tokens (RFC 9068 §4, RFC 8725), remembering the ones already verified until they end. */
import { decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { claimsSchema, TOKEN_AUDIENCE, TOKEN_TYPE } from "../contracts/access-token.ts";
import { sha256 } from "../crypto/digest.ts";
import { type Principal, principalFrom } from "./claims.ts";
import { remember } from "./memory.ts";
import { type CurrentTrust, createTrustSource, type TrustSource, type TrustSourceOptions } from "./trust.ts";

/** What the kms may sign with; a token naming anything else, `none` above all, is refused (RFC 8725 §3.1). */
const ALGORITHMS = ["EdDSA", "ES256", "RS256"];
const MAX_REMEMBERED_TOKENS = 10_000;

/** Why a token was refused. The reason is for our log; the caller learns nothing but 401. */
export type Refusal = "malformed" | "unknown-key" | "expired" | "invalid" | "revoked" | "trust-unavailable";

export type Verification = { ok: true; principal: Principal } | { ok: false; reason: Refusal };

export type TokenVerifier = (token: string) => Promise<Verification>;

export interface VerifierOptions {
  issuer: string;
  trust: TrustSource;
  /** Milliseconds since the epoch. */
  now: () => number;
}

const refused = (reason: Refusal): Verification => ({ ok: false, reason });

const keyIdOf = (token: string): string | undefined => {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
};

const hasExpired = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_JWT_EXPIRED";

const verifySignature = async (token: string, trust: CurrentTrust, options: VerifierOptions): Promise<Verification> => {
  const kid = keyIdOf(token);
  if (kid === undefined) return refused("malformed");
  const jwk = trust.keys.find((key) => key.kid === kid);
  if (!jwk?.alg || !ALGORITHMS.includes(jwk.alg)) return refused("unknown-key");
  try {
    const { payload } = await jwtVerify(token, await importJWK(jwk), {
      algorithms: [jwk.alg],
      issuer: options.issuer,
      audience: TOKEN_AUDIENCE,
      typ: TOKEN_TYPE,
      requiredClaims: ["exp", "iat", "sub", "jti", "sid"],
      currentDate: new Date(options.now()),
    });
    const claims = claimsSchema.safeParse(payload);
    return claims.success ? { ok: true, principal: principalFrom(claims.data) } : refused("invalid");
  } catch (error) {
    return refused(hasExpired(error) ? "expired" : "invalid");
  }
};

/** A verifier with its own bounded memory. It never throws for a bad token. */
export const createTokenVerifier = (options: VerifierOptions): TokenVerifier => {
  const remembered = new Map<string, Principal>();
  let rememberedVersion = 0;

  return async (token) => {
    const trust = await options.trust();
    if (!trust) return refused("trust-unavailable");
    if (trust.version > rememberedVersion) {
      remembered.clear();
      rememberedVersion = trust.version;
    }
    const key = await sha256(token);
    const known = remembered.get(key);
    const verification: Verification = known
      ? { ok: true, principal: known }
      : await verifySignature(token, trust, options);
    if (!verification.ok) return verification;

    const { principal } = verification;
    const nowSeconds = options.now() / 1000;
    if (principal.expiresAtSeconds <= nowSeconds) {
      remembered.delete(key);
      return refused("expired");
    }
    const revokedAtSeconds = trust.revokedAtSeconds.get(principal.sessionId);
    if (revokedAtSeconds !== undefined && revokedAtSeconds <= nowSeconds) return refused("revoked");
    // Verified with keys that have been replaced meanwhile: good for this call, not to be remembered among the new ones.
    if (!known && trust.version === rememberedVersion) remember(remembered, MAX_REMEMBERED_TOKENS, key, principal);
    return verification;
  };
};

/** The settings that every worker reads for this. */
export interface VerifierSettings {
  PUBLIC_URL: string;
  REVOCATION_MAX_STALENESS_SECONDS: number;
}

/** The verifier of a worker with these settings, which learns from this kms what to trust. */
export const verifierOf = (
  settings: VerifierSettings,
  kms: TrustSourceOptions["kms"],
  now: () => number,
): TokenVerifier =>
  createTokenVerifier({
    issuer: settings.PUBLIC_URL,
    trust: createTrustSource({ kms, now, maxStalenessSeconds: settings.REVOCATION_MAX_STALENESS_SECONDS }),
    now,
  });
