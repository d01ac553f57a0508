/** A worker's OpenAPI document, with the error responses that follow from its rows of the route table. */
import { OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import type { WorkerName } from "../contracts/workers.ts";
import { breathe } from "../lang/steps.ts";
import { matchRoute } from "../policy/match.ts";
import type { Policy } from "../policy/policy.ts";
import { PROBLEMS, type ProblemCode } from "../problem/catalogue.ts";
import { isBodiless } from "../semantics/method.ts";
import { PROBLEM_COMPONENT, problemSchema, SEGMENTS } from "./openapi.ts";

interface Response {
  description?: string;
  content?: object;
  headers?: object;
}

interface Operation {
  responses?: Record<string, Response>;
  parameters?: object[];
}

/** The refusals of a caller: of their credential, of what it may do, of one that cannot be checked. */
const callerRefusals = ({ caller, stepUp }: Policy): ProblemCode[] => {
  if (caller === "anyone") return [];
  return ["unauthenticated", ...(stepUp ? (["step-up-required"] as const) : []), "forbidden"];
};

/** The refusals of a body, whether one is declared or not. */
const bodyRefusals = (method: string): ProblemCode[] =>
  isBodiless(method) ? [] : ["request-timeout", "too-large", "unsupported-media-type"];

/** The refusals that an operation has by its policy and its method; what its handler refuses comes on top. */
export const derivedRefusals = (worker: WorkerName, method: string, policy: Policy): ProblemCode[] => {
  // Typesense's clients are refused in Typesense's words, which the operations declare themselves.
  if (policy.dialect === "typesense") return [];
  const input: ProblemCode[] = policy.dialect === "oauth" ? [] : ["malformed-request"];
  if (policy.dialect === undefined) input.push("invalid-input");
  const unavailable = worker === "gateway" ? [] : (["unavailable"] as const);
  return [...callerRefusals(policy), ...input, ...bodyRefusals(method), ...unavailable];
};

const CONTENT = { "application/problem+json": { schema: { $ref: `#/components/schemas/${PROBLEM_COMPONENT}` } } };

/** The responses of an operation with these refusals among them. */
const withRefusals = (responses: Record<string, Response>, codes: readonly ProblemCode[]): Record<string, Response> => {
  const all = { ...responses };
  for (const code of codes) {
    const { status, title } = PROBLEMS[code];
    const declared = all[status]?.description?.split("; ") ?? [];
    if (!declared.includes(title))
      all[status] = { content: CONTENT, ...all[status], description: [...declared, title].join("; ") };
  }
  return all;
};

/** As many characters of entity tags as anyone compares with. */
const MAX_CONDITION_CHARACTERS = 2_048;
const IF_NONE_MATCH = {
  name: "if-none-match",
  in: "header",
  required: false,
  schema: { type: "string", maxLength: MAX_CONDITION_CHARACTERS },
  description: "Entity tags of representations that you have already",
};

/** Every read of something with an entity tag may be conditional: `not-modified.ts` implements that. */
const withCondition = (method: string, operation: Operation): Operation => {
  const { responses = {}, parameters = [] } = operation;
  if (!isBodiless(method) || !("etag" in (responses["200"]?.headers ?? {}))) return operation;
  const unchanged = { description: "Not modified since you read it with this tag" };
  return { ...operation, parameters: [...parameters, IF_NONE_MATCH], responses: { ...responses, 304: unchanged } };
};

/** Some milliseconds of work where nothing is compiled yet. */
const ROUTES_AT_ONCE = 6;

interface Info {
  title: string;
  version: string;
}

interface Document {
  paths?: Record<string, Record<string, Operation>> | undefined;
  components?: { schemas?: object; parameters?: object } | undefined;
}

/** The document of these routes alone. */
const declaredBy = (routes: readonly RouteConfig[], info: Info): Document => {
  const part = new OpenAPIHono();
  part.openAPIRegistry.register(PROBLEM_COMPONENT, problemSchema);
  for (const route of routes) part.openAPIRegistry.registerPath(route);
  return Object(part.getOpenAPI31Document({ openapi: "3.1.0", info: { ...info } }));
};

/** The operations at a path that the route table knows, with what follows from it. */
const operationsAt = (worker: WorkerName, path: string, item: Record<string, Operation>): [string, Operation][] =>
  Object.entries(item).flatMap(([name, operation]) => {
    const method = name.toUpperCase();
    const match = matchRoute(worker, method, path);
    if (!match.ok) return [];
    const responses = withRefusals(operation.responses ?? {}, derivedRefusals(worker, method, match.value.policy));
    return [[name, withCondition(method, { ...operation, responses })]];
  });

/**
 * The operations of a worker that an app declares, their paths as OpenAPI spells them, which has no sign for several
 * segments. `prefix`: what stands before the worker's paths in the app, and is taken off. Other requests are served
 * meanwhile.
 */
export const documentOf = async (
  { openAPIRegistry: { definitions } }: { openAPIRegistry: Pick<OpenAPIHono["openAPIRegistry"], "definitions"> },
  worker: WorkerName,
  info: Info,
  prefix = "",
): Promise<object> => {
  const routes = definitions.flatMap((definition) =>
    definition.type === "route" && definition.route.path.startsWith(`${prefix}/`) ? [definition.route] : [],
  );
  const paths: Record<string, Record<string, Operation>> = {};
  const components = { schemas: {}, parameters: {} };
  for (let first = 0; first < routes.length; first += ROUTES_AT_ONCE) {
    if (first > 0) await breathe();
    const part = declaredBy(routes.slice(first, first + ROUTES_AT_ONCE), info);
    for (const [declared, item] of Object.entries(part.paths ?? {})) {
      const path = declared.slice(prefix.length).replaceAll(SEGMENTS, "");
      const operations = operationsAt(worker, path, item);
      if (operations.length > 0) paths[path] = { ...paths[path], ...Object.fromEntries(operations) };
    }
    Object.assign(components.schemas, part.components?.schemas);
    Object.assign(components.parameters, part.components?.parameters);
  }
  return { openapi: "3.1.0", info, paths, components };
};
