import { describe, expect, test } from "vitest";
import type { SearchParameters } from "./parameters.ts";
import { parseQuery } from "./query.ts";

const faultsOf = (parameters: SearchParameters) => {
  const result = parseQuery({ q: "*", ...parameters });
  return result.ok ? [] : result.error.faults;
};

const parsed = (parameters: SearchParameters) => {
  const result = parseQuery(parameters);
  if (!result.ok) throw new Error(JSON.stringify(result.error.faults));
  return result.value;
};

const queryOf = (parameters: SearchParameters) => parsed({ q: "*", ...parameters }).query;

test("what is not said is Typesense's default", () => {
  expect(parsed({})).toEqual({
    paging: { page: 1 },
    query: {
      q: "",
      queryBy: [],
      typoTolerance: {
        typoTokensThreshold: 1,
        dropTokensThreshold: 1,
        dropTokensMode: "right_to_left",
        bothSidesLimit: 1_000,
        splitJoinTokens: "fallback",
        exhaustive: false,
        minLengthForOneTypo: 4,
        minLengthForTwoTypos: 7,
        typosInNumbers: true,
        typosInAlphanumerics: true,
      },
      isScoped: false,
      omitted: [],
      hidden: [],
      sort: [],
      facets: [],
      maxFacetValues: 10,
      offset: 0,
      limit: 10,
      maxHits: Number.MAX_SAFE_INTEGER,
      shownFields: [
        "id",
        "element_type",
        "element_id",
        "sequence_number",
        "version_number",
        "comment",
        "text",
        "script_id",
        "service_name",
        "updated_at",
      ],
      highlight: {
        fields: [],
        fullFields: [],
        startTag: "<mark>",
        endTag: "</mark>",
        affixWords: 4,
        snippetThreshold: 30,
      },
      extras: {},
    },
  });
});

test("lists may have spaces and repetitions", () => {
  const query = queryOf({
    q: "a",
    query_by: "text, comment,text",
    sort_by: "element_id : DESC, script_id(missing_values: first):asc",
    facet_by: " element_type ,element_type",
  });
  expect(query.queryBy.map(({ field, weight }) => [field, weight])).toEqual([
    ["text", 15],
    ["comment", 14],
  ]);
  expect(query.facets).toEqual([{ field: "element_type", order: "count" }]);
  expect(query.sort).toEqual([
    { field: "element_id", descending: true },
    { field: "script_id", descending: false, missing: "first" },
  ]);
});

describe("what is said once holds for all fields, and can be said for each", () => {
  test.each([
    [{ prefix: "false", num_typos: 1, query_by_weights: "3,7" }, [3, false, 1], [7, false, 1]],
    [{ prefix: "true,false", num_typos: "0, 2" }, [15, true, 0], [14, false, 2]],
    [{ prefix: false }, [15, false, 2], [14, false, 2]],
  ])("%j", (parameters, ...fields) => {
    const { queryBy } = queryOf({ q: "a", query_by: "text,comment", ...parameters });
    expect(queryBy.map(({ weight, prefix, maxTypos }) => [weight, prefix, maxTypos])).toEqual(fields);
  });
});

test("an asterisk names all the fields that fit", () => {
  const query = queryOf({ query_by: "*", facet_by: "element_*", include_fields: "*_number", exclude_fields: "v*" });
  expect(query.queryBy.map(({ field }) => field)).toEqual(["comment", "text"]);
  expect(query.facets.map(({ field }) => field)).toEqual(["element_type", "element_id"]);
  expect(query.shownFields).toEqual(["sequence_number"]);
});

