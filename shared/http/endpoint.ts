/**
 * Declares an endpoint: the row of the route table that it serves, what it takes, what it returns, and the handler. Method
 * and path, the error responses that follow from the policy (see `document.ts`), and whether there is a caller all come
 * from that row.
 */
import { createRoute, type OpenAPIHono, type RouteConfig, type RouteHandler } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Principal } from "../auth/claims.ts";
import type { WorkerName } from "../contracts/workers.ts";
import { honoPath } from "../policy/match.ts";
import { type CalledKey, ROUTES, type RouteKey } from "../policy/routes.ts";
import type { ProblemCode } from "../problem/catalogue.ts";
import { validateParameters } from "./declared-input.ts";
import { problems, SEGMENTS } from "./openapi.ts";
import type { BaseServices, WorkerEnv } from "./worker-env.ts";

type Request = NonNullable<RouteConfig["request"]>;

/** What the request of an endpoint carries, each part as its schema. */
type Parts = Pick<Request, "params" | "query" | "headers" | "body">;

/** The parts that are there. */
type Present<Part> = { [Name in keyof Part as Part[Name] extends undefined ? never : Name]: Part[Name] };

/** The handler as `@hono/zod-openapi` types it for this declaration. */
type Handler<Services extends BaseServices, Part, Responses extends RouteConfig["responses"]> = RouteHandler<
  { method: "get"; path: string; request: Present<Part>; responses: Responses },
  WorkerEnv<Services>
>;

/** The caller, exactly where the policy demands one. */
type CallerOf<Worker extends WorkerName, Key extends RouteKey<Worker>> =
  Key extends CalledKey<Worker> ? [principal: Principal] : [];

export interface Endpoint<Services extends BaseServices> {
  /** Its row of the route table. */
  key: string;
  operationId: string;
  /** Adds it to the app of its worker. */
  register: (app: OpenAPIHono<WorkerEnv<Services>>) => void;
}

const PARAMETER_OF_SEGMENTS = /\{(\w+)\+\}/g;
/** A template of the route table, as the declaration spells it. */
const declaredPath = (template: string): string => template.replace(PARAMETER_OF_SEGMENTS, `{$1${SEGMENTS}}`);

const METHODS = { GET: "get", PUT: "put", POST: "post", PATCH: "patch", DELETE: "delete" } as const;

const isMethod = (name: string): name is keyof typeof METHODS => name in METHODS;

const methodOf = (key: string) => {
  const name = key.slice(0, key.indexOf(" "));
  if (!isMethod(name)) throw new Error(`${key} has an unknown method`);
  return METHODS[name];
};

/**
 * Declares the endpoints of a worker: `endpoint("POST /login", { … })`. `prefix`: what stands before the paths of another
 * worker's rows, which the gateway serves in its place.
 */
export const createEndpoint =
  <Services extends BaseServices>() =>
  <Worker extends WorkerName>(worker: Worker, prefix = "") =>
  <
    Key extends RouteKey<Worker>,
    const Responses extends RouteConfig["responses"],
    Params extends Parts["params"] = undefined,
    Query extends Parts["query"] = undefined,
    Headers extends Parts["headers"] = undefined,
    Body extends Parts["body"] = undefined,
    Validation extends "handler" | undefined = undefined,
  >(
    key: Key,
    declaration: {
      /** Unique over all workers, for generated clients: `kms.login`. */
      operationId: string;
      tags?: string[];
      summary: string;
      description?: string;
      params?: Params;
      query?: Query;
      headers?: Headers;
      body?: Body;
      /** The responses of a success, by status. */
      responses: Responses;
      /** The problems that the handler itself throws. */
      errors?: readonly ProblemCode[];
      /** `handler`: it reads and checks its input itself, because a standard says how refusals look. */
      validatedBy?: Validation;
      handle: (
        context: Parameters<
          Handler<Services, { params: Params; query: Query; headers: Headers; body: Body }, Responses>
        >[0],
        ...caller: CallerOf<Worker, Key>
      ) => Validation extends "handler"
        ? Response | Promise<Response>
        : ReturnType<Handler<Services, { params: Params; query: Query; headers: Headers; body: Body }, Responses>>;
    },
  ): Endpoint<Services> => {
    const { params, query, headers, body, responses, errors = [], validatedBy, handle, ...documentation } = declaration;
    const template = key.slice(key.indexOf(" ") + 1);
    const request = {
      ...(params && { params }),
      ...(query && { query }),
      ...(headers && { headers }),
      ...(body && { body }),
    };
    const route: RouteConfig = createRoute({
      ...documentation,
      method: methodOf(key),
      path: prefix + declaredPath(template),
      request,
      responses: { ...responses, ...problems(...errors) },
    });
    // Documented as a whole; the library validates the rest of it.
    const validated: RouteConfig = {
      ...route,
      hide: true,
      request: { ...(headers && { headers }), ...(body && { body }) },
      ...((query || params) && { middleware: validateParameters({ query, params }) }),
    };
    const isPublic = ROUTES[worker][key]?.caller === "anyone";
    const respond = (context: Context<WorkerEnv<Services>>): Response | Promise<Response> => {
      const principal = context.get("principal");
      if (!isPublic && principal === undefined) throw new Error(`${key} was reached without a caller`);
      return Reflect.apply(handle, undefined, isPublic ? [context] : [context, principal]);
    };
    return {
      key,
      operationId: declaration.operationId,
      register: (app) => {
        app.openAPIRegistry.registerPath(route);
        if (validatedBy === "handler") app.on(route.method.toUpperCase(), prefix + honoPath(template), respond);
        else app.openapi(validated, respond);
      },
    };
  };
