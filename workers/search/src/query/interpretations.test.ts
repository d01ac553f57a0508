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
  dropTokensMode: "right_to_left",
  bothSidesLimit: 1_000,
  splitJoinTokens: "fallback",
  exhaustive: false,
  minLengthForOneTypo: 4,
  minLengthForTwoTypos: 7,
  typosInNumbers: true,
  typosInAlphanumerics: true,
} as const;

const termsOf = (q: string) => parseTerms(q).include;

/** The terms of a query, and which of them these words may have been. */
const compared = (q: string, words: readonly string[]) => {
  const terms = termsOf(q);
  return { terms, suspected: suspectsIn(terms, TYPO_TOLERANCE, 2).map((suspect) => withNeighbours(suspect, words)) };
};

/** Each token as its alternatives. */
const printed = (interpretations: ReturnType<typeof misspeltInterpretations>) =>
  interpretations.map(({ tokens }) =>
    tokens.map((token) => token.map(({ tokens: words }) => words.join("+")).join("|")).join(" "),
  );

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
  [
    "never-ending",
    [
      ["never", 1],
      ["ending", 1],
    ],
  ],
  ["咖啡馆里", []],
  ["👩‍👩‍👧‍👦", []],
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
    expect(interpretations.map(({ tokens }) => tokens.map(([typed]) => typed?.tokens[0]))).toEqual(left);
    expect(interpretations.map(({ dropped }) => dropped)).toEqual([1, 2]);
  });

  test("come with errors too", () => {
    const { terms, suspected } = compared("keepr xyz", ["keeper"]);
    expect(printed(droppedInterpretations(terms, suspected, "right"))).toEqual(["keepr", "keepr|keeper"]);
  });

  test("keep a phrase in quotes, wherever it stands", () => {
    const terms = termsOf('one "a phrase" two');
    expect(printed(droppedInterpretations(terms, [], "right"))).toEqual(["one a+phrase", "a+phrase"]);
    expect(printed(droppedInterpretations(terms, [], "left"))).toEqual(["a+phrase two", "a+phrase"]);
    expect(droppedInterpretations(termsOf('"a phrase" "another one"'), [], "right")).toEqual([]);
  });

  test("are none of a single word", () => {
    expect(droppedInterpretations(termsOf("one"), [], "right")).toEqual([]);
  });
});

test("the exact reading is what was typed", () => {
  const terms = termsOf('fog "the harbour" li');
  expect(exactInterpretation(terms)).toEqual({
    typos: 0,
    dropped: 0,
    tokens: terms.map((term) => [{ ...term, typos: 0 }]),
  });
});
