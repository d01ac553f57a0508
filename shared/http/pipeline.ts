/**
 * What happens to every request before its handler, in the gateway and in each worker: one order, so that a step added
 * here is in both. They differ in four places, the stages.
 */
import type { Context, MiddlewareHandler } from "hono";
import { assertMayGrant, assertSteppedUp, unauthenticated } from "../auth/authorize.ts";
import type { Principal } from "../auth/claims.ts";
import type { WorkerName } from "../contracts/workers.ts";
import type { Policy } from "../policy/policy.ts";
import { problem } from "../problem/problem.ts";
import { isBodiless } from "../semantics/method.ts";
import {
  admit,
  assertBody,
  assertSaneAddress,
  assertUtf8Address,
  bearerToken,
  credentialRefused,
  policyOf,
} from "./access.ts";
import { holdBody, receiveBody } from "./body.ts";
import type { BaseServices, WorkerEnv } from "./worker-env.ts";

type RequestContext<Services extends BaseServices> = Context<WorkerEnv<Services>>;

/** Where a request goes. */
export interface Target {
  /** The worker whose row of the route table it is. */
  worker: WorkerName;
  /** The path as that worker knows it. */
  path: string;
  /** The row's template, with what stands before it in the request's path. */
  template: string;
  policy: Policy;
}

/** What differs between the gateway and a worker behind it. `Caller`: what is known of a verified caller. */
export interface Stages<
  Services extends BaseServices,
  Caller extends { principal: Principal },
  At extends Target = Target,
> {
  /** What was taken off the path before the request got here. */
  prefix: string;
  /** Finds the row of the route table; throws 404 or 405. */
  locate: (context: RequestContext<Services>) => At | Promise<At>;
  /** What a caller's token must be good for (see `isMeantFor`), where that is not the target's worker. */
  called?: (context: RequestContext<Services>, target: At) => string;
  /** Comes before anything is asked of the caller; throws to refuse. */
  screen?: (context: RequestContext<Services>, target: At) => void | Promise<void>;
  /** Verifies the request's credential; throws 401, or 503 where that cannot be done. */
  identify: (context: RequestContext<Services>, target: At) => Promise<Caller>;
  /** Comes once the credential is verified, and before it is asked what it is good for; throws to refuse. */
  meter?: (context: RequestContext<Services>, call: { target: At; caller: Caller | undefined }) => void | Promise<void>;
  /** Gives what is thrown in the place of a failure that comes once the target is known. */
  refused?: (context: RequestContext<Services>, target: At, error: unknown) => unknown;
  /** Comes last: demands or obtains the second factor, and responds or has the handler respond. */
  respond: (
    context: RequestContext<Services>,
    call: { target: At; caller: Caller | undefined },
    next: () => Promise<void>,
  ) => Promise<void>;
}

/** The stages in their order. */
export const createPipeline = <
  Services extends BaseServices,
  Caller extends { principal: Principal },
  At extends Target = Target,
>({
  prefix,
  locate,
  called,
  screen,
  identify,
  meter,
  refused,
  respond,
}: Stages<Services, Caller, At>): MiddlewareHandler<WorkerEnv<Services>> => {
  const run = async (context: RequestContext<Services>, target: At, next: () => Promise<void>): Promise<void> => {
    const { worker, policy } = target;
    const { method, url } = context.req;
    assertUtf8Address({ url });
    if (screen) await screen(context, target);
    const caller = policy.caller === "anyone" ? undefined : await identify(context, target);
    if (meter) await meter(context, { target, caller });
    if (caller) admit(context, { called: called?.(context, target) ?? worker, policy, prefix }, caller.principal);
    if (!isBodiless(method) && policy.streamed !== true) context.req.raw = await receiveBody(context.req.raw, policy);
    if (caller?.principal.purpose && policy.streamed === true)
      context.req.raw = await holdBody(context.req.raw, policy);
    if (caller?.principal.purpose) await assertBody(context.req.raw, policy, caller.principal);
    await respond(context, { target, caller }, next);
  };

  return async (context, next) => {
    const { path, url } = context.req;
    assertSaneAddress({ url, path });
    const located = locate(context);
    const target = located instanceof Promise ? await located : located;
    context.set("template", target.template);
    context.set("policy", target.policy);
    try {
      await run(context, target, next);
    } catch (error) {
      throw refused ? refused(context, target, error) : error;
    }
  };
};

/** The principal of an access token in `Authorization`. */
const identifyByToken = async <Services extends BaseServices>(
  context: RequestContext<Services>,
): Promise<{ principal: Principal }> => {
  const fields = context.get("fields");
  const token = bearerToken(fields);
  if (token === undefined) throw unauthenticated(fields.has("authorization"));
  const verification = await context.get("services").verify(token);
  if (!verification.ok) throw credentialRefused(verification.error.kind);
  return { principal: verification.value };
};

/** A worker behind the gateway, which trusts nothing that the gateway has already checked. */
export const createWorkerPipeline = <Services extends BaseServices>(
  worker: WorkerName,
): MiddlewareHandler<WorkerEnv<Services>> =>
  createPipeline<Services, { principal: Principal }>({
    prefix: `/${worker}`,
    locate: ({ req: { method, path } }) => {
      const { template, policy } = policyOf(worker, method, path);
      // The gateway serves these itself.
      if (policy.aggregated) throw problem("not-found", { detail: "Only the gateway serves this operation." });
      return { worker, path, template, policy };
    },
    identify: identifyByToken,
    respond: async (context, { target: { policy }, caller }, next) => {
      if (caller) {
        const nowMs = context.get("services").now();
        if (policy.stepUp?.when === "always") assertSteppedUp(caller.principal, nowMs, policy.stepUp);
        if (policy.grants) assertMayGrant(policy.grants, caller.principal, nowMs);
      }
      await next();
    },
  });
