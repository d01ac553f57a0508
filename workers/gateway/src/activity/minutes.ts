/**
 * What the calls of the last hour came to, minute by minute, in the memory of this process. A call costs a few additions, and
 * memory does not grow with their number.
 */
import { isHealthRoute } from "#shared/observability/health-log.ts";
import { REQUEST_BUCKETS } from "#shared/observability/metrics.ts";

export const MINUTES = 60;
const MINUTE_MS = 60_000;

const COUNTED = ["requests", "errors", "refusals", "limited", "loginsSucceeded", "loginsFailed"] as const;

/** A minute as it is counted, and as those of several processes are added up. */
export interface CountedMinute extends Record<(typeof COUNTED)[number], number> {
  /** When it began, in milliseconds since the epoch. */
  atMs: number;
  /** How many responses took at most as long as each bound of {@link REQUEST_BUCKETS} and longer than the one before; then the rest. */
  durations: number[];
}

/** A call that has got its response. */
export interface ServedCall {
  /** The template. */
  route: string;
  status: number;
  durationMs: number;
}

export interface Minutes {
  /** Health checks are not counted. */
  note(call: ServedCall): void;
  /** The last hour, the oldest minute first; the last one is the one at hand. */
  read(): CountedMinute[];
}

/** Calls that log in, as the gateway knows them. */
const LOGINS: ReadonlySet<string> = new Set(["/kms/login", "/kms/login/passkey"]);

const newMinute = (atMs: number): CountedMinute => ({
  atMs,
  requests: 0,
  errors: 0,
  refusals: 0,
  limited: 0,
  loginsSucceeded: 0,
  loginsFailed: 0,
  durations: Array.from({ length: REQUEST_BUCKETS.length + 1 }, () => 0),
});

const bucketOf = (durationMs: number): number => {
  const at = REQUEST_BUCKETS.findIndex((seconds) => durationMs <= seconds * 1000);
  return at === -1 ? REQUEST_BUCKETS.length : at;
};

const isRefusal = (status: number): boolean => status === 401 || status === 403;

/** `now`: milliseconds since the epoch. */
export const createMinutes = (now: () => number): Minutes => {
  const slots = Array.from({ length: MINUTES }, () => newMinute(Number.NEGATIVE_INFINITY));

  const minuteAt = (atMs: number): CountedMinute => {
    const place = (atMs / MINUTE_MS) % MINUTES;
    const known = slots[place];
    if (known?.atMs === atMs) return known;
    const minute = newMinute(atMs);
    slots[place] = minute;
    return minute;
  };

  const currentMs = (): number => Math.floor(now() / MINUTE_MS) * MINUTE_MS;

  return {
    note: ({ route, status, durationMs }) => {
      if (isHealthRoute(route)) return;
      const minute = minuteAt(currentMs());
      const bucket = bucketOf(durationMs);
      minute.requests += 1;
      minute.durations[bucket] = (minute.durations[bucket] ?? 0) + 1;
      if (status >= 500) minute.errors += 1;
      if (isRefusal(status)) minute.refusals += 1;
      if (status === 429) minute.limited += 1;
      if (!LOGINS.has(route)) return;
      if (status < 300) minute.loginsSucceeded += 1;
      if (isRefusal(status) || status === 429) minute.loginsFailed += 1;
    },
    read: () => {
      const lastMs = currentMs();
      return Array.from({ length: MINUTES }, (_, index) => {
        const atMs = lastMs - (MINUTES - 1 - index) * MINUTE_MS;
        const known = slots[(atMs / MINUTE_MS) % MINUTES];
        return known?.atMs === atMs ? known : newMinute(atMs);
      });
    },
  };
};

/** What several minutes came to together, with the beginning of the first. */
export const addedUp = (minutes: readonly CountedMinute[]): CountedMinute => {
  const sum = newMinute(minutes[0]?.atMs ?? 0);
  for (const minute of minutes) {
    for (const name of COUNTED) sum[name] += minute[name];
    sum.durations = sum.durations.map((count, at) => count + (minute.durations[at] ?? 0));
  }
  return sum;
};

/** The hours of several processes as one. */
export const mergedMinutes = (hours: readonly (readonly CountedMinute[])[]): CountedMinute[] => {
  const byStart = new Map<number, CountedMinute[]>();
  for (const minute of hours.flat()) byStart.set(minute.atMs, [...(byStart.get(minute.atMs) ?? []), minute]);
  const starts = [...byStart.keys()].sort((one, other) => one - other).slice(-MINUTES);
  return starts.map((atMs) => addedUp(byStart.get(atMs) ?? []));
};

/**
 * How many milliseconds that share of the responses took at most, estimated within its bucket as Prometheus does; `null`:
 * there was no response.
 */
export const quantileMs = ({ durations }: Pick<CountedMinute, "durations">, share: number): number | null => {
  const wanted = share * durations.reduce((sum, count) => sum + count, 0);
  if (wanted === 0) return null;
  let before = 0;
  for (const [at, count] of durations.entries()) {
    const lower = at === 0 ? 0 : (REQUEST_BUCKETS[at - 1] ?? 0);
    const upper = REQUEST_BUCKETS[at] ?? lower;
    if (count > 0 && before + count >= wanted) {
      const ms = (lower + ((upper - lower) * (wanted - before)) / count) * 1000;
      return Math.round(ms * 10) / 10;
    }
    before += count;
  }
  return null;
};
