/** Typesense's response to a search, as a domain type. */

import { z } from "zod";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Hit, SearchResult } from "../query/engine.ts";

const documentSchema = z.object({
  id: z.string().exactOptional(),
  element_type: z.string().exactOptional(),
  element_id: z.number().exactOptional(),
  sequence_number: z.number().exactOptional(),
  version_number: z.number().exactOptional(),
  comment: z.string().exactOptional(),
  text: z.string().exactOptional(),
  script_id: z.number().exactOptional(),
  service_name: z.string().exactOptional(),
  updated_at: z.number().exactOptional(),
});

const highlightSchema = z.object({
  field: z.string(),
  snippet: z.string().default(""),
  /** In fields of several values there is a list for each; ours have one. */
  matched_tokens: z
    .array(z.union([z.string(), z.array(z.string())]))
    .default([])
    .transform((tokens) => tokens.flat()),
  value: z.string().exactOptional(),
});

const textMatchInfoSchema = z.object({
  best_field_score: z.string(),
  best_field_weight: z.number(),
  fields_matched: z.number(),
  num_tokens_dropped: z.number().default(0),
  score: z.string(),
  tokens_matched: z.number(),
  typo_prefix_score: z.number().default(0),
});

const hitSchema = z
  .object({
    document: documentSchema,
    highlights: z.array(highlightSchema).default([]),
    text_match_info: textMatchInfoSchema.exactOptional(),
    curated: z.literal(true).exactOptional(),
  })
  .transform(
    ({ text_match_info, ...hit }): Hit => ({
      ...hit,
      // The number itself exceeds what a JSON number keeps.
      ...(text_match_info && { text_match: text_match_info.score, text_match_info }),
    }),
  );

const facetSchema = z.object({
  field_name: z.string(),
  counts: z.array(z.object({ value: z.string(), highlighted: z.string(), count: z.number() })),
  sampled: z.boolean().default(false),
  stats: z.object({
    total_values: z.number().default(0),
    min: z.number().exactOptional(),
    max: z.number().exactOptional(),
    sum: z.number().exactOptional(),
    avg: z.number().exactOptional(),
  }),
});

const groupSchema = z.object({
  found: z.number().exactOptional(),
  group_key: z.array(z.union([z.string(), z.number(), z.boolean()])),
  hits: z.array(hitSchema),
});

const foundSchema = z.object({
  found: z.number(),
  out_of: z.number(),
  hits: z.array(hitSchema).default([]),
  facet_counts: z.array(facetSchema).default([]),
  grouped_hits: z.array(groupSchema).exactOptional(),
  found_docs: z.number().exactOptional(),
  search_cutoff: z.boolean().exactOptional(),
});

/** Of several searches in one request each fails by itself. */
const failedSchema = z.object({ code: z.int(), error: z.string() });
const resultSchema = z.union([failedSchema, foundSchema]);
export const searchResultSchema = z.object({ results: z.array(resultSchema).min(1) });

/** The status and the words of Typesense's refusal. */
export interface Refusal {
  readonly kind: "refused";
  readonly status: number;
  readonly message: string;
}

export type SearchOutcome = Result<SearchResult, Refusal>;

export const readSearchResult = ({ results: [first, reach] }: z.infer<typeof searchResultSchema>): SearchOutcome => {
  for (const result of [first, reach])
    if (result && "code" in result) return failure("refused", { status: result.code, message: result.error });
  if (!first || "code" in first) return failure("refused", { status: 500, message: "no result" });
  return success({ ...first, out_of: reach && "found" in reach ? reach.found : first.out_of });
};
