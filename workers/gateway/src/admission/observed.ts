/** Has this process take note of each call that has got its response. */
import type { Context } from "hono";
import type { Principal } from "#shared/auth/claims.ts";
import { serviceNameOf } from "#shared/contracts/principal.ts";
import type { Served } from "#shared/http/record.ts";
import type { BaseServices, WorkerEnv } from "#shared/http/worker-env.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { authorityOf } from "#shared/policy/path.ts";
import type { Activity } from "../activity/activity.ts";
import type { RefusedCaller } from "../activity/refused-calls.ts";

interface ObservingServices extends BaseServices {
  activity: Activity;
}

const callerOf = (principal: Principal | undefined): RefusedCaller => {
  if (principal === undefined) return {};
  const { kind, subject, sessionId, actingService, actorSessionId } = principal;
  const service = kind === "service" ? serviceNameOf(subject) : actingService;
  const key = kind === "service" ? sessionId : actorSessionId;
  return {
    ...(kind !== "service" && { subject }),
    ...(service !== undefined && { service }),
    ...(key !== undefined && { key }),
  };
};

export const observeCall = <Services extends ObservingServices>(
  context: Context<WorkerEnv<Services>>,
  served: Served,
): void => {
  if (context.get("observed")) return;
  // `undefined`: the gateway could not be put together.
  const services: Services | undefined = context.get("services");
  services?.activity.note(served, () => {
    const request = currentRequest();
    const principal = context.get("principal");
    return {
      requestId: context.get("requestId"),
      method: served.method,
      reason: served.reason,
      rule: request?.rule,
      path: context.req.path,
      host: authorityOf(context.req.url),
      address: request?.clientAddress,
      caller: callerOf(principal),
      acr: principal?.kind === "service" ? undefined : principal?.acr,
    };
  });
};
