/**
 * Active health checks. workerd has no timers outside of requests: so they go along with calls, after the response, and with the
 * maintenance of each minute, and never more often than the upstream's configuration says.
 */
import { withinTime } from "#shared/lang/deadline.ts";
import type { Log } from "#shared/observability/log.ts";
import type { Reach } from "../ports.ts";
import type { UpstreamState } from "./states.ts";
import { noteCheck, noteReached, noteUnreached, type TargetState } from "./target-state.ts";

const MAX_WAIT_MS = 5_000;

export interface ChecksOptions {
  reach: Reach;
  /** Milliseconds since the epoch. */
  now: () => number;
  log: Log;
}

/** Whether the target responds with a status of success in time. It learns of no caller. */
const isWell = async (reach: Reach, url: string, waitMs: number): Promise<boolean> => {
  const signal = AbortSignal.timeout(waitMs);
  try {
    const response = await withinTime(
      reach(url, { headers: { "user-agent": "fountain-health-check" }, signal }),
      waitMs,
    );
    await response?.body?.cancel();
    return response?.ok === true;
  } catch {
    return false;
  }
};

/** What checks the targets of an upstream: `undefined` as long as there is nothing to do. */
export const createHealthChecks = ({ reach, now, log }: ChecksOptions) => {
  const check = async (name: string, target: TargetState, { path, waitMs }: { path: string; waitMs: number }) => {
    const good = await isWell(reach, target.url.replace(/\/$/, "") + path, waitMs);
    if (good) noteReached(target, now());
    else noteUnreached(target);
    if (noteCheck(target, good, now()))
      log(good ? "info" : "error", `upstream-target-${good ? "healthy" : "unhealthy"}`, {
        upstream: name,
        target: target.url,
      });
  };

  return (state: UpstreamState): Promise<void> | undefined => {
    const { upstream, targets } = state;
    const { health } = upstream.body;
    if (health === undefined || now() < state.checkAtMs) return undefined;
    const intervalMs = health.intervalSeconds * 1000;
    state.checkAtMs = now() + intervalMs;
    const limits = { path: health.path, waitMs: Math.min(intervalMs, MAX_WAIT_MS) };
    return Promise.all(targets.map((target) => check(upstream.name, target, limits))).then(() => undefined);
  };
};

export type HealthChecks = ReturnType<typeof createHealthChecks>;
