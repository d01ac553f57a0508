/** Synonyms and curations of the collection, passed on to the Typesense cluster in its own words. */
import { z } from "@hono/zod-openapi";
import { HOLDS_CREDENTIAL, holdsNoCredential } from "#shared/contracts/credential-shape.ts";
import { integer, list, members, reference, text, unicodeText } from "#shared/contracts/input.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import type { SearchServices } from "../composition/services.ts";
import { endpoint } from "../endpoint.ts";
import { COLLECTION } from "../model/fields.ts";
import type { RuleKind, RuleOutcome, Rules } from "../sync/cluster.ts";

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

const listSynonyms = endpoint("GET /collections/{name}/synonyms", {
  operationId: "search.listSynonyms",
  summary: "List the synonyms of the collection",
  params: listParameters,
  responses: { 200: json(z.object({ items: z.array(ruleSchema) }), "All synonyms", { items: [RULES.synonyms] }) },
  errors: ERRORS,
  handle: async (context) => {
    const { name } = context.req.valid("param");
    return context.json({ items: await rulesOf(context.var.services, name).list("synonyms") }, 200);
  },
});

const getSynonym = endpoint("GET /collections/{name}/synonyms/{id}", {
  operationId: "search.getSynonym",
  summary: "Read a synonym",
  params: ruleParameters,
  responses: { 200: json(ruleSchema, "The synonym", RULES.synonyms) },
  errors: ERRORS,
  handle: async (context) => {
    const { name, id } = context.req.valid("param");
    return context.json(ruleIn(await rulesOf(context.var.services, name).find("synonyms", id)), 200);
  },
});

const setSynonym = endpoint("PUT /collections/{name}/synonyms/{id}", {
  operationId: "search.setSynonym",
  summary: "Create or replace a synonym",
  params: ruleParameters,
  body: jsonBody(BODIES.synonyms, EXAMPLES.synonyms),
  responses: { 200: json(ruleSchema, "The stored synonym", RULES.synonyms) },
  errors: ERRORS,
  handle: async (context) => {
    const { name, id } = context.req.valid("param");
    const rules = rulesOf(context.var.services, name);
    return context.json(ruleIn(await rules.put("synonyms", id, context.req.valid("json"))), 200);
  },
});

const deleteSynonym = endpoint("DELETE /collections/{name}/synonyms/{id}", {
  operationId: "search.deleteSynonym",
  summary: "Delete a synonym",
  params: ruleParameters,
  responses: { 204: { description: "It is deleted" } },
  errors: ERRORS,
  handle: async (context) => {
    const { name, id } = context.req.valid("param");
    ruleIn(await rulesOf(context.var.services, name).remove("synonyms", id));
    return context.body(null, 204);
  },
});

const listCurations = endpoint("GET /collections/{name}/curations", {
  operationId: "search.listCurations",
  summary: "List the curations of the collection",
  params: listParameters,
  responses: { 200: json(z.object({ items: z.array(ruleSchema) }), "All curations", { items: [RULES.curations] }) },
  errors: ERRORS,
  handle: async (context) => {
    const { name } = context.req.valid("param");
    return context.json({ items: await rulesOf(context.var.services, name).list("curations") }, 200);
  },
});

const getCuration = endpoint("GET /collections/{name}/curations/{id}", {
  operationId: "search.getCuration",
  summary: "Read a curation",
  params: ruleParameters,
  responses: { 200: json(ruleSchema, "The curation", RULES.curations) },
  errors: ERRORS,
  handle: async (context) => {
    const { name, id } = context.req.valid("param");
    return context.json(ruleIn(await rulesOf(context.var.services, name).find("curations", id)), 200);
  },
});

const setCuration = endpoint("PUT /collections/{name}/curations/{id}", {
  operationId: "search.setCuration",
  summary: "Create or replace a curation",
  params: ruleParameters,
  body: jsonBody(BODIES.curations, EXAMPLES.curations),
  responses: { 200: json(ruleSchema, "The stored curation", RULES.curations) },
  errors: ERRORS,
  handle: async (context) => {
    const { name, id } = context.req.valid("param");
    const rules = rulesOf(context.var.services, name);
    return context.json(ruleIn(await rules.put("curations", id, context.req.valid("json"))), 200);
  },
});

const deleteCuration = endpoint("DELETE /collections/{name}/curations/{id}", {
  operationId: "search.deleteCuration",
  summary: "Delete a curation",
  params: ruleParameters,
  responses: { 204: { description: "It is deleted" } },
  errors: ERRORS,
  handle: async (context) => {
    const { name, id } = context.req.valid("param");
    ruleIn(await rulesOf(context.var.services, name).remove("curations", id));
    return context.body(null, 204);
  },
});

export const rulesEndpoints = [
  ...[listSynonyms, getSynonym, setSynonym, deleteSynonym],
  ...[listCurations, getCuration, setCuration, deleteCuration],
];
