/** What is left of every request: one log line, and its place in the numbers. */
import type { Context } from "hono";
import type { Principal } from "../auth/claims.ts";
import { currentRequest } from "../observability/context.ts";
import { type HealthLog, isHealthRoute } from "../observability/health-log.ts";
import type { Level } from "../observability/log.ts";
import { countAuthentication, countRequest, observeRequest } from "../observability/metrics.ts";
import type { Fields } from "./fields.ts";
import type { BaseServices, WorkerEnv } from "./worker-env.ts";

type BaseContext<Services extends BaseServices> = Context<WorkerEnv<Services>>;

/** Clients of Typesense send an API key in the place of a token, and tokens in a header of their own. */
const API_KEY = /(^| )ftn_/;

const credentialKind = (headers: Fields): string => {
  const sent = headers.get("x-typesense-api-key") || headers.get("authorization");
  if (headers.has("x-api-key") || API_KEY.test(sent ?? "")) return "api-key";
  return sent === null ? "none" : "token";
};

/**
 * How this worker judged the caller's credential; `undefined` where it came to no judgement. A refusal without a reason
 * is another worker's, passed on.
 */
const authenticationOutcome = (
  status: number,
  principal: Principal | undefined,
  reason: string | undefined,
): string | undefined => {
  if (reason && (status === 401 || status === 403)) return "refused";
  if (principal) return "accepted";
  return status === 503 ? "undecided" : undefined;
};

const recordAuthentication = <Services extends BaseServices>(
  context: BaseContext<Services>,
  status: number,
  reason: string | undefined,
): void => {
  const outcome = authenticationOutcome(status, context.get("principal"), reason);
  if (outcome === undefined) return;
  const counted = outcome === "accepted" ? "none" : (reason ?? "none");
  countAuthentication({ credential: credentialKind(context.get("fields")), outcome, reason: counted });
};

let served = 0;

/** How many requests this isolate has responded to, health checks not counted. */
export const servedRequests = (): number => served;

/** Of the line of a request; a failure whose cause was logged has that line's level. */
const levelOf = (template: string, status: number, healthLog: HealthLog): Level => {
  if (status >= 500) return isHealthRoute(template) ? healthLog.failed(template) : "error";
  return isHealthRoute(template) && status < 400 ? healthLog.succeeded(template) : "info";
};

/** What is recorded of a request that has got its response. */
export interface Served {
  method: string;
  /** Its place in the route table. */
  route: string;
  status: number;
  durationMs: number;
  /** Why it was refused: a code. */
  reason: string | undefined;
}

/** Logs and counts a request that has got its response, and gives what it has recorded. */
export const recordRequest = <Services extends BaseServices>(
  context: BaseContext<Services>,
  { method, status, durationMs }: Pick<Served, "method" | "status" | "durationMs">,
  healthLog: HealthLog,
): Served => {
  const route = context.get("template");
  const policy = context.get("policy");
  const reason = currentRequest()?.reason;
  if (!isHealthRoute(route)) served += 1;
  context.get("log")(context.get("level") ?? levelOf(route, status, healthLog), "request", {
    method,
    route,
    status,
    durationMs,
    subject: context.get("principal")?.subject,
    reason,
  });
  countRequest({ method, route, status_class: `${Math.floor(status / 100)}xx` });
  observeRequest({ route }, durationMs / 1000);
  if (policy && policy.caller !== "anyone") recordAuthentication(context, status, reason);
  return { method, route, status, durationMs, reason };
};
