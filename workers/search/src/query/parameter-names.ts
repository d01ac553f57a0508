/** The names of all parameters that a search of Typesense's can have, whatever is made of them here. */
import { EXTRAS, FOREIGN } from "./extras.ts";

/** Those that a query is read from. */
export const QUERY_PARAMETERS = [
  "q",
  "query_by",
  "query_by_weights",
  "prefix",
  "num_typos",
  "typo_tokens_threshold",
  "drop_tokens_threshold",
  "drop_tokens_mode",
  "min_len_1typo",
  "min_len_2typo",
  "split_join_tokens",
  "exhaustive_search",
  "enable_typos_for_numerical_tokens",
  "enable_typos_for_alpha_numerical_tokens",
  "filter_by",
  "hidden_hits",
  "sort_by",
  "facet_by",
  "facet_query",
  "facet_query_num_typos",
  "max_facet_values",
  "page",
  "per_page",
  "offset",
  "limit",
  "max_hits",
  "limit_hits",
  "include_fields",
  "exclude_fields",
  "highlight_fields",
  "highlight_full_fields",
  "highlight_start_tag",
  "highlight_end_tag",
  "highlight_affix_num_tokens",
  "snippet_threshold",
  "enable_highlight_v1",
] as const;

export type QueryParameter = (typeof QUERY_PARAMETERS)[number];

export const SEARCH_PARAMETERS: readonly string[] = [
  ...QUERY_PARAMETERS,
  ...Object.keys(EXTRAS),
  ...Object.keys(FOREIGN),
];
