import { expect, test } from "vitest";
import { growsLinearly } from "../../../../tests/support/growth.ts";
import { parseQuery } from "./query.ts";

const stars = (size: number): string => `${"*".repeat(size)}x`;
const spaces = (size: number): string => " ".repeat(size);

test.each<[string, (size: number) => Record<string, string>]>([
  ["stars in a field to show", (size) => ({ include_fields: stars(size) })],
  ["stars in a field to leave out", (size) => ({ exclude_fields: stars(size) })],
  ["stars in a field to mark", (size) => ({ highlight_fields: stars(size) })],
  ["stars in a field to search", (size) => ({ q: "a", query_by: stars(size) })],
  ["stars in a field to count", (size) => ({ facet_by: stars(size) })],
  ["letters between stars", (size) => ({ include_fields: `${"*e".repeat(size)}x` })],
  ["spaces in a sort", (size) => ({ sort_by: `script_id${spaces(size)}x` })],
  ["spaces after options", (size) => ({ sort_by: `script_id()${spaces(size)}x` })],
  ["spaces in a facet", (size) => ({ facet_by: `script_id${spaces(size)}x` })],
  ["spaces in a range", (size) => ({ facet_by: `script_id(a${spaces(size)}:${spaces(size)}[${spaces(size)}x,1])` })],
  ["spaces in a facet's query", (size) => ({ facet_by: "script_id", facet_query: `script_id${spaces(size)}x` })],
  ["a filter of parentheses", (size) => ({ filter_by: "(".repeat(size) })],
  ["a filter of opened backticks", (size) => ({ filter_by: `id:=${"`".repeat(size)}` })],
  ["a filter of operators", (size) => ({ filter_by: `id${":".repeat(size)}` })],
  ["a filter of spaces", (size) => ({ filter_by: `id${spaces(size)}x` })],
  ["a query of quotes", (size) => ({ q: '" a'.repeat(size), query_by: "text" })],
  ["a query of minuses", (size) => ({ q: "-".repeat(size), query_by: "text" })],
  ["a query of spaces", (size) => ({ q: `"${spaces(size)}`, query_by: "text" })],
])("%s take time in proportion to their number", (_, ofSize) => {
  const workOfSize = (size: number) => () => parseQuery({ q: "*", ...ofSize(size) });
  expect(growsLinearly(workOfSize)).toBe(true);
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
