/** The lockout of a user who fails too often (RFC 4226 §7.3): five free failures, then delays that double. */

const FREE_FAILURES = 5;
const FIRST_LOCK_MS = 30_000;
const LONGEST_LOCK_MS = 15 * 60_000;

/**
 * How long the attempt after this many failures locks the user, in milliseconds, unless it succeeds; the last entry
 * stands for all beyond it.
 */
export const LOCK_AFTER_FAILURES_MS: readonly number[] = [
  ...Array.from({ length: FREE_FAILURES - 1 }, () => 0),
  ...Array.from({ length: 6 }, (_, doublings) => Math.min(FIRST_LOCK_MS * 2 ** doublings, LONGEST_LOCK_MS)),
];

/** An attempt that was counted as a failure before its code was checked; success resets the count. */
export interface ReservedAttempt {
  /** Failures in a row, this attempt included. */
  failures: number;
  /** Nothing more is checked before this instant; null: the next attempt may follow. */
  lockedUntilMs: number | null;
}

/** Nothing is checked before this instant. */
export interface Locked {
  readonly kind: "locked";
  readonly lockedUntilMs: number;
}

/** Whole seconds until the lock ends, at least one, as `Retry-After` needs them (RFC 9110 §10.2.3). */
export const secondsUntil = (lockedUntilMs: number, nowMs: number): number =>
  Math.max(1, Math.ceil((lockedUntilMs - nowMs) / 1000));
