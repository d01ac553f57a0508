/** What is counted of calls of the services behind the gateway. */
import { createCounter, createGauge } from "./instruments.ts";

/** Names of upstreams as they come to be called: the operator's, never a caller's. What comes after these counts as another. */
const MAX_UPSTREAMS = 200;
const UPSTREAMS = new Set<string>();

/** The name as a label has it. */
const noteUpstream = (upstream: string): string => {
  if (UPSTREAMS.size < MAX_UPSTREAMS) UPSTREAMS.add(upstream);
  return upstream;
};

const UPSTREAM_OUTCOMES = [
  "ok",
  "gateway-error",
  "unreached",
  "lost",
  "late",
  "ended",
  "busy",
  "breaker-open",
] as const;

/** How a call of an upstream ended. */
export type UpstreamOutcome = (typeof UPSTREAM_OUTCOMES)[number];

const countCallOfUpstream = createCounter({
  name: "fountain_upstream_calls_total",
  help: "Calls of services behind the gateway. gateway-error: 502, 503 or 504 of the service; unreached, busy, breaker-open: not sent.",
  labels: { upstream: UPSTREAMS, outcome: new Set(UPSTREAM_OUTCOMES) },
});

export const countUpstreamCall = (upstream: string, outcome: UpstreamOutcome): void =>
  countCallOfUpstream({ upstream: noteUpstream(upstream), outcome });

const countRetryOfUpstream = createCounter({
  name: "fountain_upstream_retries_total",
  help: "Calls of services behind the gateway that were tried again.",
  labels: { upstream: UPSTREAMS },
});

export const countUpstreamRetry = (upstream: string): void =>
  countRetryOfUpstream({ upstream: noteUpstream(upstream) });

const countEjectionOfUpstream = createCounter({
  name: "fountain_upstream_ejections_total",
  help: "Targets of services behind the gateway that get no calls for a while, after failures in a row.",
  labels: { upstream: UPSTREAMS },
});

export const countUpstreamEjection = (upstream: string): void =>
  countEjectionOfUpstream({ upstream: noteUpstream(upstream) });

export const setUpstreamBreakersOpen = createGauge(
  "fountain_upstream_breakers_open",
  "Services behind the gateway whose circuit breaker is not closed.",
);
