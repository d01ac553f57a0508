/** The gateway's stages of the pipeline: its credentials, the second factor, and on to the worker. */

import { unauthenticated } from "#shared/auth/authorize.ts";
import { MAIL_HEADER } from "#shared/contracts/mails.ts";
import { FACTORS_HEADER } from "#shared/contracts/people.ts";
import type { Purpose } from "#shared/contracts/purpose.ts";
import { DPOP_HEADER } from "#shared/dpop/proof.ts";
import { bodyHash, calledPath, credentialRefused } from "#shared/http/access.ts";
import { holdBody } from "#shared/http/body.ts";
import { createPipeline } from "#shared/http/pipeline.ts";
import { success } from "#shared/lang/result.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { queryOf } from "#shared/policy/path.ts";
import { DEFAULT_TIMEOUT_SECONDS, type Policy } from "#shared/policy/policy.ts";
import { problem } from "#shared/problem/problem.ts";
import { isBodiless } from "#shared/semantics/method.ts";
import type { ApiKeyVerification } from "../admission/api-keys.ts";
import { assertNoKeyInAddress, type Credential, credentialOf } from "../admission/credential.ts";
import { callingService, countLimited } from "../admission/key-usage.ts";
import { meterCall, screenCall, withOwnLimits } from "../admission/limiting.ts";
import { assertProven, bindingRefused, isUnbound } from "../admission/proof.ts";
import { type Caller, OTP_HEADER, steppedUpToken } from "../admission/step-up.ts";
import { type Destination, isDestination } from "../backends/target.ts";
import type { GatewayContext } from "../composition/context.ts";
import type { GatewayServices } from "../composition/services.ts";
import { validateCall } from "../openapi/validate-call.ts";
import { callUpstream } from "../upstreams/call.ts";
import { assertNoLoop } from "../upstreams/loops.ts";
import type { UpstreamCaller } from "../upstreams/ports.ts";
import { forward } from "./forward.ts";
import { requestHeaders } from "./headers.ts";
import { arrivingCall, type GatewayTarget, locateCall } from "./locate.ts";
import { assertPolicies } from "./policies.ts";
import { audienceOf, calledUrl, withMetadataAddress } from "./resource.ts";
import { standingOf } from "./standing.ts";

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
    case "bound-token":
      return verifyToken(services, credential.token);
  }
};

/** Why a credential was refused, in the words of the scheme that it came by; 503 where it could not be verified. */
const refusedCredential = ({ kind }: Credential, reason: string): Error =>
  kind === "bound-token" && reason !== "trust-unavailable"
    ? bindingRefused("invalid_token", reason)
    : credentialRefused(reason);

const identify = async (context: GatewayContext, target: GatewayTarget): Promise<Caller> => {
  const { policy } = target;
  if (policy.dialect === "typesense") assertNoKeyInAddress(context.req.url);
  const services = context.get("services");
  const fields = context.get("fields");
  const credential = credentialOf(fields, policy);
  const verification = await verificationOf(services, credential);
  if (!verification.ok) {
    const { error } = verification;
    if ("service" in error) for (const what of ["calls", "refused"] as const) services.usage.count(error.service, what);
    throw refusedCredential(credential, error.kind);
  }
  const { principal, token } = verification.value;
  if (isUnbound(credential, principal.jkt)) return verification.value;
  const { method, path } = context.req;
  const request = () => ({ method, url: calledUrl(target, services.publicUrl, path), token });
  const presented = { credential, jkt: principal.jkt, proof: fields.get(DPOP_HEADER), request };
  await assertProven(presented, { seen: services.seenProofs, nowMs: services.now() });
  return verification.value;
};

/** This very request, byte for byte. */
const purposeOfRequest = async (context: GatewayContext, policy: Policy): Promise<Purpose> => {
  if (policy.streamed === true) context.req.raw = await holdBody(context.req.raw, policy);
  const { method, raw } = context.req;
  const path = calledPath(context.req);
  return isBodiless(method) ? { method, path } : { method, path, bodySha256: await bodyHash(raw) };
};

/** The token that the called is to see: the caller's own, or one that says what a code has proven. */
const tokenOf = (context: GatewayContext, policy: Policy, caller: Caller): Promise<string> => {
  const { twofa, kms, now } = context.get("services");
  const code = context.get("fields").get(OTP_HEADER) ?? undefined;
  const purposeOf = () => purposeOfRequest(context, policy);
  return steppedUpToken({ policy, caller, code, purposeOf, twofa, kms, nowSeconds: now() / 1000 });
};

