/**
 * Keeps the kms's news, verification keys and revocations, close at hand: fresh to two seconds while calls come in,
 * usable for a minute when the kms cannot be asked, and after that not at all.
 */
import type { KmsRpc, Trust } from "../contracts/kms.ts";
import { withinTime } from "../http/deadline.ts";

export const TRUST_FRESH_MS = 2_000;
export const TRUST_MAX_STALENESS_MS = 60_000;
const RETRY_AFTER_FAILURE_MS = 1_000;
const FIRST_FETCH_TIMEOUT_MS = 1_500;
/** Who has older news to go by waits less: gateway and worker ask in turn, and a call must be answered within 5 seconds. */
const FETCH_TIMEOUT_MS = 900;

/** The news, with a version that changes whenever the keys do. */
export interface CurrentTrust extends Trust {
  version: number;
  revokedAtSeconds: ReadonlyMap<string, number>;
}

/** Answers the current news, or `undefined` when what is known is too old to rely on. */
export type TrustSource = () => Promise<CurrentTrust | undefined>;

const keysFingerprint = (trust: Trust): string => JSON.stringify(trust.keys);

/** A source that asks the kms at most every two seconds, however many calls there are. */
export const createTrustSource = (kms: Pick<KmsRpc, "trust">, now: () => number): TrustSource => {
  let current: CurrentTrust | undefined;
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let askAgainAtMs = Number.NEGATIVE_INFINITY;

  const ask = async (): Promise<void> => {
    const askedAtMs = now();
    askAgainAtMs = askedAtMs + RETRY_AFTER_FAILURE_MS;
    const answer = await withinTime(kms.trust(), current ? FETCH_TIMEOUT_MS : FIRST_FETCH_TIMEOUT_MS).catch(
      () => undefined,
    );
    if (!answer?.ok || askedAtMs < fetchedAtMs) return;
    const changed = !current || keysFingerprint(current) !== keysFingerprint(answer.value);
    current = {
      ...answer.value,
      version: (current?.version ?? 0) + (changed ? 1 : 0),
      revokedAtSeconds: new Map(answer.value.revocations.map((entry) => [entry.sessionId, entry.revokedAtSeconds])),
    };
    fetchedAtMs = askedAtMs;
    askAgainAtMs = askedAtMs + TRUST_FRESH_MS;
  };

  return async () => {
    if (!current || now() >= askAgainAtMs) await ask();
    return now() - fetchedAtMs <= TRUST_MAX_STALENESS_MS ? current : undefined;
  };
};
