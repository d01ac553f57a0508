/** Holds a request to the input that its route has declared: parameters, and whether it takes a body. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import type { Context, Env, HonoRequest, MiddlewareHandler } from "hono";
import { queryOf } from "../policy/path.ts";
import type { Policy } from "../policy/policy.ts";
import { type FieldError, MAX_FIELD_ERRORS, problem } from "../problem/problem.ts";
import { isBodiless } from "../semantics/method.ts";
import { invalidInput } from "./field-errors.ts";
import { SEGMENTS } from "./openapi.ts";
import { pointerTo } from "./pointer.ts";

export interface DeclaredInput {
  query: ReadonlySet<string>;
  takesBody: boolean;
}

/** What a route takes that has declared nothing. */
const NOTHING: DeclaredInput = { query: new Set(), takesBody: false };

export type DeclaredInputs = ReadonlyMap<string, DeclaredInput>;

type Registry = Pick<OpenAPIHono["openAPIRegistry"], "definitions">;

/** The declared input of every registered route, by `METHOD /template` as in the route table. */
export const declaredInputs = ({ definitions }: Registry): DeclaredInputs =>
  new Map(
    definitions.flatMap((definition) => {
      if (definition.type !== "route") return [];
      const { method, path, request } = definition.route;
      const query = request?.query instanceof z.ZodObject ? Object.keys(request.query.shape) : [];
      const key = `${method.toUpperCase()} ${path.replaceAll(`${SEGMENTS}}`, "+}")}`;
      return [[key, { query: new Set(query), takesBody: request?.body !== undefined }] as const];
    }),
  );

/** What is wrong with the names of these query parameters; of many, the first hundred. */
const queryFaults = (names: readonly string[], known: ReadonlySet<string>): FieldError[] => {
  const seen = new Set<string>();
  const faults: FieldError[] = [];
  for (const name of names) {
    const detail = known.has(name) ? seen.has(name) && "must occur once" : "unknown query parameter";
    seen.add(name);
    if (detail) faults.push({ pointer: pointerTo("query", [name]), detail });
    if (faults.length === MAX_FIELD_ERRORS) break;
  }
  return faults;
};

/** The members of a body where none is taken: nothing at all and `{}` are the same. */
const unwantedMembers = (body: string): FieldError[] => {
  if (body.trim() === "") return [];
  const parsed: unknown = (() => {
    try {
      return JSON.parse(body);
    } catch (cause) {
      throw problem("malformed-request", { detail: "The request body cannot be parsed.", cause });
    }
  })();
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    return [{ pointer: "#", detail: "this operation accepts no body" }];
  return Object.keys(parsed)
    .slice(0, MAX_FIELD_ERRORS)
    .map((name) => ({ pointer: pointerTo("json", [name]), detail: "unknown member: this operation accepts no body" }));
};

const refuse = (errors: FieldError[]): void => {
  if (errors.length > 0)
    throw problem("invalid-input", { detail: "The request has unknown members or parameters.", errors });
};

interface Declaring {
  policy: Policy;
  template: string;
  declared: DeclaredInputs;
}

/** Refuses what the route has not declared, unless it speaks a dialect that says to ignore that. */
export const assertDeclaredInput = async <E extends Env>(
  { req }: Context<E>,
  { policy, template, declared }: Declaring,
): Promise<void> => {
  if (policy.dialect !== undefined) return;
  const method = req.method === "HEAD" ? "GET" : req.method;
  const { query, takesBody } = declared.get(`${method} ${template}`) ?? NOTHING;
  const sent = queryOf(req.url);
  if (sent !== "") refuse(queryFaults([...new URLSearchParams(sent).keys()], query));
  if (!takesBody && !isBodiless(method)) refuse(unwantedMembers(await req.text()));
};

/** Does not make an `Error` of the faults, as zod's own does: that costs more than to find them. */
const parse = z.core._safeParse(z.core.$ZodError);

/** A parameter that occurs several times is a list. */
const queryParameters = (request: HonoRequest): Record<string, string | string[] | undefined> =>
  Object.fromEntries(
    Object.entries(request.queries()).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );

/** Puts what the schema makes of the input where `request.valid` finds it. Refuses with 422. */
const validate = (request: HonoRequest, target: "query" | "param", schema: z.ZodType, input: unknown): void => {
  const { success, data, error } = parse(schema, input);
  if (!success) throw invalidInput(target, error.issues);
  request.addValidatedData(target, Object(data));
};

interface Parameters {
  query?: z.ZodType | undefined;
  params?: z.ZodType | undefined;
}

/**
 * Validates the parameters of a path and a query: in one step, where the library's validators await several for each. A
 * schema must not be asynchronous.
 */
export const validateParameters =
  ({ query, params }: Parameters): MiddlewareHandler =>
  ({ req }, next) => {
    if (query) validate(req, "query", query, queryParameters(req));
    if (params) validate(req, "param", params, req.param());
    return next();
  };
