import { expect, test } from "vitest";
import { appendEntry, insertAfter } from "./insert.ts";

const LIST = { opening: "const A = [", closing: "];" };

test.each([
  ["an empty list", "const A = [];", "const A = [1];"],
  ["a list", "const A = [0];\nconst B = [0];", "const A = [0,1];\nconst B = [0];"],
  ["a list with a comma at its end", "const A = [\n  0,\n];", "const A = [\n  0,1];"],
])("an entry is added at the end of %s", (_, text, expected) => {
  expect(appendEntry(text, LIST, "1")).toBe(expected);
});

test("an entry is added to each of several lists", () => {
  expect(appendEntry("l(a) m(b) l()", { opening: "l(", closing: ")", times: 2 }, "x")).toBe("l(a,x) m(b) l(x)");
});

test("a line is added after each such line, and not after one that only contains it", () => {
  expect(insertAfter("a\nb\na\naa\n", "b", "c")).toBe("a\nb\nc\na\naa\n");
  expect(insertAfter("\na\nb\na\n", "a", "c", 2)).toBe("\na\nc\nb\na\nc\n");
});

test.each([
  ["is missing", () => appendEntry("const B = [];", LIST, "1"), 'has "const A = [" 0 times and not 1'],
  ["is there twice", () => appendEntry("const A = [];const A = [];", LIST, "1"), "2 times and not 1"],
  ["does not end", () => appendEntry("const A = [", LIST, "1"), 'has no "];" after "const A = ["'],
  ["is no whole line", () => insertAfter("\nab\n", "a", "c"), 'has "a" 0 times and not 1'],
])("a place that %s is refused", (_, change, message) => {
  expect(change).toThrow(message);
});
