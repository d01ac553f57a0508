/**
 * The parameters of a Typesense search that Fountain does not read but passes on to a Typesense cluster. What the
 * embedded engine makes of each stands beside it.
 */

/**
 * `idle`: cannot change the result of an engine without caches, sampling, synonyms and curations. Otherwise: the values
 * that ask for nothing the embedded engine lacks.
 */
type Embedded = "idle" | readonly string[];

const NEVER: readonly string[] = [];
const OFF: readonly string[] = ["false", "0"];

export const EXTRAS = {
  cache_ttl: "idle",
  curation_tags: "idle",
  demote_synonym_match: "idle",
  enable_analytics: "idle",
  enable_curations: "idle",
  enable_lazy_filter: "idle",
  enable_overrides: "idle",
  enable_synonyms: "idle",
  facet_return_parent: "idle",
  facet_sample_percent: "idle",
  facet_sample_slope: "idle",
  facet_sample_threshold: "idle",
  facet_strategy: "idle",
  filter_curated_hits: "idle",
  group_by: NEVER,
  group_limit: "idle",
  group_missing_values: "idle",
  infix: ["off"],
  max_candidates: "idle",
  max_extra_prefix: "idle",
  max_extra_suffix: "idle",
  max_filter_by_candidates: "idle",
  override_tags: "idle",
  pinned_hits: NEVER,
  pre_segmented_query: OFF,
  preset: NEVER,
  prioritize_exact_match: ["true"],
  prioritize_num_matching_fields: ["true"],
  prioritize_token_position: OFF,
  search_cutoff_ms: "idle",
  stopwords: NEVER,
  synonym_num_typos: "idle",
  synonym_prefix: "idle",
  synonym_sets: NEVER,
  text_match_type: ["max_score"],
  use_cache: "idle",
} as const satisfies Record<string, Embedded>;

export type ExtraName = keyof typeof EXTRAS;
export type Extras = Partial<Record<ExtraName, string>>;

/**
 * What neither engine is asked through Fountain: it needs other data, other collections or other services, or to know
 * nothing of the fields. Beside each stand the values that ask for nothing of that.
 */
export const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  conversation: OFF,
  conversation_id: NEVER,
  conversation_model_id: NEVER,
  conversation_stream: OFF,
  nl_model_id: NEVER,
  nl_query: OFF,
  nl_query_debug: OFF,
  nl_query_debug_mode: OFF,
  nl_query_prompt_cache_ttl: NEVER,
  remote_embedding_num_tries: NEVER,
  remote_embedding_timeout_ms: NEVER,
  rerank_hybrid_matches: OFF,
  validate_field_names: ["true", "1"],
  vector_query: NEVER,
  voice_query: NEVER,
};

export const isExtraName = (name: string): name is ExtraName => Object.hasOwn(EXTRAS, name);

/** Whether the parameter asks for something that no engine behind Fountain does. */
export const asksForForeign = (name: string, value: string): boolean =>
  Object.hasOwn(FOREIGN, name) && value !== "" && FOREIGN[name]?.includes(value.trim().toLowerCase()) !== true;

/** Whether the embedded engine can ignore the parameter without changing the result. */
export const isIdleWhenEmbedded = (name: ExtraName, value: string): boolean => {
  const embedded: Embedded = EXTRAS[name];
  if (embedded === "idle") return true;
  return value.split(",").every((part) => embedded.includes(part.trim().toLowerCase()));
};
