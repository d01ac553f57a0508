/**
 * Caches the kms's verification keys and revocations: at most two seconds old while calls come in, usable for a minute if
 * the kms is unavailable, and after that not at all.
 */
import { LONGEST_TOKEN_SECONDS } from "../contracts/access-token.ts";
import type { KmsRpc, Revocation, Trust } from "../contracts/kms.ts";
import { withinTime } from "../lang/deadline.ts";
import { unwrap } from "../lang/result.ts";
import { sleep } from "../lang/sleep.ts";
import { nothingIfUnavailable } from "../lang/unavailable.ts";

const TRUST_FRESH_MS = 2_000;
export const DEFAULT_MAX_STALENESS_SECONDS = 60;
const RETRY_AFTER_FAILURE_MS = 1_000;
/** How long the kms may take where every call needs its response. */
const NEEDED_TIMEOUT_MS = 1_500;
/** Shorter while the cached state is usable: gateway and worker each wait for it, and a search has 2 seconds in all. */
const FETCH_TIMEOUT_MS = 400;
/**
 * What is older is not relied on while newer updates are on their way: after a pause a revocation could be as old as that, and
 * it counts within five seconds.
 */
const RECENT_MS = 3_500;
/** How often a call that waits for another's request looks whether there is a response. */
const LOOK_MS = 10;
/** As long as the kms itself reports, and half an hour more: nothing older can stop an unexpired token. */
const RETENTION_SECONDS = LONGEST_TOKEN_SECONDS + 30 * 60;
const PRUNE_EVERY_MS = 5 * 60_000;
/** Revocations of single sessions, keys and tokens that are held; 20 MB. */
const MAX_REVOCATIONS = 200_000;
/** So many are dropped at once when there are more. */
const DROPPED_AT_ONCE = 20_000;
/** Who holds every token. */
export const EVERYONE = "everyone";

/** The current state, with a version that changes whenever the keys do. */
export interface CurrentTrust {
  keys: Trust["keys"];
  /** By `sid`, `act.sid` or `jti`. */
  revokedAtSeconds: ReadonlyMap<string, number>;
  /** By who lost a right: `user:<id>`, `role:<name>` or {@link EVERYONE}. */
  issuedBeforeSeconds: ReadonlyMap<string, number>;
  version: number;
}

/** Returns the current state, or `undefined` if what is known is too old to rely on: at once where nothing has to be asked. */
export type TrustSource = () => CurrentTrust | undefined | Promise<CurrentTrust | undefined>;

export interface TrustSourceOptions {
  kms: Pick<KmsRpc, "trust">;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** How long a cached state is used if the kms is unavailable: REVOCATION_MAX_STALENESS_SECONDS. */
  maxStalenessSeconds: number;
}

/** What an isolate has received so far. */
interface Knowledge {
  keys: Trust["keys"];
  revokedAtSeconds: Map<string, number>;
  issuedBeforeSeconds: ReadonlyMap<string, number>;
  /** Every token issued before is refused, which stands for the revocations that were dropped. */
  noneBeforeSeconds: number;
  position: number;
}

const add = (revokedAtSeconds: Map<string, number>, revocations: readonly Revocation[]): void => {
  for (const { revokedId, revokedAtSeconds: at } of revocations) {
    const known = revokedAtSeconds.get(revokedId);
    if (known === undefined || at < known) revokedAtSeconds.set(revokedId, at);
  }
};

/**
 * Drops the revocations that have been known for longest where there are too many, and gives the instant from which on
 * tokens must have been issued for that to be safe: what a revocation concerns was issued before it. Callers get a new token.
 */
const dropSurplus = (revokedAtSeconds: Map<string, number>, nowSeconds: number): number => {
  let noneBeforeSeconds = 0;
  if (revokedAtSeconds.size <= MAX_REVOCATIONS) return noneBeforeSeconds;
  for (const [revokedId, at] of revokedAtSeconds) {
    if (revokedAtSeconds.size <= MAX_REVOCATIONS - DROPPED_AT_ONCE) break;
    if (at > nowSeconds) continue;
    revokedAtSeconds.delete(revokedId);
    noneBeforeSeconds = Math.max(noneBeforeSeconds, at + 1);
  }
  return noneBeforeSeconds;
};

