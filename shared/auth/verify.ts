/** Verifies access tokens (RFC 9068 §4, RFC 8725), remembering the ones already verified until they end. */

import { importJWK, type JWK, jwtVerify } from "jose";
import { claimsSchema, MAX_TOKEN_CHARACTERS, TOKEN_TYPE } from "../contracts/access-token.ts";
import { roleHolder, userHolder, userIdOf } from "../contracts/principal.ts";
import { sha256 } from "../lang/digest.ts";
import { createRecentMemory } from "../lang/recent-memory.ts";
import { failure, type Result, success } from "../lang/result.ts";
import { type Principal, principalFrom } from "./claims.ts";
import { type CurrentTrust, createTrustSource, EVERYONE, type TrustSource, type TrustSourceOptions } from "./trust.ts";
import { findVerificationKey, isShared, keyIdOf } from "./verification-key.ts";

const MAX_REMEMBERED_TOKENS = 100_000;
/** Of these the text is held too, of at most so many characters each: 10 MB. The others cost a digest a call. */
const MAX_TOKENS_AT_HAND = 10_000;
const MAX_CHARACTERS_AT_HAND = 1_024;
/** A token that pauses for longer is verified again, which costs less than its memory. */
const KEEP_TOKENS_MS = 2 * 60_000;

/** Why a token was refused. The reason is for our log; the caller learns nothing but 401. */
export type Refusal =
  | "malformed"
  | "unknown-key"
  | "expired"
  | "invalid"
  | "revoked"
  | "not-admitted"
  | "trust-unavailable";

export type Verification = Result<Principal, Refusal>;

export type TokenVerifier = (token: string) => Promise<Verification>;

export interface VerifierOptions {
  issuer: string;
  trust: TrustSource;
  /** Milliseconds since the epoch. */
  now: () => number;
}

const hasExpired = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_JWT_EXPIRED";

/** Of both kinds there are keys while `JWT_ALG` is being changed. */
const keySetsOf = ({ keys }: CurrentTrust): JWK[][] => [keys.filter((key) => !isShared(key)), keys.filter(isShared)];

const verifySignature = async (token: string, trust: CurrentTrust, options: VerifierOptions): Promise<Verification> => {
  const kid = keyIdOf(token);
  if (kid === undefined) return failure("malformed");
  const [key, ...others] = keySetsOf(trust).flatMap((keys) => findVerificationKey(keys, kid) ?? []);
  if (!key || others.length > 0) return failure("unknown-key");
  try {
    const { payload } = await jwtVerify(token, await importJWK(key.jwk), {
      algorithms: [key.algorithm],
      issuer: options.issuer,
      typ: TOKEN_TYPE,
      requiredClaims: ["aud", "exp", "iat", "sub", "jti", "sid"],
      currentDate: new Date(options.now()),
    });
    const claims = claimsSchema.safeParse(payload);
    return claims.success ? success(principalFrom(claims.data)) : failure("invalid");
  } catch (error) {
    return failure(hasExpired(error) ? "expired" : "invalid");
  }
};

/** Whether the session, the acting service's key or the token itself was revoked, or the holder lost a right since. */
const isRevoked = (principal: Principal, trust: CurrentTrust, nowSeconds: number): boolean => {
  const { sessionId, actorSessionId, tokenId, subject, roles, issuedAtSeconds } = principal;
  const isEnded = (id: string | undefined): boolean =>
    id !== undefined && (trust.revokedAtSeconds.get(id) ?? Number.POSITIVE_INFINITY) <= nowSeconds;
  if (isEnded(sessionId) || isEnded(actorSessionId) || isEnded(tokenId)) return true;
  const { issuedBeforeSeconds } = trust;
  if (issuedBeforeSeconds.size === 0) return false;
  const userId = userIdOf(subject);
  const holders = [EVERYONE, ...(userId === undefined ? [] : [userHolder(userId)]), ...roles.map(roleHolder)];
  return holders.some((holder) => issuedAtSeconds < (issuedBeforeSeconds.get(holder) ?? 0));
};

interface TokenMemory {
  find(token: string): Principal | undefined | Promise<Principal | undefined>;
  add(token: string, principal: Principal): Promise<void>;
  clear(): void;
}

/**
 * Verified tokens by their SHA-256, and those in most use by their text, which saves the digest: a tenth of what a call costs.
 * That gives nothing away. V8 finds a text by a hash with a secret seed and compares it only where the hashes are equal, so
 * that the time says nothing about how much of a guess is right; and what is guessed ends in a signature.
 */
const createTokenMemory = (now: () => number): TokenMemory => {
  const atHand = createRecentMemory<Principal>({ max: MAX_TOKENS_AT_HAND, keepMs: KEEP_TOKENS_MS, now });
  const byDigest = createRecentMemory<Principal>({ max: MAX_REMEMBERED_TOKENS, keepMs: KEEP_TOKENS_MS, now });
  const takeAtHand = (token: string, principal: Principal): void => {
    if (token.length <= MAX_CHARACTERS_AT_HAND) atHand.set(token, principal);
  };
  const findByDigest = async (token: string): Promise<Principal | undefined> => {
    const known = byDigest.get(await sha256(token));
    if (known) takeAtHand(token, known);
    return known;
  };
  return {
    find: (token) => atHand.get(token) ?? findByDigest(token),
    add: async (token, principal) => {
      takeAtHand(token, principal);
      byDigest.set(await sha256(token), principal);
    },
    clear: () => {
      atHand.clear();
      byDigest.clear();
    },
  };
};

/** A verifier with its own bounded memory. It never throws for a bad token, and remembers good ones only. */
export const createTokenVerifier = (options: VerifierOptions): TokenVerifier => {
  const remembered = createTokenMemory(options.now);
  let rememberedVersion = 0;

  return async (token) => {
    const trust = await options.trust();
    if (!trust) return failure("trust-unavailable");
    if (token.length > MAX_TOKEN_CHARACTERS) return failure("malformed");
    if (trust.version > rememberedVersion) {
      remembered.clear();
      rememberedVersion = trust.version;
    }
    const known = await remembered.find(token);
    const verification: Verification = known ? success(known) : await verifySignature(token, trust, options);
    if (!verification.ok) return verification;

    const { value: principal } = verification;
    const nowSeconds = options.now() / 1000;
    if (principal.expiresAtSeconds <= nowSeconds) return failure("expired");
    if (isRevoked(principal, trust, nowSeconds)) return failure("revoked");
    // Verified with keys that have been replaced meanwhile: good for this call, not to be remembered among the new ones.
    if (!known && trust.version === rememberedVersion) await remembered.add(token, principal);
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
