/** A search as Typesense's parameters. */
import type { FacetRequest, SearchQuery, Sort, TypoTolerance } from "../query/engine.ts";
import { both, type Filter } from "../query/filter.ts";
import { orderOf } from "../query/order.ts";
import { ALIAS } from "./collection.ts";
import { printForTypesense } from "./filter-text.ts";
import type { TypesenseRequest } from "./reply.ts";

type Value = string | number | boolean;

const optionsOf = ({ field, missing = "last", buckets }: Sort): string => {
  if (buckets !== undefined) return `(${buckets})`;
  // Only this field may be missing.
  return field === "script_id" ? `(missing_values:${missing})` : "";
};

const direction = ({ descending }: Pick<Sort, "descending">): string => (descending ? "desc" : "asc");

const printSort = (sort: Sort): string => `${sort.field}${optionsOf(sort)}:${direction(sort)}`;

const FACET_ORDERS: Record<FacetRequest["order"], string> = {
  count: "",
  "value-ascending": "(sort_by:_alpha:asc)",
  "value-descending": "(sort_by:_alpha:desc)",
};

const printFacet = ({ field, order, ranges, sortField }: FacetRequest): string => {
  if (ranges) return `${field}(${ranges.map(({ label, from, to }) => `${label}:[${from},${to}]`).join(", ")})`;
  return sortField ? `${field}(sort_by:${sortField.field}:${direction(sortField)})` : field + FACET_ORDERS[order];
};

const hiddenFilter = (ids: readonly string[]): Filter | undefined =>
  ids.length === 0
    ? undefined
    : {
        kind: "match",
        field: "id",
        operator: ":!=",
        operands: ids.map((value) => ({ kind: "value", value })),
      };

/** Everything that may be found: what the caller asks for, within what they may see, without what is hidden. */
export const filterOf = ({ embeddedFilter, filter, hidden }: SearchQuery): Filter | undefined =>
  both(both(embeddedFilter, filter), hiddenFilter(hidden));

/** Parameters that Typesense wants as text, whatever they look like. */
const TEXTS = new Set([
  "curation_tags",
  "group_by",
  "override_tags",
  "pinned_hits",
  "preset",
  "stopwords",
  "synonym_sets",
]);

const typedValue = (name: string, value: string): Value => {
  if (TEXTS.has(name)) return value;
  if (value === "true" || value === "false") return value === "true";
  return /^\d{1,9}$/.test(value) ? Number(value) : value;
};

/**
 * After so long Typesense returns what it has found: well before the first of several nodes is given up, so that a slow
 * query does not make a node look down.
 */
const CUTOFF_MS = 500;

const cutoffOf = ({ search_cutoff_ms: asked = "" }: SearchQuery["extras"]): number =>
  /^[1-9]\d{0,8}$/.test(asked) ? Math.min(Number(asked), CUTOFF_MS) : CUTOFF_MS;

const extrasOf = ({ extras, embeddedFilter }: SearchQuery): Record<string, Value> => ({
  ...Object.fromEntries(Object.entries(extras).map(([name, value]) => [name, typedValue(name, value)])),
  search_cutoff_ms: cutoffOf(extras),
  // Otherwise a document that is pinned, by the caller or by a curation, would be shown in spite of the filter.
  ...(embeddedFilter && { filter_curated_hits: true }),
});

/** Typesense takes a limit of zero for none. */
const NO_HITS = { per_page: 0 };

const windowOf = ({ offset, limit, maxHits }: SearchQuery): Record<string, Value> => {
  const shown = Math.min(limit, maxHits - offset);
  return shown > 0 ? { offset, limit: shown } : NO_HITS;
};

const printDropMode = ({ dropTokensMode, bothSidesLimit }: TypoTolerance): string =>
  dropTokensMode === "both_sides" ? `both_sides:${bothSidesLimit}` : dropTokensMode;

/** Those that are not as they are by default. */
const switchesOf = (typoTolerance: TypoTolerance): Record<string, Value> => ({
  ...(typoTolerance.splitJoinTokens !== "fallback" && { split_join_tokens: typoTolerance.splitJoinTokens }),
  ...(typoTolerance.exhaustive && { exhaustive_search: true }),
  ...(!typoTolerance.typosInNumbers && { enable_typos_for_numerical_tokens: false }),
  ...(!typoTolerance.typosInAlphanumerics && { enable_typos_for_alpha_numerical_tokens: false }),
});

const parametersOf = (query: SearchQuery): Record<string, Value> => {
  const { queryBy, typoTolerance, highlight } = query;
  const filter = filterOf(query);
  const list = (values: readonly unknown[]): string => values.join(",");
  return {
    ...extrasOf(query),
    collection: ALIAS,
    q: query.q.trim() === "" ? "*" : query.q,
    ...(queryBy.length > 0 && {
      query_by: list(queryBy.map(({ field }) => field)),
      query_by_weights: list(queryBy.map(({ weight }) => weight)),
      prefix: list(queryBy.map(({ prefix }) => prefix)),
      num_typos: list(queryBy.map(({ maxTypos }) => maxTypos)),
    }),
    typo_tokens_threshold: typoTolerance.typoTokensThreshold,
    drop_tokens_threshold: typoTolerance.dropTokensThreshold,
    drop_tokens_mode: printDropMode(typoTolerance),
    ...switchesOf(typoTolerance),
    min_len_1typo: typoTolerance.minLengthForOneTypo,
    min_len_2typo: typoTolerance.minLengthForTwoTypos,
    ...(filter && { filter_by: printForTypesense(filter) }),
    sort_by: orderOf(query.sort).map(printSort).join(","),
    ...(query.facets.length > 0 && {
      facet_by: list(query.facets.map(printFacet)),
      max_facet_values: query.maxFacetValues,
    }),
    ...(query.facetQuery && {
      facet_query: `${query.facetQuery.field}:${query.facetQuery.words}`,
      facet_query_num_typos: query.facetQuery.maxTypos,
    }),
    ...windowOf(query),
    include_fields: list(query.shownFields),
    highlight_fields: list(highlight.fields) || "none",
    ...(highlight.fullFields.length > 0 && { highlight_full_fields: list(highlight.fullFields) }),
    highlight_start_tag: highlight.startTag,
    highlight_end_tag: highlight.endTag,
    highlight_affix_num_tokens: highlight.affixWords,
    snippet_threshold: highlight.snippetThreshold,
  };
};

/** How many documents a restricted caller could find at all: Typesense would count all of them. */
const reachOf = (embeddedFilter: Filter): Record<string, Value> => ({
  collection: ALIAS,
  q: "*",
  filter_by: printForTypesense(embeddedFilter),
  ...NO_HITS,
});

/** One request; for a restricted caller, with a second one that counts what they can reach. */
export const searchRequest = (query: SearchQuery): TypesenseRequest => ({
  method: "post",
  path: "/multi_search",
  body: { searches: [parametersOf(query), ...(query.embeddedFilter ? [reachOf(query.embeddedFilter)] : [])] },
  repeatable: true,
});
