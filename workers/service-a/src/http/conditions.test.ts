import { expect, test } from "vitest";
import { isKnown, versionsToMatch } from "./conditions.ts";

test.each([
  [undefined, undefined],
  ["*", undefined],
  ['"3"', [3]],
  [' "3" , "12"', [3, 12]],
  ['W/"3"', []],
  ["3", []],
  ['"three"', []],
  ['"0"', []],
  ['"03"', []],
  ["", []],
  ['W/"1", "2", junk', [2]],
])("If-Match: %s names the versions %j", (header, versions) => {
  expect(versionsToMatch(header)).toEqual(versions);
});

test.each([
  [undefined, false],
  ["", false],
  ['"3"', true],
  ['W/"3"', true],
  ['"2", W/"3"', true],
  ["*", true],
  ['"2"', false],
  ["3", false],
])("If-None-Match: %s says that version 3 is known: %j", (header, known) => {
  expect(isKnown(header, 3)).toBe(known);
});
