/** Reads a space as a typing error: `light house` as `lighthouse`, and `wellknown` as `well known`. */
import { type Term, termOfWords } from "../text/terms.ts";
import { exactInterpretation, type Interpretation } from "./interpretations.ts";

/** Typesense tries so many of the words. */
const MAX_TRIED = 5;
/** Longer words are not split: each place to do so is looked up. */
const MAX_SPLIT_LENGTH = 32;

const joined = (terms: readonly Term[]): Term => termOfWords(terms.flatMap(({ wanted }) => wanted).join(""));

/** The terms with some of them, from a place on, as one alternative or another. */
const replaced = (terms: readonly Term[], at: number, count: number, by: readonly Term[]): Interpretation => {
  const before = exactInterpretation(terms.slice(0, at)).tokens;
  const after = exactInterpretation(terms.slice(at + count)).tokens;
  return { tokens: [...before, by.map((term) => ({ ...term, typos: 0 })), ...after], typos: 1, dropped: 0 };
};

/** The word as two that follow each other, in every way. */
const splitsOf = ({ wanted: [word = ""] }: Term): Term[] => {
  const letters = [...word];
  if (letters.length > MAX_SPLIT_LENGTH) return [];
  return letters
    .slice(1)
    .map((_, at) => termOfWords(letters.slice(0, at + 1).join(""), letters.slice(at + 1).join("")));
};

/** All words joined, then each two neighbours, then each word split; the first of them that finds something is meant. */
export const splitJoinInterpretations = (terms: readonly Term[]): Interpretation[] => {
  const tried = terms.slice(0, MAX_TRIED);
  const areWords = (some: readonly Term[]): boolean => some.every(({ isWord }) => isWord === true);
  const all = terms.length > 1 && areWords(terms) ? [replaced(terms, 0, terms.length, [joined(terms)])] : [];
  const pairs = tried.slice(1).flatMap((_, at) => {
    const pair = terms.slice(at, at + 2);
    return terms.length > 2 && areWords(pair) ? [replaced(terms, at, 2, [joined(pair)])] : [];
  });
  const splits = tried.flatMap((term, at) => {
    const parts = term.isWord ? splitsOf(term) : [];
    return parts.length > 0 ? [replaced(terms, at, 1, parts)] : [];
  });
  return [...all, ...pairs, ...splits];
};
