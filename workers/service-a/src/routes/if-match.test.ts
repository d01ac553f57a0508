import { expect, test } from "vitest";
import { versionsToMatch } from "./if-match.ts";

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
