/**
 * Streams of a libSQL server: each is a connection with the schema read, which costs the server more than a query by key.
 * They are kept from one request to the next. A baton, new with each response, continues a stream.
 */
import type { StreamRequest, StreamResult } from "./hrana.ts";

/** The server drops a stream ten seconds after its last response. */
const IDLE_MS = 6_000;
/** A stream that was lent and never came back: its request was cancelled, and the server has dropped it by then. */
const LENT_MS = 15_000;
/**
 * Of one isolate. sqld bears 512 connections, counted over all workers and processes; an idle one takes 0.3 MB of its
 * memory, at most 2.3 MB. Beyond these, a stream ends with its request.
 */
const MAX_KEPT = 16;

/** Refused before anything ran, because the stream has expired or the server has restarted. */
const UNKNOWN_STREAM = /STREAM_EXPIRED|invalid baton/;

interface PipelineResponse {
  /** Continues the stream; null once it is closed. A secret. */
  baton: string | null;
  /** Where the server wants the rest of the stream sent. */
  base_url: string | null;
  results: StreamResult[];
}

interface Stream {
  baton: string | null;
  url: string;
}

export interface StreamsOptions {
  /** Where streams begin. */
  url: string;
  /** Posts this JSON; fails if there is no response in time. Statuses are not judged. */
  post: (url: string, json: string) => Promise<{ status: number; text: string }>;
  now: () => number;
  /** The error for a status other than 200. */
  onRefusal: (status: number, text: string) => Error;
}

/** Runs one request on a stream that nothing else uses meanwhile. */
export type Streams = (request: StreamRequest) => Promise<StreamResult | undefined>;

const isAutocommit = (result: StreamResult | undefined): boolean =>
  result?.type === "ok" && result.response.type === "get_autocommit" && result.response.is_autocommit;

/** The streams of one database. */
export const createStreams = ({ url, post, now, onRefusal }: StreamsOptions): Streams => {
  /** The one used last comes last. */
  const idle: (Stream & { usedAtMs: number })[] = [];
  /** In order: until when each counts. */
  const lent = new Map<symbol, number>();

  const forgetExpired = (): void => {
    const nowMs = now();
    while (idle[0] && idle[0].usedAtMs + IDLE_MS <= nowMs) idle.shift();
    for (const [lease, untilMs] of lent) {
      if (untilMs > nowMs) break;
      lent.delete(lease);
    }
  };

  /** What the server responds; undefined if it does not know the stream, so that nothing ran. */
  const send = async (stream: Stream, requests: StreamRequest[]): Promise<PipelineResponse | undefined> => {
    const { status, text } = await post(stream.url, JSON.stringify({ baton: stream.baton, requests }));
    if (status === 200) return JSON.parse(text);
    if (stream.baton !== null && status === 400 && UNKNOWN_STREAM.test(text)) return undefined;
    throw onRefusal(status, text);
  };

  const runOnce = async (request: StreamRequest): Promise<StreamResult | undefined> => {
    const response = await send({ baton: null, url }, [request, { type: "close" }]);
    return response?.results[0];
  };

  const runKept = async (request: StreamRequest, kept: Stream | undefined): Promise<StreamResult | undefined> => {
    const stream = kept ?? { baton: null, url };
    const response = await send(stream, [request, { type: "get_autocommit" }]);
    if (!response) {
      // The others are most likely as old, or of the same server that is no more.
      idle.length = 0;
      return runKept(request, undefined);
    }
    const { baton, base_url: baseUrl, results } = response;
    const next = { baton, url: baseUrl === null ? stream.url : pipelineUrl(baseUrl) };
    if (baton !== null && isAutocommit(results[1])) idle.push({ ...next, usedAtMs: now() });
    else if (baton !== null) await send(next, [{ type: "close" }]).catch(() => undefined);
    return results[0];
  };

  return async (request) => {
    forgetExpired();
    const kept = idle.pop();
    if (!kept && lent.size >= MAX_KEPT) return runOnce(request);
    const lease = Symbol("lease");
    lent.set(lease, now() + LENT_MS);
    try {
      return await runKept(request, kept);
    } finally {
      lent.delete(lease);
    }
  };
};

/** Where a libSQL server that is reached at this URL (http, https, libsql, ws or wss) takes requests. */
export const pipelineUrl = (base: string): string => {
  const http = base.replace(/^(libsql|wss):/, "https:").replace(/^ws:/, "http:");
  return new URL("v3/pipeline", http.endsWith("/") ? http : `${http}/`).href;
};
