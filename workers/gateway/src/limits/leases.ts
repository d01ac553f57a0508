/**
 * Counts exact limits once over all processes. A process takes some calls of the allowance at a time, a lease, and counts in
 * its memory until they are used up. What it does not use it gives back. So the total is never exceeded: what a process that is
 * killed had taken is lost to its window. No call wakes another: one asks for a lease, and those that wait for it look by timers
 * of their own (see docs/adr/0010).
 */
import { withinTime } from "#shared/lang/deadline.ts";
import { isUnavailable, Unavailable } from "#shared/lang/unavailable.ts";
import type { AllowanceStore } from "./allowance.ts";
import type { Consumer } from "./consumers.ts";
import type { Outcome } from "./gcra.ts";
import { type Window, windowAt } from "./windows.ts";

/** What a process holds of one allowance at most: a tenth of it, and never more than this. */
const LARGEST = 1_000;
const LARGEST_SHARE = 10;
/** A lease that lasts less long is followed by one of twice its size, and one that lasts longer by one of half of it. */
const QUICK_MS = 500;
const SLOW_MS = 2_000;
/** An allowance that is used up is not asked about again for so long: another process may give some of it back. */
const USED_UP_MS = 1_000;
const RETRY_AFTER_FAILURE_MS = 1_000;
/** How long a call waits for a lease, and when one that asks for it is taken to have been cancelled. */
const WAIT_MS = 3_000;
const FIRST_LOOK_MS = 5;
const SLOWEST_LOOK_MS = 50;
/** What is left of a lease after so long is given back, give or take the interval at which processes look. */
const HELD_MS = 2_000;
const RELEASE_EVERY_MS = 1_000;
/** An allowance that has been used up for so long stays so: by then, each process has given back what it held. */
const SETTLED_MS = HELD_MS + 2 * RELEASE_EVERY_MS;
/** Of all limits together; the one that was opened first is given back then. */
const MAX_LEASES = 20_000;
/** A window is pruned once no process can still give back calls of it. */
const PRUNE_AFTER_MS = 60 * 60_000;

/** How many calls a process can hold, and so lose, of an allowance of this many. */
export const largestLease = (limit: number): number =>
  Math.max(1, Math.min(LARGEST, Math.floor(limit / LARGEST_SHARE)));

/** What is counted exactly. */
export interface Quota {
  /** Says which limit it is, with its numbers. */
  id: string;
  /** The same, in this process alone. */
  number: number;
  name: string;
  limit: number;
  /** `undefined`: a month. */
  windowSeconds: number | undefined;
}

/** Of a call that was counted: by which lease. */
export interface LeasedOutcome extends Outcome {
  lease: { units: number };
}

export interface Leases {
  /** Counts a call of theirs, unless it is one too many. Throws {@link Unavailable} if that cannot be known in time. */
  take(quota: Quota, who: string): LeasedOutcome | Promise<LeasedOutcome>;
  /** Whether a call of theirs would be admitted, without counting it. Throws {@link Unavailable} if that cannot be known. */
  peek(quota: Quota, who: string): Promise<boolean>;
  /** Takes back a call that was counted; one of a window that is over is lost with it. */
  giveBack(outcome: LeasedOutcome): void;
  /** Those of whom calls count in this window, as far as this process asked of late: how many have been taken by all processes. */
  consumers(quota: Quota): Iterable<Consumer>;
  /** Gives back what is left of leases that were taken some time ago; `all`: of all. */
  release(which: "old" | "all"): Promise<void>;
  /** Deletes what is stored about windows that are over. */
  prune(): Promise<void>;
}

export interface LeasesOptions {
  store: AllowanceStore;
  /** SHA-256. */
  digest: (text: string) => Promise<string>;
  /** Milliseconds since the epoch. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** Keeps work running although the call that began it ends. */
  keep: (work: Promise<void>) => void;
}

