/** The interpretations of a query, from what was typed to what may have been meant: with typos, with words dropped. */

import { type Term, termOfWords } from "../text/terms.ts";
import { type Typed, typosBetween } from "../text/typos.ts";
import type { TypoTolerance } from "./engine.ts";

/** What a term of the query is looked for as. */
export interface Alternative extends Term {
  typos: number;
}

export interface Interpretation {
  /** Each must be there as one of its alternatives; the first is what was typed. */
  tokens: Alternative[][];
  /** The most errors that an alternative has. */
  typos: number;
  dropped: number;
}

/** A term with a word that may be misspelt, and words of the documents that are close to it, the closest first. */
export interface Suspect {
  term: Term;
  typed: Typed;
  maxTypos: number;
}

export interface Suspected extends Suspect {
  neighbours: Alternative[];
  /** No document has what was typed. */
  isUnknown: boolean;
}

/** More alternatives would cost more than they find. */
const MAX_NEIGHBOURS = 20;
/** Longer queries are taken as they are. */
export const MAX_TOLERANT_TERMS = 10;

export const exactInterpretation = (terms: readonly Term[], dropped = 0): Interpretation => ({
  tokens: terms.map((term) => [{ ...term, typos: 0 }]),
  typos: 0,
  dropped,
});

const typosAllowed = (word: string, { minLengthForOneTypo, minLengthForTwoTypos }: TypoTolerance): number => {
  const { length } = [...word];
  if (length < minLengthForOneTypo) return 0;
  return length < minLengthForTwoTypos ? 1 : 2;
};

const mayHaveTypos = (word: string, { typosInNumbers, typosInAlphanumerics }: TypoTolerance): boolean => {
  if (/^\p{N}+$/u.test(word)) return typosInNumbers;
  return typosInAlphanumerics || !/\p{N}/u.test(word);
};

/** The terms that may be misspelt: single words, not in quotes, long enough. */
export const suspectsIn = (
  terms: readonly Term[],
  typoTolerance: TypoTolerance,
  mostTypos: number,
  allowsPrefix = true,
): Suspect[] =>
  terms.flatMap((term) => {
    const [word] = term.wanted;
    if (word === undefined || !term.isWord || !mayHaveTypos(word, typoTolerance)) return [];
    const typed = { word, prefix: term.prefix && allowsPrefix };
    const maxTypos = Math.min(mostTypos, typosAllowed(typed.word, typoTolerance));
    return maxTypos > 0 ? [{ term, typed, maxTypos }] : [];
  });

/** Compares a suspect with words that the documents have. */
export const withNeighbours = (suspect: Suspect, words: readonly string[]): Suspected => {
  const near = words.flatMap((word) => {
    const typos = typosBetween(suspect.typed, word, suspect.maxTypos);
    return typos === undefined ? [] : [{ ...termOfWords(word), typos }];
  });
  return {
    ...suspect,
    isUnknown: !near.some(({ typos }) => typos === 0),
    neighbours: near
      .filter(({ typos }) => typos > 0)
      .toSorted((a, b) => a.typos - b.typos)
      .slice(0, MAX_NEIGHBOURS),
  };
};

const misspelt = (
  terms: readonly Term[],
  suspected: readonly Suspected[],
  typos: number,
  dropped: number,
): Interpretation | undefined => {
  const neighboursOf = new Map(
    suspected.map(({ term, neighbours }) => [term, neighbours.filter((near) => near.typos <= typos)]),
  );
  if ([...neighboursOf.values()].every((neighbours) => neighbours.length === 0)) return undefined;
  const tokens = exactInterpretation(terms).tokens.map((token, at) => {
    const term = terms[at];
    return [...token, ...((term && neighboursOf.get(term)) ?? [])];
  });
  return { tokens, typos, dropped };
};

/** Interpretations with typos: words that no document has are replaced first, and one typo comes before two. */
export const misspeltInterpretations = (
  terms: readonly Term[],
  suspected: readonly Suspected[],
  dropped = 0,
): Interpretation[] => {
  const relevant = suspected.filter(({ term }) => terms.includes(term));
  const unknown = relevant.filter(({ isUnknown }) => isUnknown);
  const sets = unknown.length > 0 && unknown.length < relevant.length ? [unknown, relevant] : [relevant];
  return [1, 2].flatMap((typos) =>
    sets.flatMap((set) => {
      const isNew = set.some(({ neighbours }) => neighbours.some((near) => near.typos === typos));
      return (isNew && misspelt(terms, set, typos, dropped)) || [];
    }),
  );
};

/**
 * The query with ever more words left out, from one end, until one term is left; each as it was typed, then with all errors
 * allowed. A phrase in quotes stays.
 */
export const droppedInterpretations = (
  terms: readonly Term[],
  suspected: readonly Suspected[],
  from: "right" | "left",
): Interpretation[] => {
  const droppable = terms.filter(({ quoted }) => !quoted);
  return droppable.slice(droppable.length === terms.length ? 1 : 0).flatMap((_, at) => {
    const dropped = at + 1;
    const gone = from === "right" ? droppable.slice(-dropped) : droppable.slice(0, dropped);
    const left = terms.filter((term) => !gone.includes(term));
    return [exactInterpretation(left, dropped), ...misspeltInterpretations(left, suspected, dropped).slice(-1)];
  });
};
