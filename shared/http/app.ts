/**
 * The frame every worker is built in: request id, one log line, the access check, body limits and the error shape.
 * A route cannot forget any of them, and a route that is not in the route table is never reached.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { holdsCredential } from "../contracts/credential-shape.ts";
import type { WorkerName } from "../contracts/workers.ts";
import { unavailabilityIn } from "../lang/unavailable.ts";
import { currentRequest, noteReason, withinRequest } from "../observability/context.ts";
import { createHealthLog, isHealthRoute } from "../observability/health-log.ts";
import { labelWorker } from "../observability/instruments.ts";
import { createLog, describeError, type Level } from "../observability/log.ts";
import { parseTraceparent, startSpan } from "../observability/trace.ts";
import { canonicalPath } from "../policy/path.ts";
import { PRIVATE_PATHS, UNMATCHED } from "../policy/routes.ts";
import { PROBLEMS } from "../problem/catalogue.ts";
import {
  isRequestFault,
  oauthErrorResponse,
  Problem,
  problem,
  problemResponse,
  typesenseErrorResponse,
} from "../problem/problem.ts";
import { unavailable } from "../problem/unavailable.ts";
import { unlessKnown } from "../semantics/not-modified.ts";
import { isReportedSetting } from "../settings/unusable.ts";
import { assertDeclaredInput, type DeclaredInputs, declaredInputs } from "./declared-input.ts";
import { documentOf } from "./document.ts";
import { drain, type Receive } from "./drain.ts";
import { invalidInput } from "./field-errors.ts";
import { useFieldMessages } from "./field-messages.ts";
import { type Fields, readFields } from "./fields.ts";
import { assertParsableBody } from "./json-body.ts";
import { createWorkerPipeline } from "./pipeline.ts";
import { recordRequest, type Served } from "./record.ts";
import type { BaseServices, WorkerEnv } from "./worker-env.ts";

export const REQUEST_ID_HEADER = "x-request-id";
/** Set by the gateway: the caller's network address. The gateway itself believes no such header. */
export const CLIENT_ADDRESS_HEADER = "x-fountain-client-address";
/** On a response that came before the end of the request's body: the proxy in front is to close the connection. */
const CLOSE_HEADER = "x-fountain-close";
const SANE_REQUEST_ID = /^[\w.:-]{8,128}$/;

/** Gives the id the caller sent when it is a sane one, and no credential in the wrong header; else a new one. */
const requestIdOf = (fields: Fields): string => {
  const sent = fields.get(REQUEST_ID_HEADER);
  return sent !== null && SANE_REQUEST_ID.test(sent) && !holdsCredential(sent) ? sent : crypto.randomUUID();
};

const DEPENDENCY_UNAVAILABLE =
  "A dependency is temporarily unavailable, and the request was not acknowledged. Retry after the time in Retry-After.";

/** Turns whatever was thrown into a problem; an unknown failure is a bug and becomes a bare 500. */
const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  const outage = unavailabilityIn(error);
  if (outage) return unavailable({ detail: outage.detail ?? DEPENDENCY_UNAVAILABLE, cause: error });
  if (error instanceof HTTPException && error.status === 400)
    return problem("malformed-request", { detail: "The request body cannot be parsed." });
  if (error instanceof HTTPException && error.status === 415) return problem("unsupported-media-type");
  return problem("internal", {
    detail: "The error is logged with this requestId. Report it to the operator.",
    cause: error,
  });
};

export interface AppOptions<Services extends BaseServices> {
  worker: WorkerName;
  /** Composes the worker from its bindings; called at every request, so it remembers its result. */
  connect: (bindings: unknown) => Services | Promise<Services>;
  /** The problem that only this worker knows to make of a failure. */
  problemOf?: (error: unknown) => Problem | undefined;
  /** Takes requests in; the gateway bounds the time that their bodies may take. */
  receive?: Receive;
  /** Decides who may call; the gateway brings its own. */
  access?: MiddlewareHandler<WorkerEnv<Services>>;
  /** The client's address; the gateway determines it and forwards it to the others. */
  clientAddress?: (request: Request, fields: Fields, bindings: unknown) => string | undefined;
  /** The response that this worker makes of a problem, in the place of the usual one. */
  responseOf?: (failed: Problem, context: Context<WorkerEnv<Services>>) => Response | Promise<Response> | undefined;
  /** Receives what was recorded of each request. */
  observe?: (context: Context<WorkerEnv<Services>>, served: Served) => void;
  /** What every response says besides, unless it says something else itself. */
  responseHeaders?: (bindings: unknown, isRelayed: boolean) => readonly (readonly [name: string, value: string])[];
}

const receiveAny: Receive = (request) => ({ request, rest: request.body === null ? undefined : () => drain(request) });

