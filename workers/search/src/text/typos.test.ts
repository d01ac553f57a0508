import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { trigramsOf, typosBetween } from "./typos.ts";

const whole = (word: string) => ({ word, prefix: false });
const prefix = (word: string) => ({ word, prefix: true });

describe("the errors between what was typed and a word", () => {
  test.each([
    ["harbour", "harbour", 0],
    ["harbor", "harbour", 1],
    ["harrbour", "harbour", 1],
    ["harbuur", "harbour", 1],
    ["harbuor", "harbour", 1],
    ["ahrbour", "harbour", 1],
    ["lihgthuose", "lighthouse", 2],
    ["kitten", "sitting", undefined],
    ["", "ab", 2],
    ["é", "e", 1],
  ])("%s, %s: %s", (typed, word, typos) => {
    expect(typosBetween(whole(typed), word, 2)).toBe(typos);
  });

  test.each([
    ["harb", "harbour", 0],
    ["hrab", "harbour", 1],
    ["hab", "harbour", 1],
    ["harbourx", "harbour", 1],
    ["xyz", "harbour", undefined],
  ])("of a beginning, %s, %s: %s", (typed, word, typos) => {
    expect(typosBetween(prefix(typed), word, 2)).toBe(typos);
  });

  test("are not looked for beyond the most that count", () => {
    expect(typosBetween(whole("lihgthuose"), "lighthouse", 1)).toBeUndefined();
  });
});

const letters = fc.constantFrom(..."abcdé日");
const word = (minLength: number) => fc.array(letters, { minLength, maxLength: 12 });

/** One error somewhere in the letters. */
const withError = (of: readonly string[]) =>
  fc.record({
    at: fc.nat(of.length - 1),
    letter: letters,
    kind: fc.constantFrom("wrong", "missing", "surplus", "swap"),
  });

const broken = (of: readonly string[], error: { at: number; letter: string; kind: string }): string => {
  const { at, letter, kind } = error;
  const before = of.slice(0, at);
  const [here = "", next = ""] = of.slice(at);
  if (kind === "wrong") return [...before, letter, ...of.slice(at + 1)].join("");
  if (kind === "missing") return [...before, ...of.slice(at + 1)].join("");
  if (kind === "surplus") return [...before, letter, here, ...of.slice(at + 1)].join("");
  return [...before, next, here, ...of.slice(at + 2)].join("");
};

describe("for every word", () => {
  const misspelt = word(4).chain((of) => withError(of).map((error) => ({ of: of.join(""), typed: broken(of, error) })));

  test("one error is at most one, whichever of the two was typed", () => {
    fc.assert(
      fc.property(misspelt, ({ of, typed }) => {
        expect(typosBetween(whole(typed), of, 2)).toBeLessThanOrEqual(1);
        expect(typosBetween(whole(of), typed, 2)).toBe(typosBetween(whole(typed), of, 2));
      }),
      { numRuns: 2_000 },
    );
  });

  test("only the word itself has none", () => {
    fc.assert(
      fc.property(word(1), word(1), (one, other) => {
        expect(typosBetween(whole(one.join("")), other.join(""), 2) === 0).toBe(one.join("") === other.join(""));
      }),
    );
  });

  test("its beginnings have none", () => {
    fc.assert(
      fc.property(word(2), fc.nat(11), (of, length) => {
        expect(typosBetween(prefix(of.slice(0, length + 1).join("")), of.join(""), 2)).toBe(0);
      }),
    );
  });

  test("one error leaves a trigram by which it is found", () => {
    fc.assert(
      fc.property(misspelt, ({ of, typed }) => {
        const known = new Set(trigramsOf(of));
        expect(trigramsOf(typed).some((trigram) => known.has(trigram))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

test("trigrams mark the ends of a word", () => {
  expect(trigramsOf("fox")).toEqual(["  f", " fo", "fox", "ox "]);
  expect(trigramsOf("日本")).toEqual(["  日", " 日本", "日本 "]);
});
