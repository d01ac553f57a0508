import { describe, expect, test } from "vitest";
import { searchRequest } from "../typesense/search-request.ts";
import type { SearchParameters } from "./parameters.ts";
import { readSearch } from "./read-search.ts";

/** A cluster takes what the embedded engine refuses. */
const cluster = { refusalsOf: () => [] };
const FIELDS = ["text", "script_id"] as const;

const read = (parameters: SearchParameters) =>
  readSearch(cluster, { q: "fox", query_by: "*", ...parameters }, { fields: FIELDS });

describe("fields that do not exist for a scoped key", () => {
  test.each<[string, SearchParameters]>([
    ["query_by", { query_by: "comment" }],
    ["filter_by", { filter_by: "script_id:=1 || (text:a && element_type:=action)" }],
    ["sort_by", { sort_by: "script_id:asc,updated_at:desc" }],
    ["facet_by", { facet_by: "element_type" }],
    ["facet_by", { facet_by: "script_id(sort_by:element_id:asc)" }],
    ["facet_query", { facet_by: "script_id", facet_query: "element_type:a" }],
    ["group_by", { group_by: "script_id,element_type" }],
    ["hidden_hits", { hidden_hits: "a" }],
    ["pinned_hits", { pinned_hits: "a:1" }],
    ["preset", { preset: "theirs" }],
  ])("cannot be reached by %s %j", (parameter, parameters) => {
    expect(read(parameters)).toMatchObject({ ok: false, error: { faults: [{ parameter }] } });
  });

  test("are in no request to a cluster", () => {
    const asked = read({
      include_fields: "*",
      highlight_fields: "text,comment",
      highlight_full_fields: "*",
      facet_by: "*",
      filter_by: "script_id:=1",
    });
    if (!asked.ok) throw new Error(JSON.stringify(asked.error.faults));
    expect(searchRequest(asked.value.query).body).toMatchObject({
      searches: [
        {
          query_by: "text",
          include_fields: "text,script_id",
          highlight_fields: "text",
          highlight_full_fields: "text",
          facet_by: "script_id",
        },
      ],
    });
  });
});
