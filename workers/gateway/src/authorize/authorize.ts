/** Decides on the call that a proxy asks about by the pipeline that would decide on it here, and responds in its place. */
import { Hono } from "hono";
import { createPipeline } from "#shared/http/pipeline.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { canonicalPath } from "#shared/policy/path.ts";
import { problem } from "#shared/problem/problem.ts";
import { recordingRefusals } from "../admission/refusals.ts";
import type { Caller } from "../admission/step-up.ts";
import type { GatewayContext } from "../composition/context.ts";
import type { GatewayServices } from "../composition/services.ts";
import { type GatewayTarget, locateCall } from "../proxy/locate.ts";
import { decidedToken, STAGES, upstreamCaller } from "../proxy/pipeline.ts";
import type { Upstream, UpstreamCall } from "../upstreams/compiled.ts";
import { identityFields, scopesFor } from "../upstreams/identity.ts";
import type { UpstreamCaller } from "../upstreams/ports.ts";
import { type ForwardedCall, fieldsOfCall } from "./forwarded.ts";

interface AuthorizedTarget extends GatewayTarget {
  call: UpstreamCall;
}

const locateUpstream = async (context: GatewayContext): Promise<AuthorizedTarget> => {
  const { call, ...target } = await locateCall(context);
  if (!call) throw problem("not-found", { detail: "No upstream has this host or prefix." });
  return { ...target, call };
};

/**
 * Empty fields: proxies replace those of the caller by them, where some would leave or make up what is not there. The runtime
 * sends no empty Authorization.
 */
const NO_IDENTITY = {
  "x-fountain-subject": "",
  "x-fountain-roles": "",
  "x-fountain-scope": "",
  "x-fountain-acr": "",
};

/** Who calls, for the service behind the proxy; nothing where anyone may. */
const identityOf = async (
  { upstreamTokens }: GatewayServices,
  upstream: Upstream,
  caller: UpstreamCaller | undefined,
): Promise<Record<string, string>> => {
  if (caller === undefined) return NO_IDENTITY;
  const identity = identityFields(caller.principal, scopesFor(upstream, caller.principal));
  if (upstream.identity === "none") return identity;
  return { ...identity, authorization: `Bearer ${await upstreamTokens(upstream, caller)}` };
};

const pipeline = createPipeline<GatewayServices, Caller, AuthorizedTarget>({
  ...STAGES,
  locate: locateUpstream,
  respond: async (context, { target, caller }) => {
    const token = await decidedToken(context, target, caller);
    const known = caller && token !== undefined ? upstreamCaller(caller, token) : undefined;
    const identity = await identityOf(context.get("services"), target.call.upstream, known);
    context.res = new Response(null, { headers: { ...identity, "cache-control": "no-store" } });
  },
});

/**
 * 200 with who calls, for the proxy to pass on. Throws the problem that the call would have got; that of a call that is for no
 * upstream is 404.
 */
export const authorizeCall = async (asked: GatewayContext, { method, url }: ForwardedCall): Promise<Response> => {
  const app = new Hono<WorkerEnv<GatewayServices>>({ getPath: (request) => canonicalPath(request.url) });
  app.onError((error) => {
    throw error;
  });
  app.use(async (context, next) => {
    context.set("services", asked.get("services"));
    context.set("fields", fieldsOfCall(asked.get("fields")));
    context.set("log", asked.get("log"));
    context.set("requestId", asked.get("requestId"));
    try {
      await next();
    } finally {
      const addLimitFields = context.get("addLimitFields");
      if (addLimitFields) asked.set("addLimitFields", addLimitFields);
    }
  });
  app.use(recordingRefusals(pipeline));
  return app.request(new Request(url, { method }), undefined, asked.env, asked.executionCtx);
};
