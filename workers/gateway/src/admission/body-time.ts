/**
 * Bounds the time that a request's body may take. A caller that stops sending gets 408 (RFC 9110 §15.5.9) from here: the
 * proxy in front waits longer, because Caddy responds with an empty 200 when its own `read_body` has passed.
 */

import { drain, drainReader, type Receive } from "#shared/http/drain.ts";
import { problem } from "#shared/problem/problem.ts";
import { isBodiless } from "#shared/semantics/method.ts";

/** The longest pause in a body. */
export const MAX_PAUSE_MS = 30_000;
/**
 * How long a body is waited for that nothing announces but chunked framing. Some clients send that for a request without
 * a body, and never the chunk that ends it.
 */
export const MAX_UNANNOUNCED_MS = 1_000;
/** The longest time a body may take in all: 8 MiB at 14 kB/s. `read_body` of the Caddyfile is longer. */
export const MAX_BODY_MS = 600_000;

const timeout = () =>
  problem("request-timeout", {
    detail: `The body paused for ${MAX_PAUSE_MS / 1000} seconds, or took more than ${MAX_BODY_MS / 60_000} minutes. Nothing was changed: send the request again.`,
  });

/** What is read at a time, at first and at most: each piece costs as much as some kilobytes of it. */
const FIRST_PIECE_BYTES = 4_096;
const MAX_PIECE_BYTES = 65_536;

/** Reads a body in pieces that grow with what comes. */
const piecesOf = (body: ReadableStream<Uint8Array>) => {
  const reader = body.getReader({ mode: "byob" });
  let size = FIRST_PIECE_BYTES;
  return {
    read: async () => {
      const piece = await reader.read(new Uint8Array(size));
      if (piece.value?.byteLength === size) size = Math.min(2 * size, MAX_PIECE_BYTES);
      return piece;
    },
    cancel: () => reader.cancel(),
  };
};

const ANNOUNCING = ["content-length", "content-type", "expect"];

/** The request with a body that fails with the problem `request-timeout` if its bytes do not come in time. */
export const receiveInTime: Receive = (request) => {
  const { body: sent } = request;
  if (sent === null) return { request, rest: undefined };
  if (isBodiless(request.method)) return { request, rest: () => drain(request) };
  const reader = piecesOf(sent);
  let isLate = false;
  let hasEnded = false;
  let isExpected = ANNOUNCING.some((name) => request.headers.has(name));
  const endsAtMs = Date.now() + MAX_BODY_MS;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const pauseMs = isExpected ? MAX_PAUSE_MS : MAX_UNANNOUNCED_MS;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), Math.min(pauseMs, Math.max(0, endsAtMs - Date.now())));
    });
    try {
      const piece = await Promise.race([reader.read(), late]);
      isLate = piece === undefined;
      if (isLate && isExpected) throw timeout();
      if (piece === undefined || piece.done) {
        hasEnded = piece !== undefined;
        return controller.close();
      }
      isExpected = true;
      controller.enqueue(piece.value);
    } finally {
      clearTimeout(timer);
    }
  };
  const body = new ReadableStream({ pull }, { highWaterMark: 0 });
  // Node's Request, in tests, wants `duplex`.
  const init = { body, duplex: "half" };
  const rest = async (): Promise<boolean> => {
    if (hasEnded) return true;
    if (isLate) await reader.cancel();
    // What still reads it passes it on, to a service that has responded before the end.
    if (isLate || body.locked) return false;
    return drainReader(reader, request.headers);
  };
  return { request: new Request(request, init), rest };
};
