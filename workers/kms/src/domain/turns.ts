/**
 * Spreads out work that blocks the thread, which is scrypt: one piece at a time, and a pause for everyone else between
 * two of them. Else a burst of logins would hold up token checks, and let waiting database calls run into their limit.
 */
import { failure, type Result, success } from "#shared/contracts/result.ts";

/** Long enough for some 35 pieces, and below the ten seconds that the gateway waits for an answer. */
export const MAX_WAIT_MS = 7_000;
export const PAUSE_MS = 25;
const POLL_MS = 15;
/** A request that is cancelled in its turn never ends it; the next one starts after this time anyway. */
const LEASE_MS = 2_000;

export interface Turns {
  /** What the work gives; `busy` when its turn did not come in time and it was not begun. */
  run<Value>(work: () => Promise<Value>): Promise<Result<Value, "busy">>;
}

export interface TurnsOptions {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

export const createTurns = ({ now, sleep }: TurnsOptions): Turns => {
  let freeAtMs = Number.NEGATIVE_INFINITY;
  return {
    run: async (work) => {
      const giveUpAtMs = now() + MAX_WAIT_MS;
      while (now() < freeAtMs) {
        if (now() >= giveUpAtMs) return failure("busy");
        await sleep(POLL_MS);
      }
      freeAtMs = now() + LEASE_MS;
      try {
        return success(await work());
      } finally {
        freeAtMs = now() + PAUSE_MS;
      }
    },
  };
};
