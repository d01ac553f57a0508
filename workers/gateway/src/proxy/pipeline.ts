/** The gateway's stages of the pipeline: its credentials, the second factor, and on to the worker. */

import type { Context } from "hono";
import { unauthenticated } from "#shared/auth/authorize.ts";
import type { Purpose } from "#shared/contracts/purpose.ts";
import { bodyHash, calledPath, credentialRefused } from "#shared/http/access.ts";
import { createPipeline } from "#shared/http/pipeline.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { success } from "#shared/lang/result.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { queryOf } from "#shared/policy/path.ts";
import { DEFAULT_TIMEOUT_SECONDS, type Policy } from "#shared/policy/routes.ts";
import { problem } from "#shared/problem/problem.ts";
import { isBodiless } from "#shared/semantics/method.ts";
import type { ApiKeyVerification } from "../admission/api-keys.ts";
import { assertNoKeyInAddress, type Credential, credentialOf } from "../admission/credential.ts";
import { type Caller, OTP_HEADER, steppedUpToken } from "../admission/step-up.ts";
import { type Destination, isDestination, targetOf } from "../backends/target.ts";
import type { GatewayServices } from "../composition/services.ts";
import { forward } from "./forward.ts";
import { requestHeaders } from "./headers.ts";

export type GatewayContext = Context<WorkerEnv<GatewayServices>>;

const verifyToken = async ({ verify }: GatewayServices, token: string): Promise<ApiKeyVerification> => {
  const verification = await verify(token);
  return verification.ok ? success({ principal: verification.value, token }) : verification;
};

const verificationOf = (services: GatewayServices, credential: Credential): Promise<ApiKeyVerification> => {
  switch (credential.kind) {
    case "several":
      throw problem("malformed-request", { detail: "Send one credential in one header." });
    case "none":
      throw unauthenticated(false);
    case "unreadable":
      throw unauthenticated(true);
    case "api-key":
      return services.verifyApiKey(credential.key, currentRequest()?.clientAddress);
    case "token":
      return verifyToken(services, credential.token);
  }
};

const identify = async (context: GatewayContext, policy: Policy): Promise<Caller> => {
  if (policy.dialect === "typesense") assertNoKeyInAddress(context.req.url);
  const verification = await verificationOf(context.get("services"), credentialOf(context.get("fields"), policy));
  if (!verification.ok) throw credentialRefused(verification.error.kind);
  return verification.value;
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
): Promise<string | null> => {
  const fields = context.get("fields");
  if (!caller) return fields.get("authorization");
  const { twofa, kms, now } = context.get("services");
  const code = fields.get(OTP_HEADER) ?? undefined;
  const purposeOf = () => purposeOfRequest(context);
  return `Bearer ${await steppedUpToken({ policy, caller, code, purposeOf, twofa, kms, nowSeconds: now() / 1000 })}`;
};

/** Forwards the request to the worker of this name. */
export const forwardTo = async (
  context: GatewayContext,
  destination: Destination,
  { path, policy, own }: { path: string; policy: Policy; own: Record<string, string> },
): Promise<Response> =>
  forward(context.req.raw, {
    callee: destination,
    method: context.req.method,
    upstream: context.get("services").upstreams[destination],
    path: path + queryOf(context.req.url),
    fields: context.get("fields"),
    own: { ...own, ...requestHeaders(context.get("fields")) },
    errorType: policy.dialect === "typesense" ? "application/json" : "application/problem+json",
    forCaller: policy.caller !== "anyone",
    limitMs: (policy.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
  });

/** Decides on a call and forwards it, unless the gateway serves it itself. */
export const gatewayPipeline = createPipeline<GatewayServices, Caller>({
  prefix: "",
  locate: ({ method, path }) => targetOf(method, path),
  identify,
  respond: async (context, { target: { worker, path, policy }, caller }, next) => {
    if (!isDestination(worker) || policy.aggregated) return next();
    // Last of all, because it uses up the caller's code.
    const authorization = await authorizationOf(context, policy, caller);
    context.res = await forwardTo(context, worker, {
      path,
      policy,
      own: authorization === null ? {} : { authorization },
    });
  },
});
