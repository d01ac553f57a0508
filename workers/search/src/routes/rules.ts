/** Synonyms and curations of the collection, passed on to the Typesense cluster in its own words. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { WorkerEnv } from "#shared/http/app.ts";
import { json, jsonBody, problems } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { RULE_KINDS, type RuleKind, type RuleOutcome, type Rules } from "../domain/cluster.ts";
import { COLLECTION } from "../domain/fields.ts";
import type { SearchServices } from "../services.ts";

const MAX_ID_LENGTH = 255;

const listParameters = z.object({ name: z.string() });
const ruleParameters = listParameters.extend({ id: z.string().min(1).max(MAX_ID_LENGTH) });

const idsSchema = z.array(z.looseObject({ id: z.string().min(1) })).optional();

/** What Typesense takes, checked as far as it would not say itself what is wrong. */
const BODIES = {
  synonyms: z
    .looseObject({ synonyms: z.array(z.string().min(1)).min(1), root: z.string().optional() })
    .openapi("Synonym", { example: { synonyms: ["gate", "door", "portal"] } }),
  curations: z
    .looseObject({
      rule: z.looseObject({ query: z.string().optional(), match: z.enum(["exact", "contains"]).optional() }),
      includes: idsSchema,
      excludes: idsSchema,
    })
    .openapi("Curation", { example: { rule: { query: "harbour", match: "exact" }, excludes: [{ id: "action-7" }] } }),
} satisfies Record<RuleKind, z.ZodType>;

const ruleSchema = z.record(z.string(), z.unknown());

const routesOf = (kind: RuleKind) => {
  const one = kind === "synonyms" ? "synonym" : "curation";
  const failures = ["unauthenticated", "forbidden", "not-found", "not-supported", "unavailable"] as const;
  return {
    list: createRoute({
      method: "get",
      path: `/collections/{name}/${kind}`,
      summary: `The ${kind} of the collection`,
      request: { params: listParameters },
      responses: { 200: json(z.object({ items: z.array(ruleSchema) }), `All ${kind}`), ...problems(...failures) },
    }),
    find: createRoute({
      method: "get",
      path: `/collections/{name}/${kind}/{id}`,
      summary: `One ${one}`,
      request: { params: ruleParameters },
      responses: { 200: json(ruleSchema, `The ${one}`), ...problems(...failures) },
    }),
    put: createRoute({
      method: "put",
      path: `/collections/{name}/${kind}/{id}`,
      summary: `Create or replace a ${one}`,
      request: { params: ruleParameters, body: jsonBody(BODIES[kind]) },
      responses: {
        200: json(ruleSchema, `The ${one} as it is stored`),
        ...problems("malformed-request", "step-up-required", "too-large", "invalid-input", ...failures),
      },
    }),
    remove: createRoute({
      method: "delete",
      path: `/collections/{name}/${kind}/{id}`,
      summary: `Remove a ${one}`,
      request: { params: ruleParameters },
      responses: { 204: { description: "It is gone" }, ...problems("step-up-required", ...failures) },
    }),
  };
};

/** The rules of the collection; refuses where it is another, or has no cluster behind it. */
const rulesOf = ({ rules }: SearchServices, name: string): Rules => {
  if (name !== COLLECTION) throw problem("not-found", { detail: `The only collection is \`${COLLECTION}\`.` });
  if (rules) return rules;
  throw problem("not-supported", { detail: "The embedded search engine has no such rules; a Typesense cluster does." });
};

const ruleIn = (outcome: RuleOutcome) => {
  if (outcome.ok) return outcome.rule;
  if (outcome.error === "unknown") throw problem("not-found", { detail: "There is nothing with this id." });
  throw problem("invalid-input", { detail: outcome.message, errors: [{ pointer: "#", detail: outcome.message }] });
};

export const addRules = (app: OpenAPIHono<WorkerEnv<SearchServices>>): void => {
  for (const kind of RULE_KINDS) {
    const { list, find, put, remove } = routesOf(kind);
    app.openapi(list, async (context) => {
      const { name } = context.req.valid("param");
      return context.json({ items: await rulesOf(context.var.services, name).list(kind) }, 200);
    });
    app.openapi(find, async (context) => {
      const { name, id } = context.req.valid("param");
      return context.json(ruleIn(await rulesOf(context.var.services, name).find(kind, id)), 200);
    });
    app.openapi(put, async (context) => {
      const { name, id } = context.req.valid("param");
      return context.json(
        ruleIn(await rulesOf(context.var.services, name).put(kind, id, context.req.valid("json"))),
        200,
      );
    });
    app.openapi(remove, async (context) => {
      const { name, id } = context.req.valid("param");
      ruleIn(await rulesOf(context.var.services, name).remove(kind, id));
      return context.body(null, 204);
    });
  }
};
