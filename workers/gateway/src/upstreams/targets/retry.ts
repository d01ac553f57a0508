/** Whether a call is tried again, and after which pause. */
import { countUpstreamRetry } from "#shared/observability/upstream-metrics.ts";
import type { TargetCall } from "../ports.ts";
import type { Outcome } from "./outcome.ts";
import type { RollingWindow } from "./window.ts";

/** Methods that may be sent again (RFC 9110 §9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** Of the calls of the last ten seconds, at most this share more: a service that is failing is not called twice as often. */
const RETRY_SHARE = 0.2;
/** So many may always be tried again. */
const MIN_RETRIES = 10;
const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1_000;

export interface Retry {
  call: TargetCall;
  outcome: Outcome;
  /** Whether the next target is another one than those that were tried. */
  isElsewhere: boolean;
  /** How often this call was tried again so far, and how often it may be. */
  done: number;
  max: number;
}

export interface RetryOptions {
  window: RollingWindow;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** From 0 to 1, without 1. */
  random: () => number;
}

const isRepeatable = ({ call, outcome, isElsewhere }: Retry): boolean => {
  if (call.hasBody || !IDEMPOTENT.has(call.method)) return false;
  if (outcome.kind === "lost") return true;
  // A server that says when to come back is not asked before.
  return outcome.kind === "gateway-error" && (isElsewhere || !outcome.response.headers.has("retry-after"));
};

/**
 * For how many milliseconds to wait before the call is tried again: at random, up to a time that doubles. `undefined`: it is not
 * tried again. What was tried is counted.
 */
export const pauseBeforeRetry = (retry: Retry, { window, now, random }: RetryOptions): number | undefined => {
  const { call, done, max } = retry;
  if (done >= max || !isRepeatable(retry)) return undefined;
  const pauseMs = random() * Math.min(FIRST_PAUSE_MS * 2 ** done, MAX_PAUSE_MS);
  const { calls, retries } = window.totals();
  if (now() + pauseMs >= call.deadlineAtMs || retries >= Math.max(MIN_RETRIES, calls * RETRY_SHARE)) return undefined;
  window.add("retries");
  countUpstreamRetry(call.upstream.name);
  return pauseMs;
};
