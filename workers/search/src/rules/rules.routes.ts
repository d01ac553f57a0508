/** Synonyms and curations of the collection, passed on to the Typesense cluster in its own words. */
import { z } from "@hono/zod-openapi";
import { HOLDS_CREDENTIAL, holdsNoCredential } from "#shared/contracts/credential-shape.ts";
import { integer, list, members, reference, text, unicodeText } from "#shared/contracts/input.ts";
import { pageOf } from "#shared/http/examples.ts";
import { json, jsonBody, page, pageQuery } from "#shared/http/openapi.ts";
import { pageOfAll } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import type { SearchServices } from "../composition/services.ts";
import { endpoint } from "../endpoint.ts";
import { COLLECTION } from "../model/fields.ts";
import { RULE_KINDS, type RuleKind, type RuleOutcome, type Rules } from "../sync/cluster.ts";

const MAX_ID_LENGTH = 255;

/** Each word that stands for another costs at every search. */
const MAX_WORDS = 1_000;
const MAX_WORD_LENGTH = 1_000;
/** As many as a curation can place on its pages. */
const MAX_DOCUMENTS = 1_000;
/** As long as in a search. */
const MAX_PARAMETER_LENGTH = 4_000;
const MAX_METADATA = 64;

const id = text({ min: 1, max: MAX_ID_LENGTH });
const word = text({ min: 1, max: MAX_WORD_LENGTH });
const parameter = text({ max: MAX_PARAMETER_LENGTH });
const locale = text({ max: 16 });
const seconds = integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const number = z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);

const listParameters = z.object({ name: reference() });
/** It stands in the audit trail when the rule is changed. */
const ruleParameters = listParameters.extend({
  id: unicodeText({ min: 1, max: MAX_ID_LENGTH }).refine(holdsNoCredential, HOLDS_CREDENTIAL),
});

const excluded = z.strictObject({ id });
const included = excluded.extend({ position: integer({ min: 1, max: MAX_DOCUMENTS }).optional() });
const metadata = members(z.record(word, z.union([parameter, number, z.boolean()])), MAX_METADATA).openapi({
  maxProperties: MAX_METADATA,
});

/** What Typesense takes, checked as far as it would not say itself what is wrong. */
const BODIES = {
  synonyms: z
    .strictObject({
      id: id.optional(),
      synonyms: list(word, { min: 1, max: MAX_WORDS }),
      root: text({ max: MAX_WORD_LENGTH }).optional(),
      locale: locale.optional(),
      symbols_to_index: list(text({ min: 1, max: 2 }), { max: MAX_WORDS }).optional(),
    })
    .openapi("Synonym"),
  curations: z
    .strictObject({
      id: id.optional(),
      rule: z.strictObject({
        query: parameter.optional(),
        match: z.enum(["exact", "contains"]).optional(),
        filter_by: parameter.optional(),
        tags: list(word, { max: MAX_WORDS }).optional(),
      }),
      includes: list(included, { max: MAX_DOCUMENTS }).optional(),
      excludes: list(excluded, { max: MAX_DOCUMENTS }).optional(),
      filter_by: parameter.optional(),
      sort_by: parameter.optional(),
      replace_query: parameter.optional(),
      remove_matched_tokens: z.boolean().optional(),
      filter_curated_hits: z.boolean().optional(),
      stop_processing: z.boolean().optional(),
      effective_from_ts: seconds.optional(),
      effective_to_ts: seconds.optional(),
      metadata: metadata.optional(),
    })
    .openapi("Curation"),
} satisfies Record<RuleKind, z.ZodType>;

const ruleSchema = z.record(z.string(), z.unknown());

const EXAMPLES = {
  synonyms: { synonyms: ["gate", "door", "portal"] },
  curations: { rule: { query: "harbour", match: "exact" }, excludes: [{ id: "action-7" }] },
} satisfies { [Kind in RuleKind]: z.input<(typeof BODIES)[Kind]> };

const RULES = {
  synonyms: { id: "gates", ...EXAMPLES.synonyms },
  curations: { id: "harbour", ...EXAMPLES.curations },
};

const ERRORS = ["not-found", "not-supported"] as const;

/** The rules of the collection; refuses where it is another, or has no cluster behind it. */
const rulesOf = ({ rules }: SearchServices, name: string): Rules => {
  if (name !== COLLECTION) throw problem("not-found", { detail: `The only collection is \`${COLLECTION}\`.` });
  if (rules) return rules;
  throw problem("not-supported", {
    detail: "The embedded search engine has no such rules. They require a Typesense cluster.",
  });
};

const ruleIn = (outcome: RuleOutcome) => {
  if (outcome.ok) return outcome.value;
  const { error } = outcome;
  switch (error.kind) {
    case "unknown":
      throw problem("not-found", { detail: "No rule has this id." });
    case "refused":
      throw problem("invalid-input", { detail: error.message, errors: [{ pointer: "#", detail: error.message }] });
  }
};

const endpointsOf = (kind: RuleKind) => {
  const [many, single] = kind === "synonyms" ? ["Synonyms", "Synonym"] : ["Curations", "Curation"];
  const one = single.toLowerCase();
  const bodies = {
    synonyms: jsonBody(BODIES.synonyms, EXAMPLES.synonyms),
    curations: jsonBody(BODIES.curations, EXAMPLES.curations),
  };
  return [
    endpoint(`GET /collections/{name}/${kind}`, {
      operationId: `search.list${many}`,
      summary: `List the ${kind} of the collection by id`,
      params: listParameters,
      query: pageQuery,
      responses: { 200: json(page(ruleSchema), `A page of ${kind}`, pageOf<Record<string, unknown>>(RULES[kind])) },
      errors: ERRORS,
      handle: async (context) => {
        const { name } = context.req.valid("param");
        const rules = await rulesOf(context.var.services, name).list(kind);
        return context.json(
          pageOfAll(rules, context.req.valid("query"), (rule) => String(rule["id"])),
          200,
        );
      },
    }),
    endpoint(`GET /collections/{name}/${kind}/{id}`, {
      operationId: `search.get${single}`,
      summary: `Read a ${one}`,
      params: ruleParameters,
      responses: { 200: json(ruleSchema, `The ${one}`, RULES[kind]) },
      errors: ERRORS,
      handle: async (context) => {
        const { name, id } = context.req.valid("param");
        return context.json(ruleIn(await rulesOf(context.var.services, name).find(kind, id)), 200);
      },
    }),
    endpoint(`PUT /collections/{name}/${kind}/{id}`, {
      operationId: `search.set${single}`,
      summary: `Create or replace a ${one}`,
      params: ruleParameters,
      body: bodies[kind],
      responses: { 200: json(ruleSchema, `The stored ${one}`, RULES[kind]) },
      errors: ERRORS,
      handle: async (context) => {
        const { name, id } = context.req.valid("param");
        const rules = rulesOf(context.var.services, name);
        return context.json(ruleIn(await rules.put(kind, id, context.req.valid("json"))), 200);
      },
    }),
    endpoint(`DELETE /collections/{name}/${kind}/{id}`, {
      operationId: `search.delete${single}`,
      summary: `Delete a ${one}`,
      params: ruleParameters,
      responses: { 204: { description: "It is deleted" } },
      errors: ERRORS,
      handle: async (context) => {
        const { name, id } = context.req.valid("param");
        ruleIn(await rulesOf(context.var.services, name).remove(kind, id));
        return context.body(null, 204);
      },
    }),
  ];
};

export const rulesEndpoints = RULE_KINDS.flatMap(endpointsOf);
