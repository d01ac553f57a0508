import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asksForEverything, countWords, foldWord, parseTerms, wordsOf } from "./terms.ts";

const prefix = (text: string) => ({ text, prefix: true });
const exact = (text: string) => ({ text, prefix: false });
const quoted = (text: string) => ({ text, prefix: false, quoted: true });

describe("the words of a query", () => {
  test.each([
    ["quick fox", { include: [exact("quick"), prefix("fox")], exclude: [] }],
    ['the "quick fox"', { include: [exact("the"), quoted("quick fox")], exclude: [] }],
    ['"quick" fox', { include: [quoted("quick"), prefix("fox")], exclude: [] }],
    ["fox -lazy", { include: [prefix("fox")], exclude: [exact("-lazy")] }],
    ['fox -"lazy dog"', { include: [prefix("fox")], exclude: [quoted("lazy dog")] }],
    ["don't stop", { include: [exact("don't"), prefix("stop")], exclude: [] }],
    ["Wait -- what?", { include: [exact("Wait"), prefix("what?")], exclude: [] }],
    ["— stop —", { include: [prefix("stop")], exclude: [] }],
    ['open "quote', { include: [exact("open"), prefix('"quote')], exclude: [] }],
    ["a\u0000b", { include: [exact("a"), prefix("b")], exclude: [] }],
    ["zoë Zoe ZOË", { include: [prefix("ZOË")], exclude: [] }],
    ["👍 *", { include: [], exclude: [] }],
  ])("are read from %j", (q, terms) => {
    expect(parseTerms(q)).toEqual(terms);
  });

  test("count inside phrases and inside words with punctuation too", () => {
    expect(countWords(parseTerms('one "two three" four-five -six'))).toBe(6);
  });
});

test.each([
  ["", true],
  ["  ", true],
  [" * ", true],
  ["\u0000", true],
  ["**", false],
  ["a", false],
])("%j asks for everything: %s", (q, expected) => {
  expect(asksForEverything(q)).toBe(expected);
});

test.each([
  ["Zoë", "zoe"],
  ["ÉCLAIR", "eclair"],
  ["Straße", "straße"],
  ["ΑΒΓ", "αβγ"],
  ["한국어", "한국어"],
])("%s is compared as %s", (word, folded) => {
  expect(foldWord(word)).toBe(folded);
});

test("every term of every query has a letter or digit", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (q) => {
      const { include, exclude } = parseTerms(q);
      expect([...include, ...exclude].every((term) => wordsOf(term.text).length > 0)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
