/** Forwards a request to its worker and streams the response back. */
import { isBodiless } from "#shared/semantics/method.ts";
import { unavailable } from "../backends/unavailable.ts";
import type { Upstream } from "../composition/services.ts";
import { forwardedHeaders, responseHeaders } from "./headers.ts";

export interface Forwarding {
  /** The worker's name, for the log. */
  callee: string;
  upstream: Upstream;
  /** The path as the worker knows it. */
  path: string;
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
  { upstream, path, own, limitMs }: Forwarding,
): Promise<Response> => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), limitMs);
  try {
    return await upstream.fetch(`http://worker${path}${new URL(request.url).search}`, {
      method: request.method,
      headers: forwardedHeaders(request.headers, own),
      body,
      redirect: "manual",
      signal: controller.signal,
    });
  } finally {
    clearTimeout(timer);
  }
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
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers: responseHeaders(response.headers, forwarding.forCaller),
  });
};
