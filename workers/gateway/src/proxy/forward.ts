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

const fetchWithin = async (
  request: Request,
  body: ArrayBuffer | null,
  { callee, upstream, path, fields, own, limitMs }: Forwarding,
): Promise<Response> => {
  const response = await withinTime(
    upstream.fetch(`http://worker${path}`, {
      method: request.method,
      headers: forwardedHeaders(fields, request.headers.get("content-type"), own),
      body,
      redirect: "manual",
    }),
    limitMs,
  );
  // The runtime ends what the call left open once the caller has its response.
  if (response === undefined) throw new Error(`${callee} did not respond within ${limitMs} ms`);
  return response;
};

/**
 * The worker's response. If the worker throws, exceeds the limit, or fails without a problem document, this throws the
 * problem `unavailable`; its own problems pass through, those of 5xx too.
 */
export const forward = async (request: Request, forwarding: Forwarding): Promise<Response> => {
  // In memory since it was received, so that the worker's time starts when it has everything.
  const body = isBodiless(request.method) || request.body === null ? null : await request.arrayBuffer();
  const response = await fetchWithin(request, body, forwarding).catch((cause: unknown) => {
    throw unavailable(cause, UNKNOWN_OUTCOME);
  });
  if (!isOurs(response, forwarding.errorType)) {
    await response.body?.cancel();
    throw unavailable(new Error(`${forwarding.callee} responded a bare ${response.status}`), UNKNOWN_OUTCOME);
  }
  return passedOn(response, forwarding.forCaller);
};
