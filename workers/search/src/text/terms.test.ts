import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asksForEverything, countTokens, parseTerms, type Term } from "./terms.ts";

/** A term in short: `~` it may go on, quotation marks as typed. */
const short = ({ wanted, prefix, beginsPair, quoted }: Term): string => {
  const text = wanted.join(" ") + (prefix || beginsPair ? "~" : "");
  return quoted ? `"${text}"` : text;
};

describe("the words of a query", () => {
  test.each([
    ["quick fox", ["quick", "fox~"], []],
    ['the "quick fox"', ["the", '"quick fox"'], []],
    ['"quick" fox', ['"quick"', "fox~"], []],
    ["fox -lazy", ["fox~"], ["lazy"]],
    ['fox -"lazy dog"', ["fox~"], ["lazy dog"]],
    ["fox -well-known", ["fox~"], ["well known"]],
    ["don't stop", ["don", "t", "stop~"], []],
    ["O’Brien's", ["o", "brien", "s~"], []],
    ["www.example.com/a", ["www", "example", "com", "a~"], []],
    ["Wait -- what?", ["wait", "what~"], []],
    ["— stop —", ["stop~"], []],
    ['open "quote', ["open", "quote~"], []],
    ["a\u0000b", ["a", "b~"], []],
    ["zoë Zoe ZOË", ["zoe~"], []],
    ["👍 *", ["👍~"], []],
    ["咖啡馆", ["咖啡 啡馆"], []],
    ["窗", ["窗~"], []],
    ["窗 边界", ["窗~", "边界"], []],
    ['"12 咖啡" x', ['"12 咖啡"', "x~"], []],
    ['"咖啡 12" x', ['"咖啡 啡 12"', "x~"], []],
    ["iPhone手机", ["iphone", "手机"], []],
    ["boo👻", ["boo", "👻~"], []],
    ["नमस्ते", ["नमस्ते~"], []],
  ])("are read from %j", (q, include, exclude) => {
    const terms = parseTerms(q);
    expect(terms.include.map(short)).toEqual(include);
    expect(terms.exclude.map(short)).toEqual(exclude);
  });

  test("count inside phrases and inside words with punctuation too", () => {
    expect(countTokens(parseTerms('one "two three" four-five -six'))).toBe(6);
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

test("every term of every query has a token", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (q) => {
      const { include, exclude } = parseTerms(q);
      expect([...include, ...exclude].every(({ wanted }) => wanted.length > 0 && !wanted.includes(""))).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
