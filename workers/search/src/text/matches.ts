/** Finds the words of a query in a text, in one pass over it: each word is looked up, not compared with each term. */
import { eachInSteps, type Steps } from "#shared/lang/steps.ts";
import { foldWord, type Term, type Word, wordMatches, wordsOf } from "./terms.ts";

/** A range of the text to mark; `wordIndex` is its word. */
export interface Match {
  wordIndex: number;
  from: number;
  to: number;
}

export interface FoldedWord extends Word {
  folded: string;
}

export interface Matches {
  /** In the order of the text, at most one a word: the longest. */
  matches: Match[];
  /** The terms that occur. */
  terms: ReadonlySet<Term>;
}

/** More of them in one text are of no use, and each adds two tags. */
const MAX_MATCHES = 10_000;
/** More than a query can ask for, so that the rest of a longer word is of no use. */
const LONGEST_COMPARED = 8_192;

const folded = (word: Word): FoldedWord => ({ ...word, folded: foldWord(word.text.slice(0, LONGEST_COMPARED)) });

/** The words of a text, ready to be compared. */
export function* foldedWordsOf(text: string): Steps<FoldedWord[]> {
  const words: FoldedWord[] = [];
  yield* eachInSteps(
    wordMatches(text),
    (word) => words.push(folded(word)),
    ({ text: { length } }) => length,
  );
  return words;
}

interface Target {
  term: Term;
  wanted: readonly string[];
}

/** The terms of a query by the word that each begins with. */
export interface TermIndex {
  terms: readonly Term[];
  whole: ReadonlyMap<string, readonly Target[]>;
  /** Those of one word that is a prefix, by its length. */
  beginnings: ReadonlyMap<number, ReadonlyMap<string, readonly Target[]>>;
}

const add = (targets: Map<string, Target[]>, key: string, target: Target): void => {
  const known = targets.get(key);
  if (known === undefined) targets.set(key, [target]);
  else known.push(target);
};

export const indexTerms = (terms: readonly Term[]): TermIndex => {
  const whole = new Map<string, Target[]>();
  const beginnings = new Map<number, Map<string, Target[]>>();
  for (const term of terms) {
    const wanted = wordsOf(term.text).map((word) => folded(word).folded);
    const [first] = wanted;
    if (first === undefined) continue;
    if (wanted.length > 1 || !term.prefix) {
      add(whole, first, { term, wanted });
      continue;
    }
    const ofLength = beginnings.get(first.length) ?? new Map<string, Target[]>();
    beginnings.set(first.length, ofLength);
    add(ofLength, first, { term, wanted });
  }
  return { terms, whole, beginnings };
};

const NONE: readonly Target[] = [];

const targetsAt = ({ whole, beginnings }: TermIndex, word: FoldedWord): readonly Target[] => {
  const exact = whole.get(word.folded) ?? NONE;
  if (beginnings.size === 0) return exact;
  const begun = [...beginnings].flatMap(([length, ofLength]) => ofLength.get(word.folded.slice(0, length)) ?? NONE);
  return begun.length === 0 ? exact : [...exact, ...begun];
};

/** The length of the word's beginning that folds to `prefix`. */
const lengthOfPrefix = (word: string, prefix: string): number => {
  let length = 0;
  let read = "";
  for (const character of word) {
    const next = read + foldWord(character);
    if (read === prefix && next !== read) break;
    read = next;
    length += character.length;
  }
  return length;
};

/** Where the match of a word ends; `undefined` when it is another word. */
const endOf = (word: FoldedWord | undefined, wanted: string, mayGoOn: boolean): number | undefined => {
  if (word?.folded === wanted) return word.to;
  return mayGoOn && word?.folded.startsWith(wanted) ? word.from + lengthOfPrefix(word.text, wanted) : undefined;
};

/** Where the match of each word of the term ends, from `start` on; `undefined` unless all are there. */
const endsFrom = (words: readonly FoldedWord[], start: number, { term, wanted }: Target): number[] | undefined => {
  const ends: number[] = [];
  for (const [offset, fold] of wanted.entries()) {
    const end = endOf(words[start + offset], fold, term.prefix && offset === wanted.length - 1);
    if (end === undefined) return undefined;
    ends.push(end);
  }
  return ends;
};

/** About what comparing one word costs, in characters. */
const COMPARISON = 8;

/** The first matches of the terms, and which terms have any. */
export function* findMatches(words: readonly FoldedWord[], index: TermIndex): Steps<Matches> {
  const ends = new Map<number, number>();
  const terms = new Set<Term>();
  let compared = 0;
  const lookAt = (word: FoldedWord, start: number): void => {
    if (ends.size >= MAX_MATCHES) return;
    compared = index.beginnings.size * COMPARISON;
    for (const target of targetsAt(index, word)) {
      compared += target.wanted.length * COMPARISON;
      const found = endsFrom(words, start, target);
      if (found === undefined) continue;
      terms.add(target.term);
      for (const [offset, end] of found.entries())
        ends.set(start + offset, Math.max(end, ends.get(start + offset) ?? 0));
    }
  };
  yield* eachInSteps(words, lookAt, () => compared);
  const matches = [...ends]
    .sort(([a], [b]) => a - b)
    .slice(0, MAX_MATCHES)
    .map(([wordIndex, to]) => ({ wordIndex, from: words[wordIndex]?.from ?? 0, to }));
  return { matches, terms };
}
