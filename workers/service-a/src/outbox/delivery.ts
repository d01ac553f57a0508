/** Waits for changes to reach search, for a bounded time: a caller that imports wants to find what it imported. */
import type { WaitingChanges } from "../model/outbox.ts";

const POLL_MS = 50;

export interface DeliveryOptions {
  outbox: WaitingChanges;
  drain: () => Promise<void>;
  /** Milliseconds since the epoch. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/**
 * Resolves once search has had every change that is stored now, or when `limitMs` are over. Another isolate may be the
 * one that delivers. Rejects if our database is unavailable.
 */
export const createDelivery =
  ({ outbox, drain, now, sleep }: DeliveryOptions) =>
  async (limitMs: number): Promise<void> => {
    const stopAtMs = now() + limitMs;
    const newest = await outbox.newest();
    if (newest === undefined) return;
    while (now() < stopAtMs) {
      await drain();
      if (!(await outbox.isWaiting(newest))) return;
      await sleep(POLL_MS);
    }
  };