interface Lease {
  /** What its allowance is stored by the digest of. */
  text: string;
  window: Window;
  /** Calls that may still come. */
  units: number;
  /** What others may take, as of the last question. */
  left: number;
  /** How many to ask for. */
  size: number;
  /** The calls that found no unit, and were given none since. */
  missed: number;
  takenAtMs: number;
  usedAtMs: number;
  /** There is a question until then, or no reason to ask. */
  askedUntilMs: number;
  usedUpUntilMs: number;
  /** `undefined`: as far as is known, it is not. */
  usedUpSinceMs: number | undefined;
  failedUntilMs: number;
  failure: unknown;
}

const NEVER = Number.NEGATIVE_INFINITY;

const newLease = (text: string, window: Window, size: number): Lease => ({
  text,
  window,
  units: 0,
  left: 0,
  size,
  missed: 0,
  takenAtMs: NEVER,
  usedAtMs: NEVER,
  askedUntilMs: NEVER,
  usedUpUntilMs: NEVER,
  usedUpSinceMs: undefined,
  failedUntilMs: NEVER,
  failure: undefined,
});

export const createLeases = ({ store, digest, now, sleep, keep }: LeasesOptions): Leases => {
  const leases = new Map<string, Lease>();
  let watchAgainAtMs = NEVER;

  const textOf = ({ id }: Quota, who: string): string => `${id}\n${who}`;
  /** The same, shorter. */
  const keyOf = ({ number }: Quota, who: string): string => `${number} ${who}`;

  /** Sends back what no call can use any more, and only once: it is not known what became of a request that was lost. */
  const sendBack = async ({ text, units: unused, window }: Lease): Promise<void> => {
    if (unused > 0 && now() < window.endMs) await store.giveBack({ key: await digest(text), window, unused });
  };

  const forgetFirst = (): void => {
    for (const [key, lease] of leases) {
      leases.delete(key);
      keep(sendBack(lease));
      return;
    }
  };

  /** The lease of the present window. */
  const leaseOf = (quota: Quota, who: string, nowMs: number): Lease => {
    const key = keyOf(quota, who);
    const known = leases.get(key);
    if (known && nowMs >= known.window.startMs && nowMs < known.window.endMs) return known;
    if (!known && leases.size >= MAX_LEASES) forgetFirst();
    const lease = newLease(textOf(quota, who), windowAt(quota.windowSeconds, nowMs), known?.size ?? 1);
    leases.set(key, lease);
    return lease;
  };

  const outcomeOf = (lease: Lease, admitted: boolean, nowMs: number): LeasedOutcome => {
    const { units, left, window, usedUpSinceMs = NEVER } = lease;
    const settledAtMs = usedUpSinceMs + SETTLED_MS;
    const moreAtMs = nowMs < settledAtMs ? Math.min(settledAtMs, window.endMs) : window.endMs;
    return { admitted, remaining: units + left, waitMs: moreAtMs - nowMs, lease };
  };

  const useUnit = (lease: Lease, nowMs: number): LeasedOutcome => {
    lease.units -= 1;
    lease.usedAtMs = nowMs;
    return outcomeOf(lease, true, nowMs);
  };

  /** What can be said without a question; `undefined`: nothing. */
  const decide = (lease: Lease, nowMs: number): LeasedOutcome | undefined => {
    if (lease.units > 0) return useUnit(lease, nowMs);
    return nowMs < lease.usedUpUntilMs ? outcomeOf(lease, false, nowMs) : undefined;
  };

  /** Whether it is still in use, so that its size is worth knowing, or used up, and since when. */
  const isWorthKeeping = ({ usedAtMs, usedUpSinceMs, window }: Lease, sinceMs: number): boolean =>
    usedAtMs > sinceMs || (usedUpSinceMs !== undefined && now() < window.endMs);

  const release: Leases["release"] = async (which) => {
    const takenBeforeMs = which === "all" ? Number.POSITIVE_INFINITY : now() - HELD_MS;
    const released: Promise<void>[] = [];
    for (const [key, lease] of leases) {
      if (lease.takenAtMs > takenBeforeMs || now() < lease.askedUntilMs) continue;
      released.push(sendBack({ ...lease }));
      lease.units = 0;
      if (!isWorthKeeping(lease, takenBeforeMs)) leases.delete(key);
    }
    await Promise.all(released);
  };

  /** Has what is left of a lease that was just taken given back in time, though no call may come until then. */
  const watch = (): void => {
    if (now() < watchAgainAtMs) return;
    watchAgainAtMs = now() + RELEASE_EVERY_MS;
    keep(sleep(HELD_MS + RELEASE_EVERY_MS).then(() => release("old")));
  };

  const sizeOf = ({ size, takenAtMs, missed }: Lease, limit: number): number => {
    const lastedMs = now() - takenAtMs;
    const next = lastedMs < QUICK_MS ? size * 2 : lastedMs > SLOW_MS ? Math.ceil(size / 2) : size;
    return Math.min(Math.max(next, missed), largestLease(limit));
  };

  const ask = async ({ limit }: Quota, lease: Lease): Promise<void> => {
    lease.size = sizeOf(lease, limit);
    try {
      const { granted, left } = await store.take({
        key: await digest(lease.text),
        window: lease.window,
        limit,
        wanted: lease.size,
      });
      lease.units += granted;
      lease.left = left;
      lease.takenAtMs = now();
      lease.missed = Math.max(0, lease.missed - granted);
      lease.usedUpSinceMs = granted === 0 ? (lease.usedUpSinceMs ?? now()) : undefined;
      if (granted === 0) lease.usedUpUntilMs = now() + USED_UP_MS;
      else watch();
    } catch (error) {
      lease.failedUntilMs = now() + RETRY_AFTER_FAILURE_MS;
      lease.failure = error;
      if (!isUnavailable(error)) throw error;
    } finally {
      lease.askedUntilMs = NEVER;
    }
  };

  /** Asks if no one does, or waits a little. */
  const askOrWait = async (quota: Quota, lease: Lease, lookMs: number): Promise<void> => {
    if (now() < lease.askedUntilMs) return sleep(lookMs);
    lease.askedUntilMs = now() + WAIT_MS;
    const asking = ask(quota, lease);
    // What it takes would be lost with a call that is cancelled.
    keep(asking);
    await withinTime(asking, WAIT_MS);
  };

  const waitForUnit = async (quota: Quota, who: string): Promise<LeasedOutcome> => {
    const giveUpAtMs = now() + WAIT_MS;
    let lookMs = FIRST_LOOK_MS;
    leaseOf(quota, who, now()).missed += 1;
    for (;;) {
      const nowMs = now();
      const lease = leaseOf(quota, who, nowMs);
      const outcome = decide(lease, nowMs);
      if (outcome) return outcome;
      if (nowMs < lease.failedUntilMs || nowMs >= giveUpAtMs)
        throw new Unavailable(`the allowance of ${quota.name} is not known`, {
          detail: `The limit ${quota.name} cannot be counted at the moment. Retry after the time in Retry-After.`,
          cause: lease.failure,
        });
      await askOrWait(quota, lease, lookMs);
      lookMs = Math.min(lookMs * 2, SLOWEST_LOOK_MS);
    }
  };

  return {
    take: (quota, who) => {
      const nowMs = now();
      return decide(leaseOf(quota, who, nowMs), nowMs) ?? waitForUnit(quota, who);
    },

    peek: async (quota, who) => {
      const nowMs = now();
      const known = leases.get(keyOf(quota, who));
      if (known && known.units > 0 && nowMs < known.window.endMs) return true;
      const allowance = { key: await digest(textOf(quota, who)), window: windowAt(quota.windowSeconds, nowMs) };
      return (await store.countTaken(allowance)) < quota.limit;
    },

    giveBack: ({ lease }) => {
      lease.units += 1;
    },

    consumers: function* (quota) {
      const textBefore = textOf(quota, "");
      for (const { text, window, left, units, takenAtMs } of leases.values()) {
        if (!text.startsWith(textBefore) || takenAtMs === NEVER || now() >= window.endMs) continue;
        const used = quota.limit - left - units;
        if (used > 0) yield { who: text.slice(textBefore.length), used, untilMs: window.endMs };
      }
    },

    release,

    prune: () => store.prune(now() - PRUNE_AFTER_MS),
  };
};
