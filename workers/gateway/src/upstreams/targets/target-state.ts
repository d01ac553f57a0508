/** What a process knows of each target of an upstream: whether calls fail there, and whether its health checks do. */
import type { ShownTarget, TargetFailure } from "../state.ts";
import type { Target } from "../target.ts";

/** So many failures in a row put a target out. */
const FAILURES = 5;
const FIRST_EJECTION_MS = 10_000;
const MAX_EJECTION_MS = 5 * 60_000;
/** So many checks in a row must fail. */
const FAILED_CHECKS = 2;
/** A server that a connection was made to of late is there; what became of another is found out by one. */
const REACHED_MS = 10_000;

export interface TargetState extends Target {
  /** Failed calls since the last good one. */
  failures: number;
  /** How often it was put out in a row. */
  ejections: number;
  /** Milliseconds since the epoch, as below. */
  ejectedUntilMs: number;
  /** When a connection was last known to work. */
  reachedAtMs: number;
  /** Health checks that failed in a row. */
  failedChecks: number;
  /** When the first call or check failed since the last good one, and how the last did. */
  failing: { sinceMs: number; by: TargetFailure } | undefined;
  /** Whether it was called or checked at all. */
  isKnown: boolean;
}

/** Of a target that nothing is known of. */
export const newTargetState = ({ url, weight }: Target): TargetState => ({
  url,
  weight,
  failures: 0,
  ejections: 0,
  ejectedUntilMs: Number.NEGATIVE_INFINITY,
  reachedAtMs: Number.NEGATIVE_INFINITY,
  failedChecks: 0,
  failing: undefined,
  isKnown: false,
});

const isEjected = ({ ejectedUntilMs }: TargetState, nowMs: number): boolean => nowMs < ejectedUntilMs;
const isUnhealthy = ({ failedChecks }: TargetState): boolean => failedChecks >= FAILED_CHECKS;

/** Whether calls may go there. */
export const isAvailable = (target: TargetState, nowMs: number): boolean =>
  !isEjected(target, nowMs) && !isUnhealthy(target);

/** Whether it must be found out first that a connection can be made. */
export const isUnreached = ({ reachedAtMs }: TargetState, nowMs: number): boolean => nowMs - reachedAtMs > REACHED_MS;

/** A connection is known to work. */
export const noteReached = (target: TargetState, nowMs: number): void => {
  target.reachedAtMs = nowMs;
};

const noteFailing = (target: TargetState, by: TargetFailure, nowMs: number): void => {
  target.failing = { sinceMs: target.failing?.sinceMs ?? nowMs, by };
};

/** Nothing fails there any more, unless calls do or checks do. */
const settle = (target: TargetState): void => {
  if (target.failures + target.failedChecks === 0) target.failing = undefined;
};

/** A call was good: the target responded, if only with a fault of its own. */
export const noteGood = (target: TargetState, nowMs: number): void => {
  if (target.ejections > 0 && nowMs - target.ejectedUntilMs > MAX_EJECTION_MS) target.ejections = 0;
  target.failures = 0;
  target.isKnown = true;
  settle(target);
};

/** At most half of the targets that get calls may be out, and never the last that is available. */
const mayEject = (target: TargetState, all: readonly TargetState[], nowMs: number): boolean => {
  const others = all.filter(({ weight }) => weight > 0).filter((other) => other !== target);
  const out = others.filter((other) => isEjected(other, nowMs)).length;
  return (out + 1) * 2 <= others.length + 1 && others.some((other) => isAvailable(other, nowMs));
};

/** A call failed at the target. Says whether that puts it out: once it is back, the first failure does so again. */
export const noteFailure = (
  target: TargetState,
  all: readonly TargetState[],
  { by, nowMs }: { by: TargetFailure; nowMs: number },
): boolean => {
  target.isKnown = true;
  noteFailing(target, by, nowMs);
  target.failures += 1;
  if (target.failures < FAILURES || isEjected(target, nowMs) || !mayEject(target, all, nowMs)) return false;
  target.ejectedUntilMs = nowMs + Math.min(FIRST_EJECTION_MS * 2 ** target.ejections, MAX_EJECTION_MS);
  target.ejections += 1;
  return true;
};

/** A connection failed, or none is known to work any more. */
export const noteUnreached = (target: TargetState): void => {
  target.reachedAtMs = Number.NEGATIVE_INFINITY;
};

/** A health check ended. Says whether that changes the target's health. */
export const noteCheck = (target: TargetState, good: boolean, nowMs: number): boolean => {
  const before = isUnhealthy(target);
  target.isKnown = true;
  target.failedChecks = good ? 0 : target.failedChecks + 1;
  if (good) settle(target);
  else noteFailing(target, "health-check", nowMs);
  return isUnhealthy(target) !== before;
};

const statusOf = (target: TargetState, nowMs: number): ShownTarget["status"] => {
  if (isEjected(target, nowMs)) return "ejected";
  if (isUnhealthy(target)) return "unhealthy";
  return target.isKnown ? "healthy" : "unknown";
};

export const shownTarget = (target: TargetState, nowMs: number): ShownTarget => ({
  url: target.url,
  weight: target.weight,
  status: statusOf(target, nowMs),
  ...(isEjected(target, nowMs) && { ejectedUntil: new Date(target.ejectedUntilMs).toISOString() }),
  failures: target.failures + target.failedChecks,
  ...(target.failing && {
    failingSince: new Date(target.failing.sinceMs).toISOString(),
    failure: target.failing.by,
  }),
});
