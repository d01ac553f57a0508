/**
 * Trades API keys for access tokens at the kms, once each, and remembers the token, never the key: the memory is keyed by
 * the key's SHA-256. A remembered token is verified again at every use, so once a key is revoked, disabled or restricted
 * to other addresses, its token is refused and the kms is called again.
 */

import type { Principal } from "#shared/auth/claims.ts";
import type { KeyUses } from "#shared/auth/key-uses.ts";
import type { Refusal, TokenVerifier } from "#shared/auth/verify.ts";
import { ACCESS_TOKEN_TTL_SECONDS } from "#shared/contracts/access-token.ts";
import type { ExchangedApiKey, KmsRpc } from "#shared/contracts/kms.ts";
import { isAllowedFrom } from "#shared/contracts/networks.ts";
import { sha256 } from "#shared/lang/digest.ts";
import { createRecentMemory } from "#shared/lang/recent-memory.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { callingService } from "./key-usage.ts";

/** With their tokens some 25 MB. */
const MAX_REMEMBERED = 25_000;
/** As long as a token lives: one that is remembered saves the kms an exchange. */
const KEEP_TOKENS_MS = ACCESS_TOKEN_TTL_SECONDS * 1000;
/** A token is not used any more when it might end before the worker behind us has looked at it. */
const END_MARGIN_SECONDS = 30;
/** How long a refused key is not asked about again. */
const REFUSAL_MEMORY_MS = 2_000;

/** The holder of the key, and the token that it was exchanged for. */
export interface VerifiedCaller {
  principal: Principal;
  token: string;
}

/** `service`: whose the key is, where it is known for certain. */
interface RefusedKey {
  kind: "invalid-api-key" | "address-not-allowed";
  service: string | undefined;
}

export type ApiKeyVerification = Result<VerifiedCaller, Refusal | RefusedKey>;

/** `address`: where the key is used from; `undefined` if unknown. */
export type ApiKeyVerifier = (key: string, address: string | undefined) => Promise<ApiKeyVerification>;

export interface ApiKeyVerifierOptions {
  kms: Pick<KmsRpc, "exchangeApiKey">;
  verify: TokenVerifier;
  /** Where it is noted that a key was used. */
  uses: KeyUses;
  /** Milliseconds since the epoch. */
  now: () => number;
}

interface RememberedToken extends Pick<ExchangedApiKey, "keyId" | "allowedAddresses"> {
  token: string;
  usableUntilMs: number;
}

interface RememberedRefusal {
  service: string | undefined;
  untilMs: number;
}

/** A verifier with its own bounded memory. Throws `Unavailable` when the kms cannot be asked. */
export const createApiKeyVerifier = ({ kms, verify, uses, now }: ApiKeyVerifierOptions): ApiKeyVerifier => {
  const tokens = createRecentMemory<RememberedToken>({ max: MAX_REMEMBERED, keepMs: KEEP_TOKENS_MS, now });
  const refused = createRecentMemory<RememberedRefusal>({ max: MAX_REMEMBERED, keepMs: REFUSAL_MEMORY_MS, now });

  /** A token of the key is valid only from an address that the key allows. */
  const admit = async (remembered: RememberedToken, address: string | undefined): Promise<ApiKeyVerification> => {
    const { token, keyId, allowedAddresses } = remembered;
    const verification = await verify(token);
    if (!verification.ok) return verification;
    if (!isAllowedFrom(allowedAddresses, address))
      return failure("address-not-allowed", { service: callingService(verification.value) });
    uses.note(keyId);
    return success({ principal: verification.value, token });
  };

  const fromMemory = async (digest: string, address: string | undefined): Promise<ApiKeyVerification | undefined> => {
    const known = tokens.get(digest);
    if (!known) return undefined;
    const verification = known.usableUntilMs > now() ? await admit(known, address) : undefined;
    if (verification?.ok) return verification;
    if (verification?.error.kind === "trust-unavailable" || verification?.error.kind === "address-not-allowed")
      return verification;
    // Expired, revoked, or signed by a removed key: the kms decides whether the API key itself is still valid.
    tokens.delete(digest);
    return undefined;
  };

  const exchange = async (
    digest: string,
    key: string,
    address: string | undefined,
    refusalKey: string,
  ): Promise<ApiKeyVerification> => {
    const askedAtMs = now();
    const result = await kms.exchangeApiKey(key);
    if (!result.ok) {
      switch (result.error.kind) {
        case "blocked":
          throw tooOften(result.error.retryAfterSeconds);
        case "invalid":
          refused.set(refusalKey, { service: result.error.service, untilMs: now() + REFUSAL_MEMORY_MS });
          return failure("invalid-api-key", { service: result.error.service });
      }
    }
    const { accessToken: token, expiresInSeconds, keyId, allowedAddresses } = result.value;
    const usableUntilMs = askedAtMs + (expiresInSeconds - END_MARGIN_SECONDS) * 1000;
    const exchanged = { token, keyId, allowedAddresses, usableUntilMs };
    const verification = await admit(exchanged, address);
    if (verification.ok) tokens.set(digest, exchanged);
    return verification;
  };

  return async (key, address) => {
    const digest = await sha256(key);
    // A key may be refused for where it comes from, and good from elsewhere at the same time.
    const refusalKey = `${digest} ${address}`;
    const refusal = refused.get(refusalKey);
    if (refusal && refusal.untilMs > now()) return failure("invalid-api-key", { service: refusal.service });
    return (await fromMemory(digest, address)) ?? exchange(digest, key, address, refusalKey);
  };
};
