/** POST /search: full-text search with filters, sorting, facets and highlights; names as in Typesense. */
import { z } from "@hono/zod-openapi";
import { integer, text } from "#shared/contracts/input.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { DOCUMENT_EXAMPLE } from "../model/document.ts";
import type { Hit, SearchResult } from "../query/engine.ts";
import { SEARCH_PARAMETERS } from "../query/parameter-names.ts";
import { DEFAULT_PER_PAGE, MAX_PER_PAGE } from "../query/query.ts";
import { search } from "../query/read-search.ts";
import { restrictionsOf } from "../query/restrictions.ts";
import { showsHighlightList } from "../query/search-response.ts";

const MAX_PAGE = 1_000_000;
const MAX_PARAMETER_LENGTH = 4_000;

const parameter = text({ max: MAX_PARAMETER_LENGTH });
const number = z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const anyParameter = z.union([parameter, number, z.boolean()]).optional();

const querySchema = z
  .strictObject({
    ...Object.fromEntries(SEARCH_PARAMETERS.map((name) => [name, anyParameter])),
    q: parameter.openapi({
      description: 'Words (the last as a prefix), "phrases", -exclusions; `*` finds all documents.',
    }),
    query_by: parameter.optional().openapi({ description: "`text`, `comment` or both; required unless `q` is `*`." }),
    filter_by: parameter.optional().openapi({ example: "element_type:=[action,spokenWord] && script_id:=1" }),
    sort_by: parameter.optional().openapi({ example: "_text_match:desc,sequence_number:asc" }),
    facet_by: parameter.optional().openapi({ example: "element_type" }),
    page: integer({ min: 1, max: MAX_PAGE }).optional(),
    per_page: integer({ min: 0, max: MAX_PER_PAGE }).optional().openapi({ default: DEFAULT_PER_PAGE }),
    max_hits: integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
      .optional()
      .openapi({ description: "The number of hits that all pages return together." }),
  })
  .openapi("SearchQuery");

const documentSchema = z
  .object({
    id: z.string(),
    element_type: z.string(),
    element_id: z.int(),
    sequence_number: z.int(),
    version_number: z.int(),
    comment: z.string(),
    text: z.string(),
    script_id: z.int().optional(),
    service_name: z.string(),
    updated_at: z.int().openapi({ description: "Seconds since the epoch." }),
  })
  .partial()
  .openapi("ElementDocument");

const HIGHLIGHT_EXAMPLE = {
  field: "text",
  snippet: "The <mark>lighthouse</mark> keeper climbs the stairs.",
  matched_tokens: ["lighthouse"],
};

const hitSchema = z.object({
  document: documentSchema,
  highlights: z.array(
    z.object({
      field: z.string(),
      snippet: z.string(),
      matched_tokens: z.array(z.string()),
      value: z.string().optional(),
    }),
  ),
  text_match: z.number(),
});

const responseSchema = z
  .object({
    found: z.int(),
    page: z.int(),
    hits: z.array(hitSchema),
    grouped_hits: z
      .array(
        z.object({
          found: z.int().optional(),
          group_key: z.array(z.union([z.string(), z.number(), z.boolean()])),
          hits: z.array(hitSchema),
        }),
      )
      .optional()
      .openapi({ description: "Replaces `hits` if `group_by` is set and a Typesense cluster responds." }),
    facet_counts: z.array(
      z.object({
        field_name: z.string(),
        counts: z.array(z.object({ value: z.string(), highlighted: z.string(), count: z.int() })),
        sampled: z.boolean(),
        stats: z.object({
          total_values: z.int(),
          min: z.number().optional(),
          max: z.number().optional(),
          sum: z.number().optional(),
          avg: z.number().optional(),
        }),
      }),
    ),
  })
  .openapi("SearchAnswer");

/** A number is enough to compare hits by, though it rounds Typesense's. */
const toHit =
  (withHighlights: boolean) =>
  ({ document, highlights, text_match = "0" }: Hit) => ({
    document,
    highlights: withHighlights ? highlights : [],
    text_match: Number(text_match),
  });

const toBody = (
  { found, hits, grouped_hits, facet_counts }: SearchResult,
  page: number,
  toOwnHit: ReturnType<typeof toHit>,
) => ({
  found,
  page,
  hits: hits.map(toOwnHit),
  ...(grouped_hits && { grouped_hits: grouped_hits.map((group) => ({ ...group, hits: group.hits.map(toOwnHit) })) }),
  facet_counts,
});

const searchDocuments = endpoint("POST /search", {
  operationId: "search.search",
  summary: "Search the documents",
  body: jsonBody(querySchema, {
    q: "lighthouse",
    query_by: "text,comment",
    filter_by: "element_type:=[action,spokenWord] && script_id:=1",
    sort_by: "_text_match:desc,sequence_number:asc",
    facet_by: "element_type",
  }),
  responses: {
    200: json(responseSchema, "The hits", {
      found: 1,
      page: 1,
      hits: [{ document: DOCUMENT_EXAMPLE, highlights: [HIGHLIGHT_EXAMPLE], text_match: 578730123365187700 }],
      facet_counts: [
        {
          field_name: "element_type",
          counts: [{ value: "action", highlighted: "action", count: 1 }],
          sampled: false,
          stats: { total_values: 1 },
        },
      ],
    }),
  },
  handle: async (context, principal) => {
    const { engine } = context.var.services;
    const parameters = context.req.valid("json");
    const read = await search(engine, parameters, restrictionsOf(principal));
    if (!read.ok)
      throw problem("invalid-input", {
        detail: "Invalid search parameters.",
        errors: read.error.faults.map(({ parameter: name, message, detail = message }) => ({
          pointer: `#/${name}`,
          detail,
        })),
      });
    const { query, paging, result } = read.value;
    const page = "page" in paging ? paging.page : Math.floor(paging.offset / Math.max(1, query.limit)) + 1;
    return context.json(toBody(result, page, toHit(showsHighlightList(parameters))), 200);
  },
});

export const searchEndpoints = [searchDocuments];
