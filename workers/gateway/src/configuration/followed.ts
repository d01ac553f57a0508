/**
 * Follows what is stored elsewhere: asks for it at most every two seconds while calls come in, and keeps the last value when
 * it cannot be had. No call wakes another: those that wait look by timers of their own (see docs/adr/0010).
 */
import { withinTime } from "#shared/lang/deadline.ts";
import { sleep } from "#shared/lang/sleep.ts";
import { isUnavailable, Unavailable } from "#shared/lang/unavailable.ts";

/** What is younger is used as it is. */
const FRESH_MS = 2_000;
/** What is older is asked for before it is used. With the time that takes, a change is live within five seconds. */
const STALE_MS = 3_500;
const RETRY_AFTER_FAILURE_MS = 1_000;
/** How long a call waits for a value that is stale, and for the first one. */
const STALE_WAIT_MS = 400;
const FIRST_WAIT_MS = 3_000;
const LOOK_MS = 10;

export interface Followed<Value> {
  /** The value: at once where nothing has to be asked. Throws {@link Unavailable} as long as there has never been one. */
  current(): Value | Promise<Value>;
  /** The next call asks, because the value has just been changed from here. */
  expire(): void;
}

export interface FollowedOptions<Value> {
  /** The value that follows on this one, which may be the same; the first one, if there is none. */
  load: (known: Value | undefined) => Promise<Value>;
  /** Called when it cannot be had, or what was fetched cannot be used. */
  onFailure: (error: unknown) => void;
  /** Milliseconds since the epoch. */
  now: () => number;
}

export const createFollowed = <Value>({ load, onFailure, now }: FollowedOptions<Value>): Followed<Value> => {
  let known: { value: Value } | undefined;
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let askAgainAtMs = Number.NEGATIVE_INFINITY;
  /** Of the question that is under way: after that it is taken to be lost, as the runtime may have ended the call that asked. */
  let lostAtMs = Number.NEGATIVE_INFINITY;

  const isStale = (): boolean => known === undefined || now() - fetchedAtMs > STALE_MS;

  const ask = async (): Promise<void> => {
    const askedAtMs = now();
    const limitMs = known === undefined ? FIRST_WAIT_MS : STALE_WAIT_MS;
    lostAtMs = askedAtMs + limitMs;
    askAgainAtMs = askedAtMs + RETRY_AFTER_FAILURE_MS;
    try {
      const value = await withinTime(load(known?.value), limitMs);
      if (value === undefined) throw new Unavailable("the configuration was not there in time");
      if (askedAtMs < fetchedAtMs) return;
      known = { value };
      fetchedAtMs = askedAtMs;
      askAgainAtMs = askedAtMs + FRESH_MS;
    } catch (error) {
      onFailure(error);
      if (known === undefined && !isUnavailable(error)) throw error;
    } finally {
      lostAtMs = Number.NEGATIVE_INFINITY;
    }
  };

  const valueAtHand = (): Value => {
    if (known === undefined) throw new Unavailable("the gateway's configuration is not known");
    return known.value;
  };

  const afterQuestion = async (isFirst: boolean): Promise<Value> => {
    if (isFirst) await ask();
    const giveUpAtMs = now() + (known === undefined ? FIRST_WAIT_MS : STALE_WAIT_MS);
    while (isStale() && now() < lostAtMs && now() < giveUpAtMs) await sleep(LOOK_MS);
    return valueAtHand();
  };

  return {
    current: () => {
      const nowMs = now();
      if (nowMs >= askAgainAtMs && nowMs >= lostAtMs) return afterQuestion(true);
      return isStale() && nowMs < lostAtMs ? afterQuestion(false) : valueAtHand();
    },
    expire: () => {
      askAgainAtMs = Number.NEGATIVE_INFINITY;
      fetchedAtMs = Number.NEGATIVE_INFINITY;
      lostAtMs = Number.NEGATIVE_INFINITY;
    },
  };
};
