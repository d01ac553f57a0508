import { describe, expect, test } from "vitest";
import { readFields } from "#shared/http/fields.ts";
import { upstreamFields, upstreamResponse } from "./fields.ts";

/** What the upstream gets of these fields. */
const forwarded = (sent: Record<string, string>): Record<string, string> => {
  const { request, fields } = readFields(new Request("http://localhost/", { headers: sent }));
  return Object.fromEntries(upstreamFields(request.headers, fields, { "x-fountain-subject": "user-1" }));
};

describe("a request", () => {
  test.for([
    ...["authorization", "Authorization", "x-api-key", "X_Api_Key", "x-otp", "x-typesense-api-key"],
    ...["x-fountain-subject", "X-Fountain-Roles", "x_fountain_scope", "X_FOUNTAIN_ACR", "x-fountain_anything"],
    ...["X.Fountain.Subject", "x--fountain-subject", "x__fountain__subject", "X.Forwarded.For"],
    ...["Remote-User", "X-Remote-User", "X-Auth-Request-Email", "X-WebAuth-User", "True-Client-IP", "X-Client-IP"],
    ...["forwarded", "x-forwarded-for", "X_Forwarded_For", "x-forwarded-user", "x-real-ip", "via", "cdn-loop"],
    ...[
      "proxy-authorization",
      "te",
      "trailer",
      "upgrade",
      "keep-alive",
      "proxy-connection",
      "x-request-id",
      "traceparent",
    ],
  ])("loses the caller's %s", (name) => {
    expect(forwarded({ [name]: "root", "x-own": "1" })).toEqual({ "x-fountain-subject": "user-1", "x-own": "1" });
  });

  test("keeps what is between caller and service, but for what concerns one connection", () => {
    const sent = {
      cookie: "a=1",
      range: "bytes=0-1",
      "accept-encoding": "br",
      "x-hop": "1",
      connection: "close, X-Hop",
    };
    const { connection, "x-hop": hop, ...kept } = sent;
    expect(forwarded(sent)).toEqual({ "x-fountain-subject": "user-1", ...kept });
    expect([connection, hop]).toEqual(["close, X-Hop", "1"]);
  });

  test.each([
    ["__Host-fountain=s", undefined],
    ["a=1; __Host-fountain_session=s; b=2", "a=1; b=2"],
    ["__HOST-Fountain=s;a=1", "a=1"],
    ["a=1, __Host-fountain=s; b=2", "b=2"],
    ["a=__Host-fountain=s; not__Host-fountain=1", "a=__Host-fountain=s; not__Host-fountain=1"],
  ])("keeps Fountain's own cookies from the service: %s", (cookie, passed) => {
    expect(forwarded({ cookie })["cookie"]).toBe(passed);
  });

  test("for a WebSocket names the subprotocols, without the one that is a credential", () => {
    const sent = { upgrade: "WebSocket", "sec-websocket-protocol": "fountain.bearer.abc, chat,fountain.bearer.d" };
    expect(forwarded(sent)).toMatchObject({ upgrade: "websocket", "sec-websocket-protocol": "chat" });
    expect(forwarded({ ...sent, "sec-websocket-protocol": "fountain.bearer.abc" })).not.toHaveProperty(
      "sec-websocket-protocol",
    );
  });
});

test("a response keeps its cookies, its challenge and its coding, and loses what only Fountain says", () => {
  const headers = new Headers({
    "www-authenticate": 'Basic realm="notes"',
    "content-encoding": "gzip",
    "content-security-policy": "default-src 'self'",
    connection: "X-Hop, @invalid",
    "x-hop": "1",
    "keep-alive": "timeout=5",
    "x-fountain-close": "1",
  });
  headers.append("set-cookie", "a=1");
  headers.append("set-cookie", "b=2");
  const { headers: passed } = upstreamResponse(new Response("x", { headers }), {
    forCaller: true,
    onOwnHost: false,
    atPrefix: false,
  });
  expect(passed.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(Object.fromEntries(passed)).toMatchObject({
    "www-authenticate": 'Basic realm="notes"',
    "content-encoding": "gzip",
    "content-security-policy": "default-src 'self'",
    "cache-control": "no-store",
  });
  for (const name of ["connection", "x-hop", "keep-alive", "x-fountain-close"])
    expect(passed.has(name), name).toBe(false);
});

test("a response on Fountain's own host does not speak for the host, and sets none of Fountain's cookies", () => {
  const ofHost = {
    "alt-svc": 'h3="elsewhere:443"',
    "clear-site-data": '"*"',
    "cross-origin-opener-policy": "same-origin",
    nel: '{"report_to":"elsewhere"}',
    "report-to": "{}",
    "secure-session-registration": '(ES256);path="/notes/session"',
    "service-worker-allowed": "/",
    "strict-transport-security": "max-age=0",
  };
  const headers = new Headers({ ...ofHost, "x-own": "1" });
  const own = ["__Host-fountain=s; Secure; Path=/", " __host-FOUNTAIN-x=s", "=__Host-fountain=s", "__Host-fountain"];
  for (const cookie of [...own, "a=1; Path=/notes", "__Host-other=2"]) headers.append("set-cookie", cookie);
  const passed = (onOwnHost: boolean) =>
    upstreamResponse(new Response("x", { headers }), { forCaller: false, onOwnHost, atPrefix: true }).headers;
  expect(passed(true).getSetCookie()).toEqual(["a=1; Path=/notes", "__Host-other=2"]);
  expect(Object.keys(ofHost).filter((name) => passed(true).has(name))).toEqual([]);
  expect([passed(true).get("x-own"), passed(true).get("vary")]).toEqual(["1", "Service-Worker"]);
  expect(Object.fromEntries(passed(false))).toMatchObject(ofHost);
  expect(passed(false).getSetCookie()).toHaveLength(6);
  expect(passed(false).has("vary")).toBe(false);
});
