/** One request to one target of an upstream, and the response that comes back. */
import { withinTime } from "#shared/lang/deadline.ts";
import { queryOf } from "#shared/policy/path.ts";
import { isBodiless } from "#shared/semantics/method.ts";
import type { Upstream } from "./compiled.ts";
import type { Attempt, Reach, SentRequest, UpstreamServices } from "./ports.ts";
import { BINDING_SCHEME, type Target } from "./target.ts";
import { startUpload, type Upload } from "./upload.ts";

/** How often it is asked whether the upstream is waited for at all, while the caller still sends. */
const LOOK_MS = 1_000;

/** Waits for the response, as long as the upstream was not waited for longer than this without a pause. */
const inTime = async (answer: Promise<Response>, upload: Upload, limitMs: number, now: () => number) => {
  for (;;) {
    const sinceMs = upload.waitingSinceMs();
    const restMs = sinceMs === undefined ? LOOK_MS : sinceMs + limitMs - now();
    if (restMs <= 0) return undefined;
    const response = await withinTime(Promise.race([answer, upload.broken]), restMs);
    if (response) return response;
  }
};

/** Fails if it is no response at all: an interim one, or one that switches to another protocol than WebSocket. */
const assertFinal = ({ status, webSocket }: Pick<Response, "status" | "webSocket">, name: string): void => {
  if ((status < 200 || status > 599) && !webSocket) throw new Error(`${name} responded ${status}`);
};

/** The URL of a call at this target: path and query as the caller sent them. */
const urlAt = ({ url }: Target, path: string, sentUrl: string): string => {
  const base = url.startsWith(BINDING_SCHEME) ? url : url.replace(/\/$/, "");
  return base + path + queryOf(sentUrl);
};

export interface AttemptedCall {
  reach: Reach;
  upstream: Upstream;
  /** As the upstream knows it. */
  path: string;
  headers: Headers;
  maxBodyBytes: number;
}

/** The header field that says how long the upstream has to respond, in milliseconds. */
const TIMEOUT_FIELD = "x-fountain-timeout-ms";

/**
 * Sends the request to a target, once: its body is used up by that. `limitMs`: how long the upstream may take without the
 * caller being waited for. Rejects with a `Problem` if no upstream may be there, and if a body is too large or is not sent to its
 * end.
 */
export const createAttempt =
  ({ now }: Pick<UpstreamServices, "now">, { raw }: SentRequest, call: AttemptedCall): Attempt =>
  async (target, limitMs) => {
    const { reach, upstream, path, headers, maxBodyBytes } = call;
    const { method } = raw;
    headers.set(TIMEOUT_FIELD, String(limitMs));
    const upload = startUpload(isBodiless(method) ? { body: null, headers } : raw, { maxBytes: maxBodyBytes, now });
    // A compressed body is passed on as it is: decoding it and compressing it again would hold events back.
    const encodeResponseBody = "manual";
    const answer = reach(urlAt(target, path, raw.url), { method, headers, body: upload.body, encodeResponseBody });
    const response = await inTime(answer, upload, limitMs, now);
    if (response) assertFinal(response, upstream.name);
    return response;
  };
