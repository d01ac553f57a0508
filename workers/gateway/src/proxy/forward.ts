/** Forwards a request to its worker and streams the response back. */
import type { Fields } from "#shared/http/fields.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import { isBodiless } from "#shared/semantics/method.ts";
import { unavailable } from "../backends/unavailable.ts";
import type { Upstream } from "../composition/services.ts";
import { forwardedHeaders, passedOn } from "./headers.ts";

export interface Forwarding {
  /** The worker's name, for the log. */
  callee: string;
  upstream: Upstream;
  /** Path and query as the worker knows them. */
  path: string;
  method: string;
  /** The header fields that the caller sent. */
  fields: Fields;
  /** Headers that the gateway sets itself: request id, prefix, token. */
  own: Readonly<Record<string, string>>;
  /** The media type that the worker's own errors have. */
  errorType: string;
  /** Whether the response is for one caller only. */
  forCaller: boolean;
  /** How long the worker may take to start its response. */
  limitMs: number;
}

const UNKNOWN_OUTCOME =
  "A worker returned an invalid response, and the request may have taken effect. Retry after the time in Retry-After.";

const isOurs = (response: Response, errorType: string): boolean =>
  response.status < 500 || (response.headers.get("content-type") ?? "").startsWith(errorType);

/**
 * The worker's response. If the worker throws, exceeds the limit, or fails without a problem document, this throws the
 * problem `unavailable`; its own problems pass through, those of 5xx too.
 */
export const forward = async (request: Request, forwarding: Forwarding): Promise<Response> => {
  const { callee, upstream, path, method, fields, own, errorType, forCaller, limitMs } = forwarding;
  // In memory since it was received, so that the worker's time starts when it has everything.
  const body = isBodiless(method) || request.body === null ? null : await request.arrayBuffer();
  const contentType = isBodiless(method) ? fields.get("content-type") : request.headers.get("content-type");
  const headers = forwardedHeaders(fields, contentType, own);
  let response: Response | undefined;
  try {
    response = await withinTime(
      upstream.fetch(`http://worker${path}`, { method, headers, body, redirect: "manual" }),
      limitMs,
    );
  } catch (cause) {
    throw unavailable(cause, UNKNOWN_OUTCOME);
  }
  // The runtime ends what the call left open once the caller has its response.
  if (response === undefined)
    throw unavailable(new Error(`${callee} did not respond within ${limitMs} ms`), UNKNOWN_OUTCOME);
  if (isOurs(response, errorType)) return passedOn(response, forCaller);
  await response.body?.cancel();
  throw unavailable(new Error(`${callee} responded a bare ${response.status}`), UNKNOWN_OUTCOME);
};
