/** For proxies that ask whether a call may pass: Caddy's `forward_auth`, nginx's `auth_request`, Traefik's `ForwardAuth`. */
import { writtenPath } from "#shared/policy/path.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { isFromTrustedProxy } from "../admission/client-address.ts";
import type { GatewayContext } from "../composition/context.ts";
import { endpoint } from "../endpoint.ts";
import { AUTHORIZE_PATH } from "../proxy/locate.ts";
import { trickIn } from "../upstreams/plain-path.ts";
import { authorizeCall } from "./authorize.ts";
import { type ForwardedCall, type ForwardedFault, readForwardedCall } from "./forwarded.ts";

const FAULTS: Record<ForwardedFault["kind"], string> = {
  missing: "is missing",
  contradictory: "and X-Original- of the same name disagree",
  malformed: "cannot be read",
};

const faulty = ({ kind, field }: ForwardedFault): Problem =>
  problem("malformed-request", {
    detail: `${field} ${FAULTS[kind]}. The proxy must set X-Forwarded-Method, -Uri, -Host and -For on this request.`,
  });

/** Refuses all others, and paths that a proxy in front of us could have taken for another than this one, which it must not pass on. */
const assertProxy = (context: GatewayContext): void => {
  if (writtenPath(context.req.url) !== AUTHORIZE_PATH) throw problem("not-found");
  const { trustedProxies } = context.get("services");
  const cf = "cf" in context.req.raw ? context.req.raw.cf : undefined;
  if (!isFromTrustedProxy({ cf, headers: context.get("fields") }, trustedProxies))
    throw problem("forbidden", { detail: "Only a proxy in TRUSTED_PROXIES may ask about calls." });
};

/** The call that is asked about. Its path must be one that the proxy and what is behind it read alike, whatever the upstream. */
const forwardedCall = (context: GatewayContext): ForwardedCall => {
  const fields = context.get("fields");
  const call = readForwardedCall(fields);
  if (!call.ok) throw faulty(call.error);
  if (!fields.has("x-forwarded-for")) throw faulty({ kind: "missing", field: "x-forwarded-for" });
  const trick = trickIn(call.value.url, true);
  if (trick === undefined) return call.value;
  context.get("services").refusals.note("path", "authorize", `${call.value.method}: ${trick}`);
  throw problem("malformed-request", { detail: `The path contains ${trick}, which services read in different ways.` });
};

const authorize = endpoint("GET /gateway/authorize", {
  operationId: "gateway.authorize",
  tags: ["Policies"],
  summary: "Decide on a call that another proxy received",
  description:
    "For `forward_auth` (Caddy), `auth_request` (nginx) and `ForwardAuth` (Traefik), from proxies in TRUSTED_PROXIES. The call is " +
    "described by X-Forwarded-Method, -Uri, -Host and -For; credentials are those of the same request. A call that may not pass " +
    "gets the response that the gateway itself would give.",
  responses: {
    200: {
      description:
        "The call may pass. Authorization has a token for the upstream; X-Fountain-Subject, -Roles, -Scope and -Acr say who calls",
    },
  },
  errors: ["malformed-request", "unauthenticated", "forbidden", "not-found", "too-many-attempts", "unavailable"],
  validatedBy: "handler",
  handle: (context) => {
    assertProxy(context);
    return authorizeCall(context, forwardedCall(context));
  },
});

export const authorizeEndpoints = [authorize];