describe("pages are counted as the caller counts them", () => {
  test.each([
    [{ page: 3, per_page: 20 }, [40, 20], { page: 3 }],
    [{ page: "3", per_page: "20" }, [40, 20], { page: 3 }],
    [{ page: 0 }, [0, 10], { page: 1 }],
    [{ offset: 7, limit: 2 }, [7, 2], { offset: 7 }],
    [{ page: 2, limit: 5 }, [5, 5], { page: 2 }],
    [{ page: 999_999_999_999_999, per_page: 250 }, [Number.MAX_SAFE_INTEGER, 250], { page: 999_999_999_999_999 }],
    [{ per_page: 0 }, [0, 0], { page: 1 }],
    [{ facet_by: "element_type", facet_query: "element_type:ac" }, [0, 0], { page: 1 }],
  ])("%j", (parameters, [offset, limit], paging) => {
    const result = parsed({ q: "*", ...parameters });
    expect([result.query.offset, result.query.limit]).toEqual([offset, limit]);
    expect(result.paging).toEqual(paging);
  });
});

test("facets may be ordered by value, counted in ranges, and narrowed by the beginning of a word", () => {
  const { facets, facetQuery } = queryOf({
    facet_by: "element_type(sort_by: _alpha:desc), element_id(low:[,10], high:[10,20])",
    facet_query: "element_type: spo",
  });
  expect(facets).toEqual([
    { field: "element_type", order: "value-descending" },
    {
      field: "element_id",
      order: "count",
      ranges: [
        { label: "low", from: Number.MIN_SAFE_INTEGER, to: 10 },
        { label: "high", from: 10, to: 20 },
      ],
    },
  ]);
  expect(facetQuery).toEqual({ field: "element_type", words: "spo", maxTypos: 2 });
});

test("highlights are of the searched fields, of others, or of none", () => {
  const base = { q: "a", query_by: "text" };
  expect(queryOf(base).highlight.fields).toEqual(["text"]);
  expect(queryOf({ ...base, highlight_fields: "comment, nope" }).highlight.fields).toEqual(["comment"]);
  expect(queryOf({ ...base, highlight_fields: "none" }).highlight.fields).toEqual([]);
  expect(queryOf({ ...base, highlight_full_fields: "text" }).highlight.fullFields).toEqual(["text"]);
});

test("the lower of max_hits and limit_hits holds", () => {
  expect(queryOf({ max_hits: 5, limit_hits: 3 }).maxHits).toBe(3);
});

test("half a surrogate pair, which no database takes, is replaced", () => {
  expect(queryOf({ q: "a\ud800", query_by: "text" }).q).toBe("a\ufffd");
});

test("what only a cluster does is kept as it was written, and what nobody knows is ignored", () => {
  expect(queryOf({ group_by: "element_type", use_cache: true, bogus: "1", constructor: "x" }).extras).toEqual({
    group_by: "element_type",
    use_cache: "true",
  });
});

test("what the caller may see stays apart from what the caller asks for", () => {
  const embeddedFilter = { kind: "compare", field: "script_id", operator: ":>", value: 1 } as const;
  const result = parseQuery({ q: "*", filter_by: "script_id:=0 || id:=a" }, { filter: embeddedFilter });
  expect(result).toMatchObject({ ok: true, value: { query: { embeddedFilter, filter: { kind: "or" } } } });
});

