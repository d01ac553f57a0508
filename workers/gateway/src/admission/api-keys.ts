/**
 * Trades API keys for access tokens at the kms, once each, and remembers the token, never the key: the memory is keyed by
 * the key's SHA-256. A remembered token is verified again at every use, so once a key is revoked, disabled or restricted
 * to other addresses, its token is refused and the kms is called again.
 *
 * Of calls that come at once with a key that is not remembered, one exchanges it. The others look for what comes of that by
 * timers of their own: none wakes another (see docs/adr/0010).
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
import { sleep } from "#shared/lang/sleep.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
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
/** After that an exchange is taken to be lost, as the runtime may have ended the call that asked: another call asks. */
const LOST_AFTER_MS = 1_000;
/** How long a call waits for exchanges of others: as long as the kms is waited for. */
const WAIT_MS = 4_000;
const LOOK_MS = 20;

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

interface UsedKey {
  digest: string;
  key: string;
  /** `undefined`: it is not known. */
  address: string | undefined;
  /** The key at this address. */
  refusalKey: string;
}

/** An exchange that is under way. */
interface Exchange {
  lostAtMs: number;
  hasEnded: boolean;
}

/** A verifier with its own bounded memory. Throws `Unavailable` when the kms cannot be asked. */
export const createApiKeyVerifier = ({ kms, verify, uses, now }: ApiKeyVerifierOptions): ApiKeyVerifier => {
  const tokens = createRecentMemory<RememberedToken>({ max: MAX_REMEMBERED, keepMs: KEEP_TOKENS_MS, now });
  /** By key and address: a thief's exchanges elsewhere hold no one up. */
  const underway = createRecentMemory<Exchange>({ max: MAX_REMEMBERED, keepMs: LOST_AFTER_MS, now });
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

  const exchange = async ({ digest, key, address, refusalKey }: UsedKey): Promise<ApiKeyVerification> => {
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

  /** Exchanges the key for itself, and for those who wait for it. */
  const exchangeForAll = async (used: UsedKey): Promise<ApiKeyVerification> => {
    const { refusalKey } = used;
    const own: Exchange = { lostAtMs: now() + LOST_AFTER_MS, hasEnded: false };
    underway.set(refusalKey, own);
    try {
      return await exchange(used);
    } finally {
      own.hasEnded = true;
      if (underway.get(refusalKey) === own) underway.delete(refusalKey);
    }
  };

  /** Waits while another call exchanges the key, until that has ended or is lost. Throws {@link Unavailable} after a while. */
  const afterOthers = async (refusalKey: string): Promise<void> => {
    const giveUpAtMs = now() + WAIT_MS;
    for (let other = underway.get(refusalKey); other && now() < other.lostAtMs; other = underway.get(refusalKey)) {
      await sleep(LOOK_MS);
      if (other.hasEnded) return;
      if (now() >= giveUpAtMs) throw new Unavailable("the API key was not exchanged in time by another call");
    }
  };

  /** What is known of the key without asking the kms. */
  const known = async ({ digest, address, refusalKey }: UsedKey): Promise<ApiKeyVerification | undefined> => {
    const refusal = refused.get(refusalKey);
    if (refusal && refusal.untilMs > now()) return failure("invalid-api-key", { service: refusal.service });
    return fromMemory(digest, address);
  };

  return async (key, address) => {
    const digest = await sha256(key);
    // A key may be refused for where it comes from, and good from elsewhere at the same time.
    const used = { digest, key, address, refusalKey: `${digest} ${address}` };
    const found = await known(used);
    if (found) return found;
    if (underway.get(used.refusalKey) === undefined) return exchangeForAll(used);
    await afterOthers(used.refusalKey);
    return (await known(used)) ?? exchangeForAll(used);
  };
};
