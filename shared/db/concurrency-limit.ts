/**
 * Limits how much of something goes at a time, in the order it came: writers of a worker, and searches. When several
 * connections wait for sqld's write lock while one checkpoints, sqld 0.24.32 can lose the lock for good and spin: seen
 * within seconds with five writers, never with four, counted over all processes. Who leaves wakes who is next: workerd
 * lets one request settle what another awaits, as long as that one has a timer of its own (otherwise it counts as hung).
 */

/** A request that is cancelled never says so: one that waits and did not confirm its place for this long has left. */
const CONFIRMED_MS = 1_000;
const CONFIRM_EVERY_MS = 250;

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

interface Entry {
  /** Until when it counts. */
  expiresAtMs: number;
  /** Ends the pause of one that waits. */
  wake: (() => void) | undefined;
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
  /** In order of arrival. */
  const queue = new Set<Entry>();

  /** The first in the queue, as many as may run at a time. */
  const admitted = (): Entry[] => {
    const first: Entry[] = [];
    for (const entry of queue) {
      if (entry.expiresAtMs <= now()) queue.delete(entry);
      else if (first.push(entry) === width) break;
    }
    return first;
  };

  const wokenOrAfter = async (entry: Entry, ms: number): Promise<void> => {
    await new Promise<void>((resolve) => {
      entry.wake = resolve;
      void sleep(ms).then(resolve);
    });
    entry.wake = undefined;
  };

  const waitForSlot = async (entry: Entry): Promise<void> => {
    const giveUpAtMs = now() + maxWaitMs;
    for (;;) {
      entry.expiresAtMs = now() + CONFIRMED_MS;
      queue.add(entry);
      if (admitted().includes(entry)) return;
      if (now() >= giveUpAtMs) throw onTimeout();
      await wokenOrAfter(entry, Math.min(CONFIRM_EVERY_MS, giveUpAtMs - now()));
    }
  };

  return async (work) => {
    const entry: Entry = { expiresAtMs: 0, wake: undefined };
    try {
      await waitForSlot(entry);
      entry.expiresAtMs = now() + workMs;
      return await work();
    } finally {
      queue.delete(entry);
      for (const next of admitted()) next.wake?.();
    }
  };
};