const noHeaders = (): readonly (readonly [string, string])[] => [];

const forwardedAddress = (_request: Request, fields: Fields): string | undefined =>
  fields.get(CLIENT_ADDRESS_HEADER) ?? undefined;

/** An empty worker: add routes to it with `openapi`. */
export const createApp = <Services extends BaseServices>(options: AppOptions<Services>) => {
  const {
    worker,
    connect,
    problemOf,
    receive = receiveAny,
    access = createWorkerPipeline<Services>(worker),
    clientAddress = forwardedAddress,
    responseHeaders = noHeaders,
    responseOf,
    observe,
  } = options;
  const privatePaths = new Set(worker === "gateway" ? [] : PRIVATE_PATHS);
  const app = new OpenAPIHono<WorkerEnv<Services>>({
    getPath: (request) => canonicalPath(request.url),
    defaultHook: (result) => {
      if (!result.success) throw invalidInput(result.target, result.error.issues);
    },
  });
  useFieldMessages();
  const log = createLog(worker);
  labelWorker(worker);
  // As the caller knows it, who sees the gateway's paths: it takes the worker's name off.
  const prefix = worker === "gateway" ? "" : `/${worker}`;
  let declared: DeclaredInputs | undefined;

  const healthLog = createHealthLog(Date.now);
  const levelOfFailure = (cause: unknown, template: string): Level => {
    if (isReportedSetting(cause)) return "debug";
    return isHealthRoute(template) ? healthLog.failed(template) : "error";
  };

  const frame: MiddlewareHandler<WorkerEnv<Services>> = (context, next) => {
    const startedAtMs = Date.now();
    const { request: sent, fields } = readFields(context.req.raw);
    const requestId = requestIdOf(fields);
    const { request, rest } = receive(sent);
    context.req.raw = request;
    context.set("fields", fields);
    context.set("requestId", requestId);
    context.set("log", log);
    context.set("template", UNMATCHED);
    const span = startSpan(parseTraceparent(fields.get("traceparent")));
    const sender = {
      clientAddress: clientAddress(sent, fields, context.env),
      userAgent: fields.get("user-agent") ?? undefined,
    };
    return withinRequest({ requestId, span, ...sender }, async () => {
      await next();
      const isRelayed = context.get("relayed") === true;
      const response = isRelayed ? context.res : unlessKnown({ method: request.method, headers: fields }, context.res);
      if (response !== context.res) context.res = response;
      const { headers } = response;
      if (rest && !(await rest())) headers.set(CLOSE_HEADER, "1");
      headers.set(REQUEST_ID_HEADER, requestId);
      headers.set("x-content-type-options", "nosniff");
      for (const [name, value] of responseHeaders(context.env, isRelayed))
        if (!headers.has(name)) headers.set(name, value);
      context.get("addLimitFields")?.(headers);
      const served = recordRequest(
        context,
        { method: request.method, status: response.status, durationMs: Date.now() - startedAtMs },
        healthLog,
      );
      observe?.(context, served);
    });
  };

  const check: MiddlewareHandler<WorkerEnv<Services>> = async (context, next) => {
    context.set("services", await connect(context.env));
    if (!privatePaths.has(context.req.path))
      return access(context, async () => {
        declared ??= declaredInputs(app.openAPIRegistry);
        const policy = context.get("policy");
        if (policy) {
          await assertParsableBody(context.req, policy);
          await assertDeclaredInput(context, { policy, template: context.get("template"), declared });
        }
        await next();
      });
    context.set("template", context.req.path);
    return next();
  };

  app.use(frame);
  app.use(check);
  app.onError((error, context) => {
    const failed = problemOf?.(error) ?? toProblem(error);
    const requestId = context.get("requestId");
    const policy = context.get("policy");
    if (failed.cause !== undefined && PROBLEMS[failed.code].status >= 500) {
      const level = levelOfFailure(failed.cause, context.get("template"));
      context.set("level", level);
      log(level, failed.code, { error: describeError(failed.cause) });
    }
    if (!currentRequest()?.reason) noteReason(failed.code);
    const own = responseOf?.(failed, context);
    if (own) return own;
    if (policy?.dialect === "typesense") return typesenseErrorResponse(failed);
    if (policy?.dialect === "oauth" && isRequestFault(failed)) return oauthErrorResponse(failed);
    return problemResponse(failed, { instance: prefix + context.req.path, requestId });
  });
  app.notFound(() => {
    throw problem("internal", { cause: new Error("a route is in the route table but has no handler") });
  });
  if (worker !== "gateway") {
    app.get("/ready", async (context) => {
      await context.get("services").probe();
      return context.json({ status: "ok" });
    });
    app.get("/openapi.json", async (context) =>
      context.json(await documentOf(app, worker, { title: worker, version: "1" })),
    );
  }
  return app;
};
