/** Typesense-compatible reads, for its clients: one search, several at once, and the health. */

import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { list, reference, text } from "#shared/contracts/input.ts";
import { json } from "#shared/http/openapi.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { ProblemCode } from "#shared/problem/catalogue.ts";
import { cutDetail, problem } from "#shared/problem/problem.ts";
import type { SearchServices } from "../composition/services.ts";
import { endpoint } from "../endpoint.ts";
import { DOCUMENT_EXAMPLE } from "../model/document.ts";
import { COLLECTION } from "../model/fields.ts";
import type { ParameterFault } from "../query/engine.ts";
import { MAX_PARAMETER_LENGTH, MAX_SEARCHES, readMultiSearch } from "../query/multi-search.ts";
import type { SearchParameters } from "../query/parameters.ts";
import { search } from "../query/read-search.ts";
import { type Restrictions, restrictionsOf } from "../query/restrictions.ts";
import { toTypesenseResponse } from "../query/search-response.ts";

/** Typesense's limit to the query of an address. */
const MAX_ADDRESS_QUERY_LENGTH = 4_000;
/** More at once would only wait for each other, and keep other callers waiting. */
const SEARCHES_AT_ONCE = 4;

const CODES = { 400: "malformed-request", 404: "not-found", 422: "invalid-input" } as const satisfies Record<
  ParameterFault["status"],
  ProblemCode
>;
const NOT_FOUND: ParameterFault = { parameter: "collection", status: 404, message: "Collection not found" };

type SearchContext = Context<WorkerEnv<SearchServices>>;
type Outcome = Result<object, { readonly kind: "refused"; readonly fault: ParameterFault }>;

const parametersIn = ({ req }: SearchContext): SearchParameters => Object.fromEntries(new URL(req.url).searchParams);

const outcomeOf = async (
  { engine, now }: Pick<SearchServices, "engine" | "now">,
  collection: string,
  parameters: SearchParameters,
  within: Restrictions | undefined,
): Promise<Outcome> => {
  if (collection !== COLLECTION) return failure("refused", { fault: NOT_FOUND });
  const startedAtMs = now();
  const found = await search(engine, parameters, within);
  if (!found.ok) return failure("refused", { fault: found.error.faults[0] ?? NOT_FOUND });
  const { result, query, paging } = found.value;
  return success(toTypesenseResponse(result, { collection, parameters, query, paging }, now() - startedAtMs));
};

const errors = (descriptions: Record<number, string>): object =>
  Object.fromEntries(
    Object.entries(descriptions).map(([status, text]) => [status, json(z.object({ message: z.string() }), text)]),
  );

const ERRORS = errors({
  400: "Invalid parameter",
  401: "Valid credentials are required",
  403: "Not allowed",
  404: "Unknown collection or field",
  413: "Request too large",
  415: "Unsupported media type, encoding or charset",
  422: "Too many hits requested",
  503: "Temporarily unavailable",
});

const responseSchema = z.looseObject({
  found: z.int(),
  out_of: z.int().optional(),
  hits: z.array(z.looseObject({ document: z.looseObject({ id: z.string().optional() }) })).optional(),
  facet_counts: z.array(z.looseObject({ field_name: z.string() })),
  request_params: z.object({ collection_name: z.string(), first_q: z.string(), per_page: z.int(), q: z.string() }),
  search_cutoff: z.boolean(),
  search_time_ms: z.int().optional(),
});

const ANSWER_EXAMPLE: z.input<typeof responseSchema> = {
  found: 1,
  out_of: 320,
  page: 1,
  hits: [{ document: DOCUMENT_EXAMPLE, highlights: [], text_match: 578730123365187700 }],
  facet_counts: [],
  request_params: { collection_name: COLLECTION, first_q: "lighthouse", per_page: 10, q: "lighthouse" },
  search_cutoff: false,
  search_time_ms: 3,
};

const inAddress = text({ max: MAX_ADDRESS_QUERY_LENGTH });
const inBody = text({ max: MAX_PARAMETER_LENGTH });
const searchInBody = z.looseObject({ collection: reference(), q: inBody.optional() });

const failed = ({ status, message }: ParameterFault) => problem(CODES[status], { detail: message });

const toResult = (outcome: Outcome): object =>
  outcome.ok ? outcome.value : { code: outcome.error.fault.status, error: cutDetail(outcome.error.fault.message) };

// Typesense's clients may send any parameter, and unknown ones are ignored: handlers read parameters themselves.

const searchCollection = endpoint("GET /collections/{name}/documents/search", {
  operationId: "search.searchCollection",
  summary: "Search, compatible with Typesense clients",
  params: z.object({ name: reference() }),
  query: z.looseObject({
    q: inAddress.optional(),
    query_by: inAddress.optional(),
    filter_by: inAddress.optional(),
    sort_by: inAddress.optional(),
    facet_by: inAddress.optional(),
    page: inAddress.optional(),
    per_page: inAddress.optional(),
  }),
  responses: { 200: json(responseSchema, "The hits", ANSWER_EXAMPLE), ...ERRORS },
  validatedBy: "handler",
  handle: async (context, principal) => {
    if (new URL(context.req.url).search.length > MAX_ADDRESS_QUERY_LENGTH)
      throw problem("malformed-request", {
        detail: `Query string exceeds max allowed length of ${MAX_ADDRESS_QUERY_LENGTH}. Use the /multi_search end-point for larger payloads.`,
      });
    const name = context.req.param("name") ?? "";
    const within = restrictionsOf(principal);
    const outcome = await outcomeOf(context.var.services, name, parametersIn(context), within);
    if (!outcome.ok) throw failed(outcome.error.fault);
    return context.json(outcome.value);
  },
});

const multiSearch = endpoint("POST /multi_search", {
  operationId: "search.multiSearch",
  summary: "Run several searches, compatible with Typesense clients",
  description: "Query parameters apply to all searches. Each search succeeds or fails on its own.",
  body: {
    required: true,
    content: {
      "application/json": {
        schema: z.looseObject({ searches: list(searchInBody, { max: MAX_SEARCHES }) }),
        example: { searches: [{ collection: COLLECTION, q: "lighthouse", query_by: "text" }] },
      },
    },
  },
  responses: {
    200: json(
      z.object({ results: z.array(z.union([responseSchema, z.object({ code: z.int(), error: z.string() })])) }),
      "One result per search",
      { results: [ANSWER_EXAMPLE] },
    ),
    ...ERRORS,
  },
  validatedBy: "handler",
  handle: async (context, principal) => {
    const { services } = context.var;
    const read = readMultiSearch(await context.req.text(), parametersIn(context));
    if (!read.ok) throw problem("malformed-request", { detail: read.error.detail });
    const within = restrictionsOf(principal);
    const results: object[] = [];
    for (let at = 0; at < read.value.length; at += SEARCHES_AT_ONCE) {
      const some = read.value
        .slice(at, at + SEARCHES_AT_ONCE)
        .map((parameters) => outcomeOf(services, String(parameters["collection"] ?? ""), parameters, within));
      results.push(...(await Promise.all(some)).map(toResult));
    }
    return context.json({ results });
  },
});

const health = endpoint("GET /health", {
  operationId: "search.health",
  summary: "Check the search engine's health, compatible with Typesense clients",
  responses: { 200: json(z.object({ ok: z.boolean() }), "The engine is healthy", { ok: true }), ...ERRORS },
  validatedBy: "handler",
  handle: async (context) => {
    const { healthy } = await context.var.services.engine.status();
    return context.json({ ok: healthy }, healthy ? 200 : 503);
  },
});

export const typesenseEndpoints = [searchCollection, multiSearch, health];
