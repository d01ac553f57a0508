import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { atOnce } from "#shared/lang/steps.ts";
import { growsLinearly } from "../../../../tests/support/growth.ts";
import { type HighlightStyle, highlight, markMatches } from "./highlight.ts";
import { indexTerms } from "./matches.ts";
import { parseTerms } from "./terms.ts";

const STYLE: HighlightStyle = {
  fields: ["text"],
  fullFields: [],
  startTag: "<mark>",
  endTag: "</mark>",
  affixWords: 4,
  snippetThreshold: 30,
};

const found = (text: string, q: string, style: Partial<HighlightStyle> = {}) =>
  atOnce(highlight("text", text, indexTerms(parseTerms(q).include), { ...STYLE, ...style }));

describe("a highlight", () => {
  test.each([
    ["Red Running Shoes", "running", "Red <mark>Running</mark> Shoes", ["Running"]],
    ["Red Running Shoes", "runnin", "Red <mark>Runnin</mark>g Shoes", ["Runnin"]],
    ["Well-known Wireless", "known", "Well-<mark>known</mark> Wireless", ["known"]],
    ["Red Running Shoes", '"running shoes"', "Red <mark>Running</mark> <mark>Shoes</mark>", ["Running", "Shoes"]],
    ["shoes, running", '"running shoes"', undefined, undefined],
    ["Zoë's café", "zoe cafe", "<mark>Zoë</mark>'s <mark>café</mark>", ["Zoë", "café"]],
    ["Zoe\u0308!", "zoe", "<mark>Zoe\u0308</mark>!", ["Zoe\u0308"]],
    ["I don’t know", "don't", "I <mark>don</mark>’<mark>t</mark> know", ["don", "t"]],
    ["fountain fount", "foun", "<mark>foun</mark>tain <mark>foun</mark>t", ["foun"]],
    ["nothing here", "elsewhere", undefined, undefined],
    ["a <b> & c", "c", "a <b> & <mark>c</mark>", ["c"]],
  ])("of %j for %j", (text, q, snippet, matched) => {
    expect(found(text, q)).toEqual(snippet && { field: "text", snippet, matched_tokens: matched });
  });

  test("of a long text shows the surroundings of the first match, with the punctuation", () => {
    const words = Array.from({ length: 60 }, (_, index) => `w${index},`);
    expect(found(words.join(" "), '"w30"')?.snippet).toBe("w26, w27, w28, w29, <mark>w30</mark>, w31, w32, w33, w34,");
  });

  test("of a long text goes on while matches are near", () => {
    const words = Array.from({ length: 60 }, (_, index) => `w${index}`);
    expect(found(words.join(" "), '"w2" "w5" "w50"')?.snippet).toBe(
      "w0 w1 <mark>w2</mark> w3 w4 <mark>w5</mark> w6 w7 w8 w9",
    );
  });
});

test("a highlight has the tags, the surroundings and the whole text that the query asks for", () => {
  const text = "Noise cancelling headphones. Running time: 30 hours.";
  expect(found(text, "running", { startTag: "<b>", endTag: "</b>", affixWords: 1, snippetThreshold: 4 })?.snippet).toBe(
    "headphones. <b>Running</b> time:",
  );
  expect(found(text, "running", { fullFields: ["text"], affixWords: 0, snippetThreshold: 0 })).toEqual({
    field: "text",
    snippet: "<mark>Running</mark>",
    matched_tokens: ["Running"],
    value: "Noise cancelling headphones. <mark>Running</mark> time: 30 hours.",
  });
});

test("without its marks, the snippet of a short text is the text", () => {
  const text = fc.array(fc.constantFrom("fox", "Dog", "é", "e\u0301", "-", " ", "👍", "日本", "\u0000"), {
    maxLength: 29,
  });
  const word = fc.constantFrom("fox", "do", "e", "日");
  fc.assert(
    fc.property(text, fc.array(word), (pieces, words) => {
      const source = pieces.join("");
      const snippet = found(source, words.join(" "))?.snippet;
      expect(snippet?.replaceAll(/<\/?mark>/g, "") ?? source).toBe(source);
    }),
  );
});

describe("however many terms and words there are", () => {
  const words = Array.from({ length: 300 }, (_, index) => `w${index}`);
  const QUERIES: Record<string, string> = {
    "three hundred words": words.join(" "),
    "a phrase that nearly occurs": `"${"a ".repeat(29)}b"`,
    "a phrase that occurs everywhere": `"${"a ".repeat(30)}"`,
    "phrases that begin alike": Array.from({ length: 20 }, (_, at) => `"${"a ".repeat(at + 1)}b"`).join(" "),
    "a long beginning": "a".repeat(4_000),
    "many accents": `a${"\u0301".repeat(3_000)}`,
  };

  test.each(Object.entries(QUERIES))("the work grows with the text alone: %s", (_, q) => {
    const index = indexTerms(parseTerms(q).include);
    for (const repeated of ["a ", "w1 w2 w3 ", "aaaa", "a\u0301", "\uFDFA", "각", "a-b_c "]) {
      const isLinear = growsLinearly((size) => () => atOnce(highlight("text", repeated.repeat(size), index, STYLE)));
      expect(isLinear).toBe(true);
    }
  });

  test("a value of a facet is marked when it has all of them", () => {
    const marked = (text: string, q: string) => {
      const terms = parseTerms(q).include;
      return atOnce(markMatches(text, { groups: terms.map((term) => [term]), index: indexTerms(terms) }, STYLE));
    };
    expect(marked("red running shoes", "shoes ru")).toBe("red <mark>ru</mark>nning <mark>shoes</mark>");
    expect(marked("red running shoes", "boots ru")).toBeUndefined();
    expect(marked("red", "")).toBeUndefined();
  });

  test("no more than ten thousand matches are marked", () => {
    expect(found("a ".repeat(20_000), '"a"', { fullFields: ["text"] })?.value?.split("<mark>")).toHaveLength(10_001);
  });
});
