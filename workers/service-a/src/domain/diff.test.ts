import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffLines, type LineChange, MAX_DIFFERENCES } from "./diff.ts";

const without = (kind: LineChange["kind"], changes: LineChange[] = []): string =>
  changes
    .filter((change) => change.kind !== kind)
    .flatMap(({ lines }) => lines)
    .join("\n");
const lines = (count: number, name: string): string =>
  Array.from({ length: count }, (_, index) => `${name} ${index}`).join("\n");

describe("the difference of two texts", () => {
  test("names the lines that went, came and stayed", () => {
    expect(diffLines("one\ntwo\nthree", "one\n2\nthree\nfour")).toEqual([
      { kind: "unchanged", lines: ["one"] },
      { kind: "removed", lines: ["two"] },
      { kind: "added", lines: ["2"] },
      { kind: "unchanged", lines: ["three"] },
      { kind: "added", lines: ["four"] },
    ]);
  });

  test.each([
    ["two empty texts", "", "", []],
    ["an empty text and another", "", "a\nb", [{ kind: "added", lines: ["a", "b"] }]],
    ["the same text", "a\nb", "a\nb", [{ kind: "unchanged", lines: ["a", "b"] }]],
    [
      "a last line feed",
      "a",
      "a\n",
      [
        { kind: "unchanged", lines: ["a"] },
        { kind: "added", lines: [""] },
      ],
    ],
  ])("of %s", (_, from, to, changes) => {
    expect(diffLines(from, to)).toEqual(changes);
  });

  test("holds both texts whole", () => {
    const text = fc.array(fc.constantFrom("a", "b", "", " ", "\r", "c c")).map((parts) => parts.join("\n"));
    fc.assert(
      fc.property(text, text, (from, to) => {
        const changes = diffLines(from, to);
        expect([without("added", changes), without("removed", changes)]).toEqual([from, to]);
      }),
    );
  });

  test("is given up beyond a thousand lines, however long the texts are", () => {
    expect(diffLines(lines(MAX_DIFFERENCES / 2, "a"), lines(MAX_DIFFERENCES / 2, "b"))).toBeDefined();
    expect(diffLines(lines(MAX_DIFFERENCES / 2 + 1, "a"), lines(MAX_DIFFERENCES / 2, "b"))).toBeUndefined();
    const long = "\n".repeat(2 ** 20 - 1);
    expect(diffLines(long, `${long}x`)).toBeDefined();
    expect(diffLines("x\n".repeat(2 ** 19), "\nx\n".repeat(2 ** 18))).toBeUndefined();
  });
});
