/** A steady load of reads and writes, as of clients that try a failed request once more. */
import { setTimeout as sleep } from "node:timers/promises";

/** What a 503 says in `Retry-After`, and what a client waits that got nothing at all: by then Caddy has noticed. */
const RETRY_DELAY_MS = 5_000;
const TIMEOUT_MS = 15_000;
const SECOND_MS = 1_000;

const MEASURED_MS = 4_000;
const MAX_PER_SECOND = 100;
const MIN_PER_SECOND = 4;
/** What is sent of what the stack can serve on this machine, however busy: replicas go, and the others take over. */
const SHARE = 1 / 4;

export interface LoadOptions {
  url: string;
  /** The headers of as many callers, who take turns. */
  callers: readonly Record<string, string>[];
  perSecond: number;
  /** One in so many requests writes. */
  writeEvery: number;
  /** Written elements are numbered from here. */
  firstElementId: number;
}

export interface LoadReport {
  sent: number;
  /** Requests whose first try failed: no answer, or a status of 500 and more. */
  failedAtFirst: number;
  /** Requests that failed twice, each with what it got. */
  failed: readonly string[];
  /** Elements whose writing was acknowledged with 201. */
  acknowledged: readonly number[];
  p50Ms: number;
  p99Ms: number;
}

export interface Load {
  /** Sends no more, waits for what is under way, and tells how it went. */
  stop(): Promise<LoadReport>;
}

/** What a try came to; `retryAfterMs` is there when it failed. */
interface Try {
  outcome: string;
  retryAfterMs?: number;
}

const attempt = async (send: () => Promise<Response>, isGood: (status: number) => boolean): Promise<Try> => {
  try {
    const response = await send();
    await response.arrayBuffer();
    const outcome = String(response.status);
    if (isGood(response.status)) return { outcome };
    const seconds = response.headers.get("retry-after");
    return { outcome, retryAfterMs: seconds === null ? RETRY_DELAY_MS : Number(seconds) * SECOND_MS };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { outcome: cause, retryAfterMs: RETRY_DELAY_MS };
  }
};

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Starts the load; requests go out at their time, whether or not those before them were answered. */
export const startLoad = ({ url, callers, perSecond, writeEvery, firstElementId }: LoadOptions): Load => {
  const underWay = new Set<Promise<void>>();
  const failed: string[] = [];
  const acknowledged: number[] = [];
  const durationsMs: number[] = [];
  let sent = 0;
  let failedAtFirst = 0;
  let stopped = false;

  const read = (headers: Record<string, string>) =>
    fetch(`${url}/service-a/elements?limit=1`, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const write = (headers: Record<string, string>, elementId: number) =>
    fetch(`${url}/service-a/sequence`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ elementType: "action", elementId, comment: "load", text: `line ${elementId}` }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });

  const one = async (number: number): Promise<void> => {
    const headers = callers[number % callers.length] ?? {};
    const isWrite = number % writeEvery === 0;
    const elementId = firstElementId + number;
    const send = () => (isWrite ? write(headers, elementId) : read(headers));
    const expected = isWrite ? 201 : 200;
    const startedAtMs = performance.now();
    const first = await attempt(send, (status) => status === expected);
    durationsMs.push(performance.now() - startedAtMs);
    if (first.retryAfterMs === undefined) {
      if (isWrite) acknowledged.push(elementId);
      return;
    }
    failedAtFirst += 1;
    await sleep(first.retryAfterMs);
    // The first try may have been stored though nobody heard of it: then the second meets its own element.
    const second = await attempt(send, (status) => status === expected || (isWrite && status === 409));
    if (second.retryAfterMs !== undefined)
      failed.push(`${isWrite ? "write" : "read"}: ${first.outcome}, ${second.outcome}`);
    else if (isWrite) acknowledged.push(elementId);
  };

  const startedAtMs = performance.now();
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const due = Math.floor(((performance.now() - startedAtMs) / SECOND_MS) * perSecond);
      while (sent < due) {
        const request = one(sent).finally(() => underWay.delete(request));
        underWay.add(request);
        sent += 1;
      }
      await sleep(5);
    }
  };
  const running = loop();

  return {
    stop: async () => {
      stopped = true;
      await running;
      await Promise.all(underWay);
      const sorted = durationsMs.toSorted((a, b) => a - b);
      const [p50Ms, p99Ms] = [percentile(sorted, 0.5), percentile(sorted, 0.99)].map(Math.round);
      return { sent, failedAtFirst, failed, acknowledged, p50Ms: p50Ms ?? 0, p99Ms: p99Ms ?? 0 };
    },
  };
};

/** Requests a second that leave the stack as it is now room for what a test does to it. */
export const bearableRate = async (url: string, callers: readonly Record<string, string>[]): Promise<number> => {
  const endsAtMs = performance.now() + MEASURED_MS;
  let responses = 0;
  const read = async (headers: Record<string, string>): Promise<void> => {
    while (performance.now() < endsAtMs) {
      const response = await fetch(`${url}/service-a/elements?limit=1`, { headers });
      await response.arrayBuffer();
      responses += 1;
    }
  };
  await Promise.all(callers.map(read));
  const perSecond = (responses / MEASURED_MS) * SECOND_MS * SHARE;
  return Math.round(Math.min(MAX_PER_SECOND, Math.max(MIN_PER_SECOND, perSecond)));
};

/** The report in one line. */
export const describeLoad = ({ sent, failedAtFirst, failed, p50Ms, p99Ms }: LoadReport): string =>
  `${sent} requests, ${failedAtFirst} failed, ${failed.length} after one retry; p50 ${p50Ms} ms, p99 ${p99Ms} ms.`;
