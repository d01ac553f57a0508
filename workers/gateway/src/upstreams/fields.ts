/** The header fields that pass to an upstream and back: everything but what concerns one connection, or says who calls. */
import type { Fields } from "#shared/http/fields.ts";
import { isSocketRequest, offeredProtocols, PROTOCOLS_FIELD } from "../admission/socket-credential.ts";
import { removeFieldsOfHost, varyByWorker, withoutOwnCookies } from "./own-host.ts";

/** Meant for one connection (RFC 9110 §7.6.1). */
const OF_CONNECTION = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** They make another call of the one that was decided on. */
const OVERRIDES = [
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
  "x-original-method",
  "x-original-uri",
  "x-original-url",
  "x-rewrite-url",
];

/** By these, other proxies say who calls or from where: a service that still trusts them must not be deceived. */
const OF_OTHER_PROXIES = [
  "remote-email",
  "remote-groups",
  "remote-name",
  "remote-user",
  "true-client-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-real-ip",
  "x-remote-group",
  "x-remote-user",
];
const WITHHELD_PREFIXES = ["x-auth-request-", "x-forwarded-", "x-fountain-", "x-webauth-"];

/** The caller's credentials for Fountain, what only a gateway may say, and what would change the call. */
const WITHHELD: ReadonlySet<string> = new Set([
  ...OF_CONNECTION,
  ...OVERRIDES,
  ...OF_OTHER_PROXIES,
  "authorization",
  "cdn-loop",
  "cf-connecting-ip",
  "content-length",
  "dpop",
  "expect",
  "forwarded",
  "host",
  PROTOCOLS_FIELD,
  "sec-websocket-key",
  "sec-websocket-version",
  "via",
  "x-api-key",
  "x-otp",
  "x-request-id",
  "x-typesense-api-key",
  "traceparent",
  "tracestate",
]);

const SEPARATORS = /[^a-z0-9]+/g;

/** Whether a field of the caller does not pass to upstreams; `name`: in lower case. */
export const isWithheld = (name: string): boolean => {
  // Servers that hand fields over as variables read `X_Fountain_Subject` as the same name (RFC 3875 §4.1.18), some a dot, too.
  const read = name.replaceAll(SEPARATORS, "-");
  return WITHHELD.has(read) || WITHHELD_PREFIXES.some((prefix) => read.startsWith(prefix));
};

const TOKENS = /[\w!#$%&'*+.^`|~-]+/g;

/** The fields that `Connection` names (RFC 9110 §7.6.1). */
const namedByConnection = (sent: Pick<Fields, "get">): ReadonlySet<string> =>
  new Set((sent.get("connection") ?? "").toLowerCase().match(TOKENS) ?? []);

/** The fields of the forwarded request; `own`: what the gateway says itself. */
export const upstreamFields = (headers: Headers, sent: Fields, own: Readonly<Record<string, string>>): Headers => {
  const named = namedByConnection(sent);
  const forwarded = new Headers(own);
  headers.forEach((value, name) => {
    if (isWithheld(name) || named.has(name)) return;
    const passed = name === "cookie" ? withoutOwnCookies(value) : value;
    if (passed !== undefined) forwarded.append(name, passed);
  });
  if (!isSocketRequest(sent)) return forwarded;
  forwarded.set("upgrade", "websocket");
  const protocols = offeredProtocols(sent.get(PROTOCOLS_FIELD) ?? "");
  if (protocols !== undefined) forwarded.set(PROTOCOLS_FIELD, protocols);
  return forwarded;
};

/** On which conditions a response goes to the caller. */
export interface Passing {
  /** The call was authenticated. */
  forCaller: boolean;
  /** The upstream has no host of its own. */
  onOwnHost: boolean;
  /** The call is for the prefix itself. */
  atPrefix: boolean;
}

/** What the caller reads of the header of the response. */
const passOnFields = (headers: Headers, connection: Pick<Headers, "get">, passing: Passing): void => {
  const { forCaller, onOwnHost, atPrefix } = passing;
  for (const name of [...OF_CONNECTION, ...namedByConnection(connection)]) headers.delete(name);
  // What Caddy and Fountain's own workers say of a response; no service may.
  for (const name of [...headers.keys()]) if (name.startsWith("x-fountain-")) headers.delete(name);
  if (onOwnHost) removeFieldsOfHost(headers);
  if (onOwnHost && atPrefix) varyByWorker(headers);
  if (forCaller && !headers.has("cache-control")) headers.set("cache-control", "no-store");
};

/** The response for the caller. One to an authenticated call is not cached, unless the upstream says so. */
export const upstreamResponse = (received: Response, passing: Passing): Response => {
  const response = new Response(received.body, received);
  passOnFields(response.headers, received.headers, passing);
  return response;
};

/** The response that opens a WebSocket, of which this is the caller's end. */
export const socketResponse = (received: Response, webSocket: WebSocket, passing: Passing): Response => {
  const headers = new Headers(received.headers);
  passOnFields(headers, received.headers, { ...passing, forCaller: false });
  return new Response(null, { status: 101, headers, webSocket });
};