describe("a parameter that cannot be used is named, and answered as Typesense does", () => {
  test.each<[SearchParameters, string, number, string]>([
    [{ q: "a" }, "query_by", 400, "No search fields specified for the query."],
    [{ query_by: "nope" }, "query_by", 404, "Could not find a field named `nope` in the schema."],
    [{ query_by: "element_id" }, "query_by", 400, "Field `element_id` should be a string or a string array."],
    [
      { query_by: "text,comment", query_by_weights: "1" },
      "query_by_weights",
      400,
      "Number of weights in `query_by_weights` does not match number of `query_by` fields.",
    ],
    [
      { query_by: "text", num_typos: "x" },
      "num_typos",
      400,
      "Number of values in `num_typos` does not match number of `query_by` fields.",
    ],
    [
      { query_by: "text,comment", prefix: "true,false,true" },
      "prefix",
      400,
      "Number of values in `prefix` does not match number of `query_by` fields.",
    ],
    [
      { q: Array.from({ length: 301 }, (_, index) => `w${index}`).join(" "), query_by: "text" },
      "q",
      400,
      "A query can have at most 300 different words.",
    ],
    [{ filter_by: "nope:1" }, "filter_by", 400, "Could not find a filter field named `nope` in the schema."],
    [{ filter_by: "element_id" }, "filter_by", 400, "Could not parse the filter query."],
    [{ filter_by: "(id:1" }, "filter_by", 400, "Could not parse the filter query: unbalanced parentheses."],
    [
      { filter_by: "element_id:abc" },
      "filter_by",
      400,
      "Error with filter field `element_id`: Numerical field has an invalid comparator.",
    ],
    [{ sort_by: "nope:asc" }, "sort_by", 404, "Could not find a field named `nope` in the schema for sorting."],
    [{ sort_by: "text:asc" }, "sort_by", 404, "Could not find a field named `text` in the schema for sorting."],
    [{ sort_by: "element_id" }, "sort_by", 400, "Parameter `sort_by` is malformed."],
    [{ sort_by: "element_id:up" }, "sort_by", 400, "Order for field` element_id` should be either ASC or DESC."],
    [
      { sort_by: "element_id:asc,script_id:asc,updated_at:asc,version_number:asc" },
      "sort_by",
      400,
      "Only upto 3 sort fields are allowed.",
    ],
    [{ facet_by: "text" }, "facet_by", 404, "Could not find a facet field named `text` in the schema."],
    [{ facet_by: "constructor" }, "facet_by", 404, "Could not find a facet field named `constructor` in the schema."],
    [{ facet_by: "element_id(a:[5])" }, "facet_by", 400, "Facet range value is not valid."],
    [
      { facet_by: `element_id(${Array.from({ length: 101 }, (_, at) => `${at}:[${at},${at + 1}]`)})` },
      "facet_by",
      400,
      "A facet can have at most 100 ranges.",
    ],
    [
      { highlight_start_tag: "<".repeat(201) },
      "highlight_start_tag",
      400,
      "Parameter `highlight_start_tag` can have at most 200 characters.",
    ],
    [
      { facet_query: "element_type:a" },
      "facet_query",
      400,
      "Facet query refers to a facet field `element_type` that is not part of `facet_by` parameter.",
    ],
    [{ per_page: 251 }, "per_page", 422, "Only upto 250 hits can be fetched per page."],
    [{ limit: 251 }, "limit", 422, "Only upto 250 hits can be fetched per page."],
    [{ per_page: -1 }, "per_page", 400, "Parameter `per_page` must be an unsigned integer."],
    [{ page: "abc" }, "page", 400, "Parameter `page` must be an unsigned integer."],
    [{ drop_tokens_mode: "constructor" }, "drop_tokens_mode", 400, "Invalid format for drop tokens mode."],
    [{ drop_tokens_mode: "both_sides:x" }, "drop_tokens_mode", 400, "Invalid format for drop tokens mode."],
    [{ exhaustive_search: "maybe" }, "exhaustive_search", 400, "Parameter `exhaustive_search` must be a boolean."],
    [{ q: "a ".repeat(2_001), query_by: "text" }, "q", 400, "A query can have at most 4000 characters."],
    [{ vector_query: "v:([1])" }, "vector_query", 400, "Parameter `vector_query` is not supported."],
  ])("%j", (parameters, parameter, status, message) => {
    expect(faultsOf(parameters)).toMatchObject([{ parameter, status, message }]);
  });

  test("all of them at once", () => {
    const faults = faultsOf({ q: "a", query_by: "x", filter_by: "(", sort_by: "x", facet_by: "x", page: "x" });
    expect(faults.map(({ parameter }) => parameter).toSorted()).toEqual(
      ["facet_by", "filter_by", "page", "query_by", "sort_by"].toSorted(),
    );
  });
});
