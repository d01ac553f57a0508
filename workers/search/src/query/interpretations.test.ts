import { describe, expect, test } from "vitest";
import { parseTerms } from "../text/terms.ts";
import {
  droppedInterpretations,
  exactInterpretation,
  misspeltInterpretations,
  suspectsIn,
  withNeighbours,
} from "./interpretations.ts";

const TYPO_TOLERANCE = {
  typoTokensThreshold: 1,
  dropTokensThreshold: 1,
  dropTokensFrom: "right",
  minLengthForOneTypo: 4,
  minLengthForTwoTypos: 7,
} as const;

const termsOf = (q: string) => parseTerms(q).include;

/** The terms of a query, and which of them these words may have been. */
const compared = (q: string, words: readonly string[]) => {
  const terms = termsOf(q);
  return { terms, suspected: suspectsIn(terms, TYPO_TOLERANCE, 2).map((suspect) => withNeighbours(suspect, words)) };
};

/** Each token as its alternatives. */
const printed = (interpretations: ReturnType<typeof misspeltInterpretations>) =>
  interpretations.map(({ tokens }) => tokens.map((token) => token.map(({ text }) => text).join("|")).join(" "));

test.each([
  [
    "fog lighthouse harbour",
    [
      ["lighthouse", 2],
      ["harbour", 2],
    ],
  ],
  ["door", [["door", 1]]],
  ['"harbour light"', []],
  ['"harbour"', []],
  ["never-ending", []],
  ["ÜBERMUT", [["ubermut", 2]]],
])("what may be misspelt in %j is %j", (q, suspects) => {
  const found = suspectsIn(termsOf(q), TYPO_TOLERANCE, 2).map(({ typed, maxTypos }) => [typed.word, maxTypos]);
  expect(found).toEqual(suspects);
});

describe("readings with errors", () => {
  const read = (q: string, words: readonly string[]) => {
    const { terms, suspected } = compared(q, words);
    return printed(misspeltInterpretations(terms, suspected));
  };

  test("replace words that no document has first, and one error comes before two", () => {
    expect(read("keeper harbuor", ["keeper", "keepers", "harbour", "arbour"])).toEqual([
      "keeper harbuor|harbour",
      "keeper|keepers harbuor|harbour",
      "keeper harbuor|harbour|arbour",
      "keeper|keepers harbuor|harbour|arbour",
    ]);
  });

  test("replace all words when all are known, or none is", () => {
    expect(read("keeper waits", ["keeper", "waits", "wails"])).toEqual(["keeper waits|wails"]);
    expect(read("keepr wails", ["keeper", "waits"])).toEqual(["keepr|keeper wails|waits"]);
  });

  test("are none when nothing is near", () => {
    expect(read("xylophone", ["harbour"])).toEqual([]);
  });
});

describe("readings with words left out", () => {
  const [a, b, c] = ["one", "two", "three"];

  test.each([
    ["right", [[a, b], [a]]],
    ["left", [[b, c], [c]]],
  ] as const)("begin at the %s", (from, left) => {
    const interpretations = droppedInterpretations(termsOf("one two three"), [], from);
    expect(interpretations.map(({ tokens }) => tokens.map(([typed]) => typed?.text))).toEqual(left);
    expect(interpretations.map(({ dropped }) => dropped)).toEqual([1, 2]);
  });

  test("come with errors too", () => {
    const { terms, suspected } = compared("keepr xyz", ["keeper"]);
    expect(printed(droppedInterpretations(terms, suspected, "right"))).toEqual(["keepr", "keepr|keeper"]);
  });

  test("are none of a single word", () => {
    expect(droppedInterpretations(termsOf("one"), [], "right")).toEqual([]);
  });
});

test("the exact reading is what was typed", () => {
  expect(exactInterpretation(termsOf('fog "the harbour" li'))).toEqual({
    typos: 0,
    dropped: 0,
    tokens: [
      [{ text: "fog", prefix: false, typos: 0 }],
      [{ text: "the harbour", prefix: false, quoted: true, typos: 0 }],
      [{ text: "li", prefix: true, typos: 0 }],
    ],
  });
});
