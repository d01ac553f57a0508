/** What passes the gateway, in either direction. Everything not named here stays behind. */
import { PAGE_HEADER } from "#shared/contracts/people.ts";
import { CLIENT_ADDRESS_HEADER, REQUEST_ID_HEADER } from "#shared/http/app.ts";
import type { Fields } from "#shared/http/fields.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { formatTraceparent, parseTraceparent } from "#shared/observability/trace.ts";

/** None of these can claim an identity; the caller's own credentials are never among them. */
const REQUEST_HEADERS = [
  "accept",
  "accept-encoding",
  "accept-language",
  "idempotency-key",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "user-agent",
  PAGE_HEADER,
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
export const requestHeaders = (sent?: Fields): Record<string, string> => {
  const request = currentRequest();
  if (request === undefined) return {};
  const trace = sent?.get("tracestate");
  const state = trace && parseTraceparent(sent?.get("traceparent")) && trace;
  return {
    [REQUEST_ID_HEADER]: request.requestId,
    traceparent: formatTraceparent(request.span),
    ...(request.clientAddress !== undefined && { [CLIENT_ADDRESS_HEADER]: request.clientAddress }),
    ...(state && { tracestate: state }),
  };
};

/**
 * The headers of the forwarded request: the harmless ones that the caller sent, the type of the body as it was received, and the
 * gateway's own.
 */
export const forwardedHeaders = (
  sent: Fields,
  contentType: string | null,
  own: Readonly<Record<string, string>>,
): Record<string, string> => {
  const headers: Record<string, string> = { ...own, ...(contentType !== null && { "content-type": contentType }) };
  for (const name of REQUEST_HEADERS) {
    const value = sent.get(name);
    if (value !== null) headers[name] = value;
  }
  return headers;
};

/** The response for the caller. Responses to authenticated calls are not cached, unless the worker says so. */
export const passedOn = (received: Response, forCaller: boolean): Response => {
  const response = new Response(received.body, received);
  const { headers } = response;
  for (const name of WITHHELD_RESPONSE_HEADERS) headers.delete(name);
  if (forCaller && !headers.has("cache-control")) headers.set("cache-control", "no-store");
  return response;
};
