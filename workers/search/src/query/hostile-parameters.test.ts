import { expect, test } from "vitest";
import { parseQuery } from "./query.ts";

const STARS = `${"*".repeat(100_000)}x`;
const SPACES = " ".repeat(200_000);

/** Within a request's whole body; a time that grows with the square of it would be minutes. */
test.each([
  ["stars in a field to show", { include_fields: STARS }],
  ["stars in a field to leave out", { exclude_fields: STARS }],
  ["stars in a field to mark", { highlight_fields: STARS }],
  ["stars in a field to search", { q: "a", query_by: STARS }],
  ["stars in a field to count", { facet_by: STARS }],
  ["letters between stars", { include_fields: `${"*e".repeat(50_000)}x` }],
  ["spaces in a sort", { sort_by: `script_id${SPACES}x` }],
  ["spaces after options", { sort_by: `script_id()${SPACES}x` }],
  ["spaces in a facet", { facet_by: `script_id${SPACES}x` }],
  ["spaces in a range", { facet_by: `script_id(a${SPACES}:${SPACES}[${SPACES}x,1])` }],
  ["spaces in a facet's query", { facet_by: "script_id", facet_query: `script_id${SPACES}x` }],
  ["a filter of parentheses", { filter_by: "(".repeat(500_000) }],
  ["a filter of opened backticks", { filter_by: `id:=${"`".repeat(500_001)}` }],
  ["a filter of operators", { filter_by: `id${":".repeat(500_000)}` }],
  ["a filter of spaces", { filter_by: `id${SPACES}x` }],
  ["a query of quotes", { q: '" a'.repeat(100_000), query_by: "text" }],
  ["a query of minuses", { q: "-".repeat(500_000), query_by: "text" }],
  ["a query of spaces", { q: `"${SPACES}`, query_by: "text" }],
])("%s take no time", (_, parameters) => {
  const startedAtMs = performance.now();
  parseQuery({ q: "*", ...parameters });
  expect(performance.now() - startedAtMs).toBeLessThan(1_500);
});

test("a star stands for anything in a field's name, and for nothing too", () => {
  const shown = (include_fields: string) => {
    const parsed = parseQuery({ q: "*", include_fields });
    return parsed.ok ? parsed.value.query.shownFields : [];
  };
  expect(shown("*_id")).toEqual(["element_id", "script_id"]);
  expect(shown("*e*t*_*")).toEqual(["element_type", "element_id"]);
  expect(shown("te*xt*")).toEqual(["text"]);
  expect(shown("tex*ext")).toEqual([]);
  expect(shown("i.")).toEqual([]);
});
