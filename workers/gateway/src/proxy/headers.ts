/** What passes the gateway, in either direction. Everything not named here stays behind. */
import { CLIENT_ADDRESS_HEADER, REQUEST_ID_HEADER } from "#shared/http/app.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { formatTraceparent, parseTraceparent } from "#shared/observability/trace.ts";

/** None of these can claim an identity; the caller's own credentials are never among them. */
const REQUEST_HEADERS = [
  "accept",
  "accept-encoding",
  "accept-language",
  "content-type",
  "idempotency-key",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "user-agent",
];

/** Meant for one connection (RFC 9110 §7.6.1), or revealing what runs behind the gateway. */
const WITHHELD_RESPONSE_HEADERS = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "x-powered-by",
];

/**
 * The request at hand, for the next worker: its id, and its trace, in which the worker's part hangs under the gateway's.
 * What the caller `sent` as the trace's state goes along, unless its trace could not be read (W3C Trace Context §4.3).
 */
export const requestHeaders = (sent = new Headers()): Record<string, string> => {
  const request = currentRequest();
  if (request === undefined) return {};
  const state = parseTraceparent(sent.get("traceparent")) && sent.get("tracestate");
  return {
    [REQUEST_ID_HEADER]: request.requestId,
    traceparent: formatTraceparent(request.span),
    ...(request.clientAddress !== undefined && { [CLIENT_ADDRESS_HEADER]: request.clientAddress }),
    ...(state && { tracestate: state }),
  };
};

/** The headers of the forwarded request: the harmless ones of the caller's, and the gateway's own. */
export const forwardedHeaders = (sent: Headers, own: Readonly<Record<string, string>>): Headers => {
  const headers = new Headers(own);
  for (const name of REQUEST_HEADERS) {
    const value = sent.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
};

/** The headers of the response. Responses to authenticated calls are not cached, unless the worker says so. */
export const responseHeaders = (received: Headers, forCaller: boolean): Headers => {
  const headers = new Headers(received);
  for (const name of WITHHELD_RESPONSE_HEADERS) headers.delete(name);
  if (forCaller && !headers.has("cache-control")) headers.set("cache-control", "no-store");
  return headers;
};
