import { expect, test } from "vitest";
import { versionsToMatch } from "#shared/semantics/entity-tag.ts";
import { currentEtagOf } from "./conditions.ts";

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
  ['"3.1795957200000"', [3]],
  ['"3."', []],
  ["", []],
  ['W/"1", "2", junk', [2]],
])("If-Match: %s names the versions %j", (header, versions) => {
  expect(versionsToMatch(header)).toEqual(versions);
});

test("an element that was moved since its version was made has another tag, which names that version too", () => {
  const at = { versionNumber: 3, updatedAtMs: 1_000, versionCreatedAtMs: 1_000 };
  expect(currentEtagOf(at)).toBe('"3"');
  const moved = currentEtagOf({ ...at, updatedAtMs: 1_001 });
  expect(moved).not.toBe('"3"');
  expect(versionsToMatch(moved)).toEqual([3]);
});
