/**
 * Trades API keys for access tokens at the kms, once each, and remembers the token, never the key: the memory is keyed
 * by the key's SHA-256. A remembered token is verified again at every use, so a revoked key dies with its token.
 */
import type { Principal } from "#shared/auth/claims.ts";
import { remember } from "#shared/auth/memory.ts";
import type { Refusal, TokenVerifier } from "#shared/auth/verify.ts";
import type { KmsRpc } from "#shared/contracts/kms.ts";
import { sha256 } from "#shared/crypto/digest.ts";
import { answerOf, unavailable } from "./unavailable.ts";

const MAX_REMEMBERED = 10_000;
/** A token is not used any more when it might end before the worker behind us has looked at it. */
const END_MARGIN_SECONDS = 30;
/** How long a refused key is not asked about again. */
const REFUSAL_MEMORY_MS = 2_000;
const EXCHANGE_TIMEOUT_MS = 4_000;

export type ApiKeyVerification =
  | { ok: true; principal: Principal; token: string }
  | { ok: false; reason: Refusal | "invalid-api-key" };

export type ApiKeyVerifier = (key: string) => Promise<ApiKeyVerification>;

export interface ApiKeyVerifierOptions {
  kms: Pick<KmsRpc, "exchangeApiKey">;
  verify: TokenVerifier;
  /** Milliseconds since the epoch. */
  now: () => number;
}

interface RememberedToken {
  token: string;
  usableUntilMs: number;
}

/** A verifier with its own bounded memory. Throws the problem `unavailable` when the kms cannot be asked. */
export const createApiKeyVerifier = ({ kms, verify, now }: ApiKeyVerifierOptions): ApiKeyVerifier => {
  const tokens = new Map<string, RememberedToken>();
  const refusedUntilMs = new Map<string, number>();

  const fromMemory = async (digest: string): Promise<ApiKeyVerification | undefined> => {
    const known = tokens.get(digest);
    if (!known) return undefined;
    const { token, usableUntilMs } = known;
    const verification = usableUntilMs > now() ? await verify(token) : undefined;
    if (verification?.ok) return { ok: true, principal: verification.principal, token };
    if (verification?.reason === "trust-unavailable") return verification;
    // Ended, revoked, or signed by a key that is gone: whether the API key itself still works is for the kms to say.
    tokens.delete(digest);
    return undefined;
  };

  const exchange = async (digest: string, key: string): Promise<ApiKeyVerification> => {
    const askedAtMs = now();
    const answer = await answerOf("kms", kms.exchangeApiKey(key), EXCHANGE_TIMEOUT_MS);
    if (!answer.ok) {
      if (answer.error === "unavailable") throw unavailable(new Error("the kms cannot look keys up"));
      remember(refusedUntilMs, MAX_REMEMBERED, digest, now() + REFUSAL_MEMORY_MS);
      return { ok: false, reason: "invalid-api-key" };
    }
    const { accessToken: token, expiresInSeconds } = answer.value;
    const verification = await verify(token);
    if (!verification.ok) return verification;
    remember(tokens, MAX_REMEMBERED, digest, {
      token,
      usableUntilMs: askedAtMs + (expiresInSeconds - END_MARGIN_SECONDS) * 1000,
    });
    return { ok: true, principal: verification.principal, token };
  };

  return async (key) => {
    const digest = await sha256(key);
    if ((refusedUntilMs.get(digest) ?? 0) > now()) return { ok: false, reason: "invalid-api-key" };
    return (await fromMemory(digest)) ?? exchange(digest, key);
  };
};
