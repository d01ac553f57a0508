/** The gateway's access check: one look at the table, one at the credential, one decision, and on to the worker. */
import type { Context, MiddlewareHandler } from "hono";
import { unauthenticated } from "#shared/auth/authorize.ts";
import type { Purpose } from "#shared/contracts/purpose.ts";
import type { WorkerName } from "#shared/contracts/workers.ts";
import {
  admit,
  assertBody,
  assertConsumable,
  bodyHash,
  calledPath,
  credentialRefused,
  isBodiless,
  limitBody,
} from "#shared/http/access.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { DEFAULT_TIMEOUT_SECONDS, type Policy } from "#shared/policy/routes.ts";
import { problem } from "#shared/problem/problem.ts";
import type { ApiKeyVerification } from "../admission/api-keys.ts";
import { assertNoKeyInAddress, type Credential, credentialOf } from "../admission/credential.ts";
import { type Caller, OTP_HEADER, steppedUpToken } from "../admission/step-up.ts";
import { assertSaneAddress, type Destination, targetOf } from "../backends/target.ts";
import type { GatewayServices } from "../composition/services.ts";
import { forward } from "./forward.ts";
import { requestHeaders } from "./headers.ts";

export type GatewayContext = Context<WorkerEnv<GatewayServices>>;

const verificationOf = async (services: GatewayServices, credential: Credential): Promise<ApiKeyVerification> => {
  switch (credential.kind) {
    case "several":
      throw problem("malformed-request", { detail: "Send one credential in one header." });
    case "none":
      throw unauthenticated(false);
    case "unreadable":
      throw unauthenticated(true);
    case "api-key":
      return services.verifyApiKey(credential.key, currentRequest()?.clientAddress);
    case "token": {
      const verification = await services.verify(credential.token);
      return verification.ok ? { ...verification, token: credential.token } : verification;
    }
  }
};

/** The caller, known and allowed to make this call but for a second factor; `undefined` where anyone may. */
const callerOf = async (context: GatewayContext, worker: WorkerName, policy: Policy): Promise<Caller | undefined> => {
  if (policy.caller === "anyone") return undefined;
  if (policy.dialect === "typesense") assertNoKeyInAddress(context.req.url);
  const verification = await verificationOf(context.var.services, credentialOf(context.req.raw.headers, policy));
  if (!verification.ok) throw credentialRefused(context, verification.reason);
  admit(context, worker, policy, verification.principal);
  return verification;
};

/** This very request, byte for byte. */
const purposeOfRequest = async (context: GatewayContext): Promise<Purpose> => {
  const { method, raw } = context.req;
  const path = calledPath(context.req);
  return isBodiless(method) ? { method, path } : { method, path, bodySha256: await bodyHash(raw) };
};

/** What the worker is to know of the caller: the token decided on, or, where anyone may call, what the caller sent. */
const authorizationOf = async (
  context: GatewayContext,
  policy: Policy,
  caller: Caller | undefined,
): Promise<Record<string, string>> => {
  if (!caller) {
    const sent = context.req.header("authorization");
    return sent === undefined ? {} : { authorization: sent };
  }
  const { twofa, kms, now } = context.var.services;
  const code = context.req.header(OTP_HEADER);
  const purposeOf = () => purposeOfRequest(context);
  const token = await steppedUpToken({ policy, caller, code, purposeOf, twofa, kms, nowSeconds: now() / 1000 });
  return { authorization: `Bearer ${token}` };
};

/** Forwards the request to the worker of this name. */
export const forwardTo = async (
  context: GatewayContext,
  destination: Destination,
  { path, policy, own }: { path: string; policy: Policy; own: Record<string, string> },
): Promise<Response> =>
  forward(context.req.raw, {
    callee: destination,
    upstream: context.var.services.upstreams[destination],
    path,
    own: { ...own, ...requestHeaders(context.req.raw.headers) },
    errorType: policy.dialect === "typesense" ? "application/json" : "application/problem+json",
    forCaller: policy.caller !== "anyone",
    limitMs: (policy.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
  });

/** Decides on a call and forwards it, unless the gateway serves it itself. */
export const gatewayAccess: MiddlewareHandler<WorkerEnv<GatewayServices>> = async (context, next) => {
  assertSaneAddress(context.req.url, context.req.path);
  const { destination, path, template, policy } = targetOf(context.req.method, context.req.path);
  context.set("template", template);
  context.set("policy", policy);
  const caller = await callerOf(context, destination ?? "gateway", policy);
  assertConsumable(context.req.raw, policy);
  return limitBody(policy)(context, async () => {
    await assertBody(context);
    if (destination === undefined || policy.aggregated) return next();
    // Last of all, because it uses up the caller's code.
    const authorization = await authorizationOf(context, policy, caller);
    context.res = await forwardTo(context, destination, { path, policy, own: authorization });
  });
};
