/** What passes the gateway on the way to a worker. Everything not named here stays behind. */
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