/** What is known after a response; one from the first revocation on replaces those known before. */
const learn = (known: Knowledge | undefined, trust: Trust, nowSeconds: number): Knowledge => {
  const { keys, revocations, rightsChanges, position, isWhole } = trust;
  const before = isWhole ? undefined : known;
  const revokedAtSeconds = before?.revokedAtSeconds ?? new Map<string, number>();
  add(revokedAtSeconds, revocations);
  const noneBeforeSeconds = Math.max(before?.noneBeforeSeconds ?? 0, dropSurplus(revokedAtSeconds, nowSeconds));
  const issuedBeforeSeconds = new Map(rightsChanges.map((change) => [change.holder, change.issuedBeforeSeconds]));
  if (noneBeforeSeconds > 0) issuedBeforeSeconds.set(EVERYONE, noneBeforeSeconds);
  return { keys, revokedAtSeconds, issuedBeforeSeconds, noneBeforeSeconds, position };
};

const isSame = (some: Trust["keys"], others: Trust["keys"]): boolean => JSON.stringify(some) === JSON.stringify(others);

/**
 * A source that asks the kms at most every two seconds, however many calls there are. Once what is known is no longer recent,
 * all calls wait for the same response. Each looks for it by a timer of its own: one that another call wakes can, after thousands
 * of them, continue as if it were that one, and workerd then refuses its response.
 */
export const createTrustSource = ({ kms, now, maxStalenessSeconds }: TrustSourceOptions): TrustSource => {
  let current: CurrentTrust | undefined;
  /** May be ahead of `current` if a response of several parts broke off: the next request continues from there. */
  let knowledge: Knowledge | undefined;
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let refreshAtMs = Number.NEGATIVE_INFINITY;
  let pruneAtMs = now() + PRUNE_EVERY_MS;
  /** Of the refresh that is under way: after that it is taken to be lost, as the runtime may have ended the call that began it. */
  let lostAtMs = Number.NEGATIVE_INFINITY;

  /** The last request failed: the cached state is what there is, and no call waits for it. */
  let isFailing = false;

  const isUsable = (): boolean => now() - fetchedAtMs <= maxStalenessSeconds * 1000;
  const isRecent = (): boolean => isUsable() && (isFailing || now() - fetchedAtMs <= RECENT_MS);

  const prune = (revokedAtSeconds: Map<string, number>): void => {
    if (now() < pruneAtMs) return;
    pruneAtMs = now() + PRUNE_EVERY_MS;
    const before = now() / 1000 - RETENTION_SECONDS;
    for (const [revokedId, at] of revokedAtSeconds) if (at < before) revokedAtSeconds.delete(revokedId);
  };

  /** Everything since the last response, which may take several requests; `undefined` if one of them fails. */
  const fetchUpdates = async (): Promise<Knowledge | undefined> => {
    let updates = knowledge;
    for (;;) {
      const limitMs = isUsable() ? FETCH_TIMEOUT_MS : NEEDED_TIMEOUT_MS;
      lostAtMs = now() + limitMs;
      const response = await withinTime(kms.trust(updates?.position), limitMs).catch(nothingIfUnavailable);
      if (response === undefined) return undefined;
      const trust = unwrap(response);
      updates = learn(updates, trust, now() / 1000);
      if (!trust.hasMore) return updates;
      knowledge = updates;
    }
  };

  const learnUpdates = async (): Promise<void> => {
    const requestedAtMs = now();
    refreshAtMs = requestedAtMs + RETRY_AFTER_FAILURE_MS;
    const updates = await fetchUpdates();
    isFailing = updates === undefined;
    if (!updates || requestedAtMs < fetchedAtMs) return;
    prune(updates.revokedAtSeconds);
    const version = (current?.version ?? 0) + (current && isSame(current.keys, updates.keys) ? 0 : 1);
    knowledge = updates;
    const { keys, revokedAtSeconds, issuedBeforeSeconds } = updates;
    current = { keys, revokedAtSeconds, issuedBeforeSeconds, version };
    fetchedAtMs = requestedAtMs;
    refreshAtMs = requestedAtMs + TRUST_FRESH_MS;
  };

  const isUnderway = (): boolean => now() < lostAtMs;

  const refresh = async (): Promise<void> => {
    try {
      await learnUpdates();
    } finally {
      lostAtMs = Number.NEGATIVE_INFINITY;
    }
  };

  const usable = (): CurrentTrust | undefined => (isUsable() ? current : undefined);

  const usableSoon = async (): Promise<CurrentTrust | undefined> => {
    const giveUpAtMs = now() + NEEDED_TIMEOUT_MS;
    while (!isRecent() && isUnderway() && now() < giveUpAtMs) await sleep(LOOK_MS);
    return usable();
  };

  return () => {
    if (isUnderway()) return isRecent() ? usable() : usableSoon();
    return now() >= refreshAtMs ? refresh().then(usable) : usable();
  };
};
