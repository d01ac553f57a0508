/**
 * What the calls of services came to, by the hour: counted in memory, and reported to the kms in batches after the responses, at
 * most once each, so that no call writes anything for it.
 */
import { LRUCache } from "lru-cache";
import type { Principal } from "#shared/auth/claims.ts";
import type { KeyUsage } from "#shared/contracts/kms.ts";
import { serviceNameOf } from "#shared/contracts/principal.ts";
import { Problem } from "#shared/problem/problem.ts";

const HOUR_MS = 60 * 60 * 1000;
/** On the edge, work after a response has 30 seconds. */
const BATCH_MS = 10_000;
/** Counters, one for each service and hour since the last report. */
const MAX_COUNTERS = 10_000;

export interface UsageCounter {
  /** Counts a call, or what it came to; calls that no service made are not counted. */
  count(service: string | undefined, what: "calls" | "refused" | "limited"): void;
}

export interface UsageCounterOptions {
  /** Adds to what is stored. What cannot be stored is lost: it must not be counted twice. */
  report: (usage: KeyUsage[]) => Promise<void>;
  /** Continues some work after the response. */
  later: (work: Promise<void>) => void;
  sleep: (ms: number) => Promise<void>;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** The service that calls, by itself or for a user. */
export const callingService = ({ kind, subject, actingService }: Principal): string | undefined =>
  kind === "delegate" ? actingService : serviceNameOf(subject);

/** Counts a call, and whether the limits that it is held against refuse it. */
export const countLimited = (
  usage: UsageCounter,
  service: string | undefined,
  meter: () => void | Promise<void>,
): void | Promise<void> => {
  const refused = (error: unknown): never => {
    if (error instanceof Problem && error.code === "too-many-attempts") usage.count(service, "limited");
    throw error;
  };
  usage.count(service, "calls");
  try {
    const metered = meter();
    return metered instanceof Promise ? metered.catch(refused) : metered;
  } catch (error) {
    return refused(error);
  }
};

export const createUsageCounter = ({ report, later, sleep, now }: UsageCounterOptions): UsageCounter => {
  const counters = new LRUCache<string, KeyUsage>({ max: MAX_COUNTERS });
  /** Work after a response can be cut short; that of another response then takes over. */
  let reportDueAtMs = Number.NEGATIVE_INFINITY;

  const reportCounted = async (): Promise<void> => {
    await sleep(BATCH_MS);
    const usage = [...counters.values()];
    counters.clear();
    if (usage.length > 0) await report(usage);
  };

  return {
    count: (service, what) => {
      if (service === undefined) return;
      const atMs = now();
      const hourMs = atMs - (atMs % HOUR_MS);
      const key = `${hourMs} ${service}`;
      let counter = counters.get(key);
      if (counter === undefined) {
        counter = { service, hourMs, calls: 0, refused: 0, limited: 0 };
        counters.set(key, counter);
      }
      counter[what] += 1;
      if (atMs < reportDueAtMs) return;
      reportDueAtMs = atMs + BATCH_MS;
      later(reportCounted());
    },
  };
};
