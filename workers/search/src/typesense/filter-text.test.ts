import { expect, test } from "vitest";
import type { Filter } from "../query/filter.ts";
import { parseFilter } from "../query/filter-parser.ts";
import { isExpressible, printForTypesense } from "./filter-text.ts";

const parsed = (text: string): Filter => {
  const result = parseFilter(text);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
};

test.each([
  ["id:=a", "id:=a"],
  ["id:[a, `b c`]", "id:=[a,`b c`]"],
  ["element_type:action", "element_type:=action"],
  ["element_type:!action", "element_type:!=action"],
  ["text:harbour", "text:harbour"],
  ["text:=`the harbour`", "text:=`the harbour`"],
  ["sequence_number:>3", "sequence_number:>3"],
  ["sequence_number:[1..3, 7]", "sequence_number:=[1..3,7]"],
  ["text:har*", "text:har*"],
  ["script_id:-1", "script_id:=-1"],
  ["id:=`-x`", "id:=`-x`"],
  ["id:=`a && b) || (c`", "id:=`a && b) || (c`"],
  ["id:=a && (text:b || text:c)", "(id:=a) && ((text:b) || (text:c))"],
])("%s is %s for Typesense", (text, expected) => {
  expect(printForTypesense(parsed(text))).toBe(expected);
});

test.each(["text:=`a\\`b`", "id:[x, `\\``]", "id:=a && (text:b || comment:`\\`)*`)"])(
  "%s cannot be written for Typesense, and never is",
  (text) => {
    expect(isExpressible(parsed(text))).toBe(false);
    expect(() => printForTypesense(parsed(text))).toThrow("backtick");
  },
);
