/**
 * Bounded waits with one timer for all of them, where each call's own would cost it as much as all that is checked of it.
 * Only for a runtime that lets work outlive its request for as long as the longest wait, as workerd does: elsewhere
 * `deadline.ts` gives each wait its timer.
 */
import type { WithinTime } from "./deadline.ts";

/** A timer that is late by that is taken to be lost. */
const LOST_AFTER_MS = 1_000;

interface Wait {
  untilMs: number;
  giveUp: () => void;
}

/** `keep`: has the runtime do this work to its end, even when the request that it began in has ended. */
export const createSharedTimer = (keep: (work: Promise<void>) => void): WithinTime => {
  const waits = new Set<Wait>();
  let firesAtMs = Number.POSITIVE_INFINITY;

  const arm = (atMs: number): void => {
    firesAtMs = atMs;
    keep(new Promise((resolve) => setTimeout(resolve, atMs - Date.now())).then(() => fire(atMs)));
  };

  const fire = (atMs: number): void => {
    // Another one was needed sooner, and has taken its place.
    if (atMs !== firesAtMs) return;
    const nowMs = Date.now();
    firesAtMs = Number.POSITIVE_INFINITY;
    for (const wait of waits) {
      if (wait.untilMs <= nowMs) {
        waits.delete(wait);
        wait.giveUp();
      } else firesAtMs = Math.min(firesAtMs, wait.untilMs);
    }
    if (waits.size > 0) arm(firesAtMs);
  };

  return (work, limitMs) =>
    new Promise((resolve, reject) => {
      const nowMs = Date.now();
      const wait = { untilMs: nowMs + limitMs, giveUp: () => resolve(undefined) };
      waits.add(wait);
      if (firesAtMs + LOST_AFTER_MS < nowMs) arm(nowMs);
      else if (wait.untilMs < firesAtMs) arm(wait.untilMs);
      work.then(
        (value) => {
          waits.delete(wait);
          resolve(value);
        },
        (error: unknown) => {
          waits.delete(wait);
          reject(error);
        },
      );
    });
};
