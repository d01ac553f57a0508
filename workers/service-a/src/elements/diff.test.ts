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
  test("names the lines that went, came and stayed", async () => {
    expect(await diffLines("one\ntwo\nthree", "one\n2\nthree\nfour")).toEqual([
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
  ])("of %s", async (_, from, to, changes) => {
    expect(await diffLines(from, to)).toEqual(changes);
  });

  test("holds both texts whole", async () => {
    const text = fc.array(fc.constantFrom("a", "b", "", " ", "\r", "c c")).map((parts) => parts.join("\n"));
    await fc.assert(
      fc.asyncProperty(text, text, async (from, to) => {
        const changes = await diffLines(from, to);
        expect([without("added", changes), without("removed", changes)]).toEqual([from, to]);
      }),
    );
  });

  test("is given up beyond a thousand lines, however long the texts are", async () => {
    expect(await diffLines(lines(MAX_DIFFERENCES / 2, "a"), lines(MAX_DIFFERENCES / 2, "b"))).toBeDefined();
    expect(await diffLines(lines(MAX_DIFFERENCES / 2 + 1, "a"), lines(MAX_DIFFERENCES / 2, "b"))).toBeUndefined();
    const long = "\n".repeat(2 ** 20 - 1);
    expect(await diffLines(long, `${long}x`)).toBeDefined();
    expect(await diffLines("x\n".repeat(2 ** 19), "\nx\n".repeat(2 ** 18))).toBeUndefined();
  });
});
