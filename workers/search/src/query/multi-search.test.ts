import { describe, expect, test } from "vitest";
import { failure, success } from "#shared/lang/result.ts";
import { MAX_SEARCHES, readMultiSearch } from "./multi-search.ts";

const read = (body: unknown, common: Record<string, string> = {}) =>
  readMultiSearch(typeof body === "string" ? body : JSON.stringify(body), common);

describe("parameters in the address", () => {
  test("hold for every search, and win over its own", () => {
    const searches = [
      { collection: "elements", q: "a" },
      { q: "b", query_by: "comment" },
    ];
    expect(read({ searches }, { query_by: "text", per_page: "2" })).toEqual(
      success([
        { collection: "elements", q: "a", query_by: "text", per_page: "2" },
        { q: "b", query_by: "text", per_page: "2" },
      ]),
    );
  });

  test("join their filter with the search's own", () => {
    const searches = [{ filter_by: "id:=a || id:=b" }, {}, { filter_by: " " }];
    expect(read({ searches }, { filter_by: "script_id:=1" })).toEqual(
      success([
        { filter_by: "(script_id:=1) && (id:=a || id:=b)" },
        { filter_by: "script_id:=1" },
        { filter_by: "script_id:=1" },
      ]),
    );
  });
});

test("numbers, booleans and nothing are taken as clients write them", () => {
  expect(read({ searches: [{ q: "*", per_page: 3, prefix: false, sort_by: null }] })).toEqual(
    success([{ q: "*", per_page: 3, prefix: false }]),
  );
});

test.each([
  ['{"searches": [', {}, "Bad JSON."],
  [{ x: [] }, {}, "Missing `searches` array."],
  [{ searches: [] }, {}, "Missing `searches` array."],
  [{ searches: "x" }, {}, "Missing `searches` array."],
  [{ searches: [{ prefix: [true] }] }, {}, "One or more search parameters are malformed."],
  [
    { searches: [{}, {}] },
    { limit_multi_searches: "1" },
    "Number of multi searches exceeds `limit_multi_searches` parameter.",
  ],
  [
    { searches: Array(MAX_SEARCHES + 1).fill({}) },
    { limit_multi_searches: "1000" },
    "Number of multi searches exceeds `limit_multi_searches` parameter.",
  ],
  [{ searches: [{ filter_by: "a".repeat(16_001) }] }, {}, "A search parameter can have at most 16000 characters."],
  [{ union: true, searches: [{}] }, {}, "Parameter `union` is not supported."],
  [{ searches: [{ "x-typesense-api-key": "k" }] }, {}, "A search cannot have its own key. Send one key as a header."],
])("a request that cannot be served as it is meant is refused whole: %j", (body, common, message) => {
  expect(read(body, common)).toEqual(failure("malformed", { detail: message }));
});

test("as many searches as Typesense allows are taken", () => {
  expect(read({ searches: Array(MAX_SEARCHES).fill({ q: "*" }) }).ok).toBe(true);
});
