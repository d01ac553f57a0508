/** The stage of the pipeline that decides by policies, and what they never apply to. */

import { currentRequest, noteReason } from "#shared/observability/context.ts";
import { isHealthRoute } from "#shared/observability/health-log.ts";
import { problem } from "#shared/problem/problem.ts";
import type { GatewayContext } from "../composition/context.ts";
import { readingsOf } from "../matching/pattern.ts";
import type { PolicyCaller } from "../policies/conditions.ts";
import { decideByPolicies, type PolicyDecision } from "../policies/decide.ts";
import { AUTHORIZE_PATH, type GatewayTarget } from "./locate.ts";

/** What a decision by policies depends on besides the target. */
export interface Asked {
  method: string;
  /** The canonical path as the caller sends it. */
  path: string;
  caller: PolicyCaller | undefined;
  address: string | undefined;
  atMs: number;
}

/** Where what is configured is changed, and where the second factor is verified which that needs. */
const WAY_BACK = ["/gateway/", "/twofa/auth/"];

/**
 * Whether policies do not apply. A proxy that asks does so about another call, to which they do; those who may change them must be able to undo one that denies everything, and a proxy in front
 * that takes the gateway for unhealthy would let no one through to do so.
 */
const isExempt = ({ worker, template, call }: GatewayTarget, caller: PolicyCaller | undefined): boolean => {
  if (call) return false;
  if (worker === "gateway" && (template === AUTHORIZE_PATH || isHealthRoute(template))) return true;
  return WAY_BACK.some((path) => template.startsWith(path)) && caller?.scopes.has("gateway:write") === true;
};

const allowedBecause = (reason: string): PolicyDecision => ({
  allowed: true,
  rule: undefined,
  reason,
  evaluated: [],
  wouldRefuse: [],
});
const EXEMPT = allowedBecause("policies do not apply to this call");
const NO_POLICY = allowedBecause("there is no policy");

/** The decision by policies. It notes nothing. */
export const policyDecision = (target: GatewayTarget, { path, ...asked }: Asked): PolicyDecision => {
  const { configuration, call } = target;
  if (configuration === undefined || isExempt(target, asked.caller)) return EXEMPT;
  const route = call && { policies: call.route.policies, parameters: call.parametersByReading };
  if (configuration.policies.size === 0 && (route?.policies.length ?? 0) === 0) return NO_POLICY;
  return decideByPolicies(configuration.policies, { ...asked, route, readings: readingsOf(path) });
};

/** Refuses with 403 what a policy refuses, and notes what one in a dry run would have refused. */
export const assertPolicies = (
  context: GatewayContext,
  target: GatewayTarget,
  caller: PolicyCaller | undefined,
): void => {
  const { method, path } = context.req;
  const { refusals, now } = context.get("services");
  const address = currentRequest()?.clientAddress;
  const { allowed, rule, wouldRefuse } = policyDecision(target, { method, path, caller, address, atMs: now() });
  const call = `${method} ${target.template}`;
  for (const name of wouldRefuse) refusals.note("dry-run", name, call);
  if (allowed) return;
  refusals.note("policy", rule ?? "", call);
  noteReason("policy");
  throw problem("forbidden", { detail: "A policy does not allow this call." });
};
