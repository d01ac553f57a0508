import { expect, test } from "vitest";
import { parseQuery } from "./query.ts";
import { toTypesenseResponse } from "./search-response.ts";

const RESULT = { found: 1, out_of: 200, hits: [], facet_counts: [] };

const responseTo = (parameters: Record<string, string>) => {
  const parsed = parseQuery({ q: "*", ...parameters });
  if (!parsed.ok) throw new Error("the query is good");
  return toTypesenseResponse(RESULT, { collection: "elements", parameters, ...parsed.value }, 7);
};

test("the numbers that are excluded like fields are left out, and others stay", () => {
  expect(responseTo({})).toMatchObject({ found: 1, out_of: 200, search_time_ms: 7 });
  expect(responseTo({ exclude_fields: "text, out_of" })).not.toHaveProperty("out_of");
  expect(responseTo({ exclude_fields: "text, out_of" })).toMatchObject({ found: 1, search_time_ms: 7 });
  expect(responseTo({ exclude_fields: "search_time_ms" })).not.toHaveProperty("search_time_ms");
  expect(responseTo({ exclude_fields: "*" })).toMatchObject({ out_of: 200 });
});
