/** Calls an upstream: as its own caller, with the body as it comes, and the response as it comes back. */
import { withinTime } from "#shared/lang/deadline.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { formatTraceparent, parseTraceparent } from "#shared/observability/trace.ts";
import { queryOf } from "#shared/policy/path.ts";
import { isBodiless } from "#shared/semantics/method.ts";
import { DEFAULT_ANSWER_SECONDS, type Upstream, type UpstreamCall } from "./compiled.ts";
import { upstreamFields, upstreamResponse } from "./fields.ts";
import { identityFields, scopesFor } from "./identity.ts";
import type { SentRequest, UpstreamCaller, UpstreamServices } from "./ports.ts";

/** The header field that says how long the upstream has to respond, in milliseconds. */
const TIMEOUT_FIELD = "x-fountain-timeout-ms";

const identityOf = async (
  { upstreamTokens }: UpstreamServices,
  upstream: Upstream,
  caller: UpstreamCaller | undefined,
) => {
  if (caller === undefined || upstream.identity === "none") return {};
  const token = await upstreamTokens(upstream, caller);
  return {
    authorization: `Bearer ${token}`,
    ...(upstream.identity === "headers" && identityFields(caller.principal, scopesFor(upstream, caller.principal))),
  };
};

/** What the gateway says of the request itself: its id and trace, and how the caller reached it. */
const requestFields = (
  { publicUrl }: UpstreamServices,
  { fields, raw: { url } }: SentRequest,
  { upstream }: UpstreamCall,
): Record<string, string> => {
  const request = currentRequest();
  const state = fields.get("tracestate");
  return {
    ...(request && { "x-request-id": request.requestId, traceparent: formatTraceparent(request.span) }),
    ...(request?.clientAddress !== undefined && { "x-forwarded-for": request.clientAddress }),
    ...(state && parseTraceparent(fields.get("traceparent")) && { tracestate: state }),
    "x-forwarded-host":
      fields.get("host") ?? url.slice(url.indexOf("://") + 3, url.indexOf("/", url.indexOf("://") + 3)),
    "x-forwarded-proto": publicUrl.startsWith("https:") ? "https" : "http",
    ...(upstream.prefix !== "/" && upstream.body.keepPrefix !== true && { "x-forwarded-prefix": upstream.prefix }),
  };
};

/** The response of the upstream; fails as {@link RunCall} does. */
export const callUpstream = async (
  services: UpstreamServices,
  sent: SentRequest,
  { call, caller }: { call: UpstreamCall; caller: UpstreamCaller | undefined },
): Promise<Response> => {
  const { upstream, route, path } = call;
  const { egress, now } = services;
  const deadlineAtMs = now() + (route.policy.timeoutSeconds ?? DEFAULT_ANSWER_SECONDS) * 1000;
  const own = { ...requestFields(services, sent, call), ...(await identityOf(services, upstream, caller)) };
  const { raw, fields } = sent;
  const { method, url } = raw;
  const headers = upstreamFields(raw.headers, fields, own);
  const body = isBodiless(method) ? null : raw.body;
  const response = await egress.run({ upstream, method, hasBody: body !== null, deadlineAtMs }, (target, limitMs) => {
    headers.set(TIMEOUT_FIELD, String(limitMs));
    return withinTime(
      egress.reach(target.url.replace(/\/$/, "") + path + queryOf(url), { method, headers, body }),
      limitMs,
    );
  });
  return upstreamResponse(response, caller !== undefined);
};
