/**
 * The concurrency limit of work that blocks the thread, which is scrypt: one piece at a time, and a pause for all other
 * work between two of them. Else a burst of logins would hold up token checks, and let waiting database calls run into their limit.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";

/** Long enough for some 35 pieces, and below the ten seconds that the gateway waits for a response. */
export const MAX_WAIT_MS = 7_000;
export const PAUSE_MS = 25;
const POLL_MS = 15;
/** A request that is cancelled never frees its slot; the next one starts after this time anyway. */
const LEASE_MS = 2_000;

export interface HashingLimit {
  /** What the work gives; `busy` when no slot was free in time and it was not started. */
  run<Value>(work: () => Promise<Value>): Promise<Result<Value, "busy">>;
  /**
   * Takes as long as a piece of work and, if wanted, as long as the last wait for a slot, with the same outcome; does
   * nothing, and delays no other work.
   */
  imitate(part: { waiting: boolean }): Promise<Result<undefined, "busy">>;
}

export interface HashingLimitOptions {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/** What a piece of work takes until some have been measured. */
const USUAL_WORK_MS = 150;
/** So many of the last ones are remembered: one that did less or more than the others does not count. */
const MEASURED = 5;

export const createHashingLimit = ({ now, sleep }: HashingLimitOptions): HashingLimit => {
  let freeAtMs = Number.NEGATIVE_INFINITY;
  let tookMs = Array.from({ length: MEASURED }, () => USUAL_WORK_MS);
  let lastWait = { endedAtMs: Number.NEGATIVE_INFINITY, waitedMs: 0, isBusy: false };

  const noteWait = (sinceMs: number, isBusy: boolean): void => {
    lastWait = { endedAtMs: now(), waitedMs: now() - sinceMs, isBusy };
  };

  return {
    run: async (work) => {
      const sinceMs = now();
      while (now() < freeAtMs) {
        if (now() >= sinceMs + MAX_WAIT_MS) {
          noteWait(sinceMs, true);
          return failure("busy");
        }
        await sleep(POLL_MS);
      }
      noteWait(sinceMs, false);
      const begunAtMs = now();
      freeAtMs = begunAtMs + LEASE_MS;
      try {
        return success(await work());
      } finally {
        // On the edge the clock stands still while the thread computes: a timer advances it.
        await sleep(0);
        tookMs = [...tookMs.slice(1), now() - begunAtMs];
        freeAtMs = now() + PAUSE_MS;
      }
    },
    imitate: async ({ waiting }) => {
      const isRecent = waiting && now() - lastWait.endedAtMs <= MAX_WAIT_MS;
      const { waitedMs, isBusy } = isRecent ? lastWait : { waitedMs: 0, isBusy: false };
      const workMs = tookMs.toSorted((one, other) => one - other)[Math.floor(MEASURED / 2)] ?? USUAL_WORK_MS;
      await sleep(waitedMs + (isBusy ? 0 : workMs));
      return isBusy ? failure("busy") : success(undefined);
    },
  };
};