/** What is known of the caller of an upstream. A token that a code was traded for is good for this request. */
export const upstreamCaller = (caller: Caller, token: string): UpstreamCaller =>
  token === caller.token
    ? { ...caller, once: false }
    : { principal: { ...caller.principal, acr: "aal2" }, token, once: true };

/** Forwards the request to the worker of this name, and has done what follows from it elsewhere: mail is delivered afterwards. */
export const forwardTo = async (
  context: GatewayContext,
  destination: Destination,
  { path, policy, own }: { path: string; policy: Policy; own: Record<string, string> },
): Promise<Response> => {
  const response = await forward(context.req.raw, {
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
  if (response.headers.has(MAIL_HEADER)) {
    response.headers.delete(MAIL_HEADER);
    context.get("services").deliverMails();
  }
  if (response.headers.has(FACTORS_HEADER)) {
    response.headers.delete(FACTORS_HEADER);
    await context.get("services").removeFactors();
  }
  return response;
};

/** What the gateway asks of a call before it responds, in this order. */
export const STAGES = {
  prefix: "",
  locate: (context: GatewayContext): Promise<GatewayTarget> => {
    assertNoLoop(context.get("fields"), context.get("services").publicUrl);
    return locateCall(context);
  },
  called: (context: GatewayContext, target: GatewayTarget): string =>
    audienceOf(target, context.get("services").publicUrl),
  screen: screenCall,
  identify,
  meter: (context: GatewayContext, { target, caller }: { target: GatewayTarget; caller: Caller | undefined }) => {
    const principal = caller?.principal;
    const service = principal && callingService(principal);
    return countLimited(context.get("services").usage, service, () => meterCall(target, principal));
  },
  refused: (context: GatewayContext, target: GatewayTarget, error: unknown): unknown =>
    withMetadataAddress(error, target, context.get("services").publicUrl),
};

/**
 * What it asks last: the policies, and then the second factor, because that uses up the caller's code. `beforeCode`: what else
 * can refuse the call.
 */
export const decidedToken = async (
  context: GatewayContext,
  target: GatewayTarget,
  caller: Caller | undefined,
  beforeCode: () => Promise<void> = async () => {},
): Promise<string | undefined> => {
  assertPolicies(context, target, caller?.principal);
  await beforeCode();
  return caller && tokenOf(context, target.policy, caller);
};

/** Holds the call of a service to its OpenAPI document, if it has one. */
const holdToDocument = async (context: GatewayContext, call: GatewayTarget["call"]): Promise<void> => {
  if (call?.upstream.body.openapi === undefined) return;
  const sent = { raw: context.req.raw, fields: context.get("fields") };
  context.req.raw = await validateCall(context.get("services").documents, sent, call);
};

/** Where anyone may call, what the caller sent: a client of OAuth authenticates to the worker itself. */
const credentialsSent = (context: GatewayContext, { dialect }: Policy): Record<string, string> => {
  const fields = context.get("fields");
  const names = dialect === "oauth" ? ["authorization", DPOP_HEADER] : ["authorization"];
  return Object.fromEntries(names.flatMap((name) => (fields.has(name) ? [[name, fields.get(name) ?? ""]] : [])));
};

/** Decides on a call and forwards it, unless the gateway serves it itself. */
export const gatewayPipeline = createPipeline<GatewayServices, Caller, GatewayTarget>({
  ...STAGES,
  respond: async (context, { target, caller }, next) => {
    const { worker, path, policy, call } = target;
    const token = await decidedToken(context, target, caller, () => holdToDocument(context, call));
    if (call) {
      const known = caller && token !== undefined ? upstreamCaller(caller, token) : undefined;
      const services = context.get("services");
      const fields = context.get("fields");
      const credential = caller && credentialOf(fields, policy);
      const opening = {
        arriving: arrivingCall(context),
        upstream: call.upstream.name,
        credential,
        token: caller?.token,
      };
      const standing = standingOf(services, opening);
      const sent = { raw: context.req.raw, fields };
      const response = await callUpstream(services, sent, { call, caller: known, standing });
      context.res = withOwnLimits(target, response);
      context.set("relayed", true);
    } else if (isDestination(worker) && !policy.aggregated) {
      const own = token === undefined ? credentialsSent(context, policy) : { authorization: `Bearer ${token}` };
      context.res = await forwardTo(context, worker, { path, policy, own });
    } else {
      await next();
      if (caller && !context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
    }
  },
});
