/**
 * The circuit breaker of an upstream. It opens when most calls of the last ten seconds failed, and then lets one call through
 * after a while: that one decides. No call waits for another (see docs/adr/0010): those that come meanwhile are refused.
 */
import type { BreakerState } from "../state.ts";
import type { RollingWindow } from "./window.ts";

/** Fewer calls say nothing. */
const MIN_CALLS = 10;
/** Of the calls, more than this share must have failed. */
const FAILED_SHARE = 0.5;
const FIRST_OPEN_MS = 5_000;
const MAX_OPEN_MS = 60_000;
/** A trial that has not ended by then may never do so: the runtime ends a call whose caller goes away without a word. */
const TRIAL_MS = 10_000;

/** How a call ended. `unknown`: it says nothing about the upstream. */
export type Verdict = "good" | "failed" | "unknown";

/** A call that was let through; it says once how it ended. */
export interface Admission {
  /** Whether it decides on the breaker. */
  isTrial: boolean;
  end(verdict: Verdict): void;
}

export interface Breaker {
  state(): BreakerState;
  /** Lets a call through, or says in how many milliseconds it may be tried again. */
  admit(): Admission | { retryAfterMs: number };
}

export interface BreakerOptions {
  window: RollingWindow;
  /** Milliseconds since the epoch. */
  now: () => number;
  onChange: (state: "open" | "closed") => void;
}

export const createBreaker = ({ window, now, onChange }: BreakerOptions): Breaker => {
  /** Until when it stays open; `undefined`: it is closed. */
  let openUntilMs: number | undefined;
  let openForMs = FIRST_OPEN_MS;
  /** Until when a trial may be under way. */
  let trialUntilMs = Number.NEGATIVE_INFINITY;

  const open = (): void => {
    if (openUntilMs === undefined) onChange("open");
    openUntilMs = now() + openForMs;
    openForMs = Math.min(openForMs * 2, MAX_OPEN_MS);
    trialUntilMs = Number.NEGATIVE_INFINITY;
  };

  const close = (): void => {
    if (openUntilMs === undefined) return;
    openUntilMs = undefined;
    openForMs = FIRST_OPEN_MS;
    window.clear();
    onChange("closed");
  };

  const endCall = (verdict: Verdict): void => {
    if (openUntilMs !== undefined || verdict !== "failed") return;
    window.add("failures");
    const { calls, failures } = window.totals();
    if (calls >= MIN_CALLS && failures > calls * FAILED_SHARE) open();
  };

  const endTrial = (verdict: Verdict): void => {
    if (verdict === "good") close();
    else if (verdict === "failed" && openUntilMs !== undefined) open();
    else trialUntilMs = Number.NEGATIVE_INFINITY;
  };

  return {
    state: () => {
      if (openUntilMs === undefined) return "closed";
      return now() < openUntilMs ? "open" : "half-open";
    },
    admit: () => {
      if (openUntilMs === undefined) {
        window.add("calls");
        return { isTrial: false, end: endCall };
      }
      const freeAtMs = Math.max(openUntilMs, trialUntilMs);
      if (now() < freeAtMs) return { retryAfterMs: now() < openUntilMs ? openUntilMs - now() : 1_000 };
      trialUntilMs = now() + TRIAL_MS;
      return { isTrial: true, end: endTrial };
    },
  };
};
