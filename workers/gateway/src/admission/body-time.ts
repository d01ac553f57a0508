/**
 * Bounds the time that a request's body may take. A caller that stops sending gets 408 (RFC 9110 §15.5.9) from here: the
 * proxy in front waits longer, because Caddy responds with an empty 200 when its own `read_body` has passed.
 */

import { drain, drainReader, type Receive } from "#shared/http/drain.ts";
import { problem } from "#shared/problem/problem.ts";
import { isBodiless } from "#shared/semantics/method.ts";

/** The longest pause in a body. */
export const MAX_PAUSE_MS = 30_000;
/** The longest time a body may take in all: 8 MiB at 14 kB/s. `read_body` of the Caddyfile is longer. */
export const MAX_BODY_MS = 600_000;

const timeout = () =>
  problem("request-timeout", {
    detail: `The body paused for ${MAX_PAUSE_MS / 1000} seconds, or took more than ${MAX_BODY_MS / 60_000} minutes. Nothing was changed: send the request again.`,
  });

/** The request with a body that fails with the problem `request-timeout` if its bytes do not come in time. */
export const receiveInTime: Receive = (request) => {
  if (request.body === null || isBodiless(request.method)) return { request, rest: () => drain(request) };
  const reader = request.body.getReader();
  let isLate = false;
  const endsAtMs = Date.now() + MAX_BODY_MS;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const giveUp = () => {
        isLate = true;
        reject(timeout());
      };
      timer = setTimeout(giveUp, Math.min(MAX_PAUSE_MS, Math.max(0, endsAtMs - Date.now())));
    });
    try {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) controller.close();
      else controller.enqueue(value);
    } finally {
      clearTimeout(timer);
    }
  };
  const body = new ReadableStream({ pull }, { highWaterMark: 0 });
  // Node's Request, in tests, wants `duplex`.
  const init = { body, duplex: "half" };
  const rest = async (): Promise<boolean> => {
    if (!isLate) return drainReader(reader, request.headers);
    await reader.cancel();
    return false;
  };
  return { request: new Request(request, init), rest };
};
