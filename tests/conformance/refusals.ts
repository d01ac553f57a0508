/** What is refused, and what only one engine does. */
import type { Case } from "./case.ts";

const ALL = { q: "*" };
const TEXT = { query_by: "text" };

const EMBEDDED_REFUSES = /is not supported by the embedded search engine/;

export const REFUSALS: readonly Case[] = [
  {
    that: "a search without fields",
    search: { q: "fox" },
    expect: { refused: [400, "No search fields specified for the query."] },
  },
  {
    that: "an unknown field to search in",
    search: { q: "fox", query_by: "title" },
    expect: { refused: [404, "Could not find a field named `title` in the schema."] },
  },
  {
    that: "a number to search in",
    search: { q: "fox", query_by: "element_id" },
    expect: { refused: [400, "Field `element_id` should be a string or a string array."] },
  },
  {
    that: "a field to search in that is compared as a whole",
    search: { q: "fox", query_by: "element_type" },
    expect: { refused: [400, "Field `element_type` is not full-text searchable: use `filter_by`."] },
  },
  {
    that: "a number of more than 64 bits",
    search: { ...ALL, filter_by: "updated_at:<9223372036854775808" },
    expect: { refused: [400, "Error with filter field `updated_at`: Not an int64."] },
  },
  ...["_eval(script_id:1):desc", "_seq_id:asc", "_rand(7):asc", "_vector_distance:asc", "_group_found:desc"].map(
    (sort_by): Case => ({
      that: `to sort by what is no field: ${sort_by}`,
      search: { ...ALL, sort_by },
      expect: { refused: [400, `Sorting by \`${/^_[a-z_]*/.exec(sort_by)?.[0]}\` is not supported.`] },
    }),
  ),
  {
    that: "to sort by a field in a way that is for places and instants",
    search: { ...ALL, sort_by: "updated_at(origin: 1700000000, func: gauss):desc" },
    expect: { refused: [400, "Sorting by `updated_at(origin: 1700000000, func: gauss)` is not supported."] },
  },
  {
    that: "values of a facet in the order of a field that there is not",
    search: { ...ALL, facet_by: "service_name(sort_by:colour:asc)" },
    expect: { refused: [404, "Could not find a field named `colour` in the schema for sorting."] },
  },
  {
    that: "words to leave out in a way that is none",
    search: { q: "fox", ...TEXT, drop_tokens_mode: "both_sides:few" },
    expect: { refused: [400, "Invalid format for drop tokens mode."] },
  },
  {
    that: "fields that are not checked",
    search: { ...ALL, validate_field_names: false },
    expect: { refused: [400, "Parameter `validate_field_names` is supported as `true` only."] },
  },
  {
    that: "matches ranked in buckets",
    search: { q: "harbour", ...TEXT, sort_by: "_text_match(buckets: 10):desc" },
    differs: {
      because: "Buckets of matches (`_text_match(buckets: 10)`) need Typesense; the embedded engine refuses them.",
      libsql: { refused: [400, EMBEDDED_REFUSES] },
      typesense: { ids: ["harbour"] },
    },
  },
  {
    that: "values of a facet in the order of another field",
    search: { ...ALL, per_page: 0, facet_by: "service_name(sort_by:element_id:asc)" },
    differs: {
      because: "Facet values in the order of another field need Typesense; the embedded engine refuses them.",
      libsql: { refused: [400, EMBEDDED_REFUSES] },
      typesense: { facets: { service_name: { writer: 167, importer: 44 } } },
    },
  },
  {
    that: "an unknown field to filter by",
    search: { ...ALL, filter_by: "colour:=red" },
    expect: { refused: [400, "Could not find a filter field named `colour` in the schema."] },
  },
  {
    that: "a filter without a value",
    search: { ...ALL, filter_by: "script_id" },
    expect: { refused: [400, "Could not parse the filter query."] },
  },
  {
    that: "a parenthesis that is not closed",
    search: { ...ALL, filter_by: "(script_id:>1" },
    expect: { refused: [400, "Could not parse the filter query: unbalanced parentheses."] },
  },
  {
    that: "a word where a number belongs",
    search: { ...ALL, filter_by: "script_id:abc" },
    expect: { refused: [400, "Error with filter field `script_id`: Numerical field has an invalid comparator."] },
  },
  {
    that: "an unknown field to sort by",
    search: { ...ALL, sort_by: "text:asc" },
    expect: { refused: [404, "Could not find a field named `text` in the schema for sorting."] },
  },
  {
    that: "an order that is none",
    search: { ...ALL, sort_by: "script_id:up" },
    expect: { refused: [400, "Order for field` script_id` should be either ASC or DESC."] },
  },
  {
    that: "more than three orders",
    search: { ...ALL, sort_by: "script_id:asc,element_id:asc,updated_at:asc,version_number:asc" },
    expect: { refused: [400, "Only upto 3 sort fields are allowed."] },
  },
  {
    that: "a field that is not counted",
    search: { ...ALL, facet_by: "text" },
    expect: { refused: [404, "Could not find a facet field named `text` in the schema."] },
  },
  {
    that: "more hits than a page has",
    search: { ...ALL, per_page: 251 },
    expect: { refused: [422, "Only upto 250 hits can be fetched per page."] },
  },
  {
    that: "a page that is no number",
    search: { ...ALL, page: "abc" },
    expect: { refused: [400, "Parameter `page` must be an unsigned integer."] },
  },
  {
    that: "groups",
    search: { ...ALL, group_by: "element_type", group_limit: 1 },
    differs: {
      because: "Groups (`group_by`) need Typesense; the embedded engine refuses them.",
      libsql: { refused: [400, EMBEDDED_REFUSES] },
      typesense: { found: 5 },
    },
  },
  {
    that: "documents pinned to a place",
    search: { ...ALL, pinned_hits: "last:1", per_page: 2 },
    differs: {
      because: "Pinned documents (`pinned_hits`) need Typesense; the embedded engine refuses them.",
      libsql: { refused: [400, EMBEDDED_REFUSES] },
      typesense: { ids: ["last", "e1"] },
    },
  },
  {
    that: "another way to rank",
    search: { q: "harbour", ...TEXT, text_match_type: "max_weight" },
    differs: {
      because:
        "Other ranking options (`text_match_type`, `prioritize_…`) need Typesense; the embedded engine refuses them.",
      libsql: { refused: [400, EMBEDDED_REFUSES] },
      typesense: { ids: ["harbour"] },
    },
  },
  {
    that: "vectors",
    search: { ...ALL, vector_query: "v:([1])" },
    expect: { refused: [400, "Parameter `vector_query` is not supported."] },
  },
];
