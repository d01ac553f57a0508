/**
 * A circuit breaker for one node. After some failures in a row it keeps calls away from the node; after a while it lets
 * one call through to probe, and closes when that succeeds. No request waits for another's call: workerd forbids it,
 * which is why this is no library.
 */

export type BreakerState = "closed" | "open" | "half-open";

export interface Breaker {
  /** Whether a call may go now; when half-open, the one that asks is the probe. */
  admits(): boolean;
  succeeded(): void;
  failed(): void;
  state(): BreakerState;
  /** When the next probe may go, in milliseconds since the epoch; now or earlier when closed. */
  retryAtMs(): number;
}

const FAILURES_TO_OPEN = 3;
const OPEN_MS = 1_000;
const MAX_OPEN_MS = 5_000;
/** A probe that was cancelled never says so: after this long another one may go. */
const PROBE_MS = 3_000;

/** A closed breaker. */
export const createBreaker = (now: () => number): Breaker => {
  let failures = 0;
  /** Until then no call goes; after it, one at a time. */
  let closedForMs = 0;
  const isOpen = (): boolean => failures >= FAILURES_TO_OPEN;
  return {
    admits: () => {
      if (!isOpen()) return true;
      if (now() < closedForMs) return false;
      closedForMs = now() + PROBE_MS;
      return true;
    },
    succeeded: () => {
      failures = 0;
      closedForMs = 0;
    },
    failed: () => {
      failures += 1;
      if (isOpen()) closedForMs = now() + Math.min(OPEN_MS * 2 ** (failures - FAILURES_TO_OPEN), MAX_OPEN_MS);
    },
    state: () => {
      if (!isOpen()) return "closed";
      return now() < closedForMs ? "open" : "half-open";
    },
    retryAtMs: () => closedForMs,
  };
};
