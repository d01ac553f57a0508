/**
 * Limits how much of something goes at a time, in the order it came: writers of a worker, and searches. When several
 * connections wait for sqld's write lock while one checkpoints, sqld 0.24.32 can lose the lock for good and spin: seen
 * within seconds with five writers, never with four, counted over all processes. Waiting is polling: a request that another
 * one wakes can, after thousands of them, continue as if it were that one, and workerd then refuses its response.
 */

const STEP_MS = 1;
const MAX_PAUSE_MS = 50;
/** A request that is cancelled never says so: a slot that was not confirmed for this long is free. */
const SLOT_TTL_MS = 1_000;

export interface ConcurrencyLimitOptions {
  /** How many run at a time. */
  width: number;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** How long a caller waits for a slot before `onTimeout`. */
  maxWaitMs: number;
  /** How long the work may take; after that it no longer keeps others waiting. */
  workMs: number;
  /** The error for a caller that gets no slot in time. */
  onTimeout: () => Error;
}

/** Runs the work as soon as a slot is free. */
export type ConcurrencyLimit = <Value>(work: () => Promise<Value>) => Promise<Value>;

/** One queue. */
export const createConcurrencyLimit = ({
  width,
  now,
  sleep,
  maxWaitMs,
  workMs,
  onTimeout,
}: ConcurrencyLimitOptions): ConcurrencyLimit => {
  /** In order of arrival: each entry, and until when it counts. */
  const queue = new Map<symbol, number>();

  const countAhead = (entry: symbol): number => {
    let ahead = 0;
    for (const [other, expiresAtMs] of queue) {
      if (other === entry) break;
      if (expiresAtMs <= now()) queue.delete(other);
      else ahead += 1;
    }
    return ahead;
  };

  const waitForSlot = async (entry: symbol): Promise<void> => {
    const giveUpAtMs = now() + maxWaitMs;
    for (;;) {
      queue.set(entry, now() + SLOT_TTL_MS);
      const ahead = countAhead(entry);
      if (ahead < width) return;
      if (now() >= giveUpAtMs) throw onTimeout();
      await sleep(Math.min(STEP_MS * (ahead - width + 1), MAX_PAUSE_MS));
    }
  };

  return async (work) => {
    const entry = Symbol("entry");
    try {
      await waitForSlot(entry);
      queue.set(entry, now() + workMs);
      return await work();
    } finally {
      queue.delete(entry);
    }
  };
};
