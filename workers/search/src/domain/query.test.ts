import { describe, expect, test } from "vitest";
import { parseQuery, type SearchParameters } from "./query.ts";

const faultsOf = (parameters: Partial<SearchParameters>) => {
  const result = parseQuery({ q: "*", ...parameters });
  return result.ok ? [] : result.faults.map(({ parameter }) => parameter);
};

const queryOf = (parameters: SearchParameters) => {
  const result = parseQuery(parameters);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.query;
};

test("what is not said is Typesense's default", () => {
  expect(queryOf({ q: "*" })).toEqual({
    q: "*",
    queryBy: [],
    sort: [],
    facets: [],
    page: 1,
    perPage: 10,
    maxHits: Number.MAX_SAFE_INTEGER,
  });
});

test("lists may have spaces and repetitions", () => {
  const query = queryOf({
    q: "a",
    query_by: "text, comment,text",
    sort_by: "element_id : DESC, updated_at:asc",
    facet_by: " element_type ",
  });
  expect(query.queryBy).toEqual(["text", "comment"]);
  expect(query.facets).toEqual(["element_type"]);
  expect(query.sort).toEqual([
    { field: "element_id", descending: true },
    { field: "updated_at", descending: false },
  ]);
});

test("half a surrogate pair, which no database takes, is replaced", () => {
  expect(queryOf({ q: "a\ud800", query_by: "text" }).q).toBe("a\ufffd");
});

describe("a parameter that cannot be used is named", () => {
  test.each<[Partial<SearchParameters>, (keyof SearchParameters)[]]>([
    [{ q: "a" }, ["query_by"]],
    [{ q: "a", query_by: "nope" }, ["query_by"]],
    [{ q: "a", query_by: "element_id" }, ["query_by"]],
    [{ q: Array.from({ length: 301 }, (_, index) => `w${index}`).join(" "), query_by: "text" }, ["q"]],
    [{ filter_by: "nope:1" }, ["filter_by"]],
    [{ sort_by: "nope:asc" }, ["sort_by"]],
    [{ sort_by: "text:asc" }, ["sort_by"]],
    [{ sort_by: "element_id" }, ["sort_by"]],
    [{ sort_by: "element_id:up" }, ["sort_by"]],
    [{ sort_by: "element_id:asc,script_id:asc,updated_at:asc,version_number:asc" }, ["sort_by"]],
    [{ facet_by: "text" }, ["facet_by"]],
    [{ facet_by: "constructor" }, ["facet_by"]],
    [
      { q: "a", query_by: "x", filter_by: "(", sort_by: "x", facet_by: "x" },
      ["query_by", "filter_by", "sort_by", "facet_by"],
    ],
  ])("%j", (parameters, faults) => {
    expect(faultsOf(parameters)).toEqual(faults);
  });
});
