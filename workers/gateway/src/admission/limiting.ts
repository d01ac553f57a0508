/** Holds calls against the limits: those of addresses before anything is asked of the caller, the others once that is known. */
import type { Context } from "hono";
import type { Principal } from "#shared/auth/claims.ts";
import { serviceNameOf } from "#shared/contracts/principal.ts";
import type { BaseServices, WorkerEnv } from "#shared/http/worker-env.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { LimitedConfiguration, LimitedRoute } from "../limits/compiled.ts";
import type { Sender } from "../limits/counted.ts";
import { addLimitFields, LIMIT_FIELDS, retryAfterSeconds } from "../limits/fields.ts";
import type { Applied, Limits, Passage } from "../limits/limits.ts";
import type { Stage } from "../limits/open-limits.ts";

interface LimitingServices extends BaseServices {
  limits: Limits;
}

type LimitingContext<Services extends LimitingServices> = Context<WorkerEnv<Services>>;

/** Where the call goes, and what limits it on its way. */
interface Target {
  configuration: LimitedConfiguration | undefined;
  template: string;
  call: { route: LimitedRoute } | undefined;
  passage?: Passage | undefined;
}

/** Of a service the key is the session of its token, which the key was exchanged for. */
export const senderOf = (principal: Principal | undefined, address: string | undefined): Sender => {
  if (principal === undefined) return { address };
  const { kind, subject, sessionId, actingService, actorSessionId } = principal;
  switch (kind) {
    case "service":
      return { address, subject, service: serviceNameOf(subject), key: sessionId };
    case "delegate":
      return { address, subject, service: actingService, key: actorSessionId };
    case "user":
      return { address, subject };
  }
};

const refusalBy = ({ limit, outcome }: Applied): Problem =>
  problem("too-many-attempts", {
    detail: `You have reached the limit ${limit.name}, and nothing was done. Retry after the time in Retry-After.`,
    headers: { "retry-after": String(retryAfterSeconds(outcome)) },
  });

const refuseBy = (refusal: Applied | undefined): void => {
  if (refusal) throw refusalBy(refusal);
};

/** Counts the call by the limits of a stage; refuses with 429, and with 503 where an exact one cannot be counted. */
const countAt = (stage: Stage, { passage }: Target, principal: Principal | undefined): void | Promise<void> => {
  if (passage === undefined) return undefined;
  const refusal = passage.count(stage, senderOf(principal, currentRequest()?.clientAddress));
  return refusal instanceof Promise ? refusal.then(refuseBy) : refuseBy(refusal);
};

/** Holds the call against limits per address, and of all callers together. */
export const screenCall = <Services extends LimitingServices>(
  context: LimitingContext<Services>,
  target: Target,
): void | Promise<void> => {
  const { configuration, template, call } = target;
  const { method, path } = context.req;
  const { limits, now } = context.get("services");
  const passage = limits.passageOf({ configuration, target: { template, route: call?.route }, method, path });
  if (passage === undefined) return undefined;
  target.passage = passage;
  context.set("addLimitFields", (headers) => addLimitFields(headers, passage.applied, now()));
  return countAt("screen", target, undefined);
};

/** Holds the call against limits that depend on who calls. */
export const meterCall = (target: Target, principal: Principal | undefined): void | Promise<void> =>
  countAt("meter", target, principal);

/** The response of an upstream: what it says of limits of its own is left out where ours apply. */
export const withOwnLimits = ({ passage }: Target, response: Response): Response => {
  if (passage === undefined || passage.applied.length === 0) return response;
  for (const name of LIMIT_FIELDS) response.headers.delete(name);
  return response;
};
