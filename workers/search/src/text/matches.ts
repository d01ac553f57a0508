/** Finds the terms of a query in a text, in one pass over it: each token is looked up, not compared with each term. */
import { eachInSteps, type Steps } from "#shared/lang/steps.ts";
import { foldWord } from "./fold.ts";
import type { Term } from "./terms.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** A range of the text to mark; `tokenIndex` is where it begins. */
export interface Match {
  tokenIndex: number;
  from: number;
  to: number;
}

export interface Matches {
  /** In the order of the text; none overlaps another. */
  matches: Match[];
  /** The terms that occur. */
  terms: ReadonlySet<Term>;
}

/** More of them in one text are of no use, and each adds two tags. */
const MAX_MATCHES = 10_000;

/** The tokens of a text, ready to be compared. */
export function* readTokens(text: string): Steps<Token[]> {
  const tokens: Token[] = [];
  yield* eachInSteps(
    tokensOf(text),
    (token) => tokens.push(token),
    ({ from, to }) => to - from,
  );
  return tokens;
}

const mayGoOn = ({ prefix, beginsPair }: Term): boolean => prefix || beginsPair === true;

/** The terms of a query by the token that each begins with. */
export interface TermIndex {
  terms: readonly Term[];
  whole: ReadonlyMap<string, readonly Term[]>;
  /** Those of one token that is a prefix, by its length. */
  beginnings: ReadonlyMap<number, ReadonlyMap<string, readonly Term[]>>;
}

const add = (terms: Map<string, Term[]>, key: string, term: Term): void => {
  const known = terms.get(key);
  if (known === undefined) terms.set(key, [term]);
  else known.push(term);
};

export const indexTerms = (terms: readonly Term[]): TermIndex => {
  const whole = new Map<string, Term[]>();
  const beginnings = new Map<number, Map<string, Term[]>>();
  for (const term of terms) {
    const [first, ...others] = term.wanted;
    if (first === undefined) continue;
    if (others.length > 0 || !mayGoOn(term)) {
      add(whole, first, term);
      continue;
    }
    const ofLength = beginnings.get(first.length) ?? new Map<string, Term[]>();
    beginnings.set(first.length, ofLength);
    add(ofLength, first, term);
  }
  return { terms, whole, beginnings };
};

const NONE: readonly Term[] = [];

const termsAt = ({ whole, beginnings }: TermIndex, { folded }: Token): readonly Term[] => {
  const exact = whole.get(folded) ?? NONE;
  if (beginnings.size === 0) return exact;
  const begun = [...beginnings].flatMap(([length, ofLength]) => ofLength.get(folded.slice(0, length)) ?? NONE);
  return begun.length === 0 ? exact : [...exact, ...begun];
};

/** Characters that are folded with the one before them. */
const BELONGING = /^[\p{M}\p{Default_Ignorable_Code_Point}\uff9e\uff9f]$/u;

/** The length of the beginning of a word or pair that folds to `prefix`, with what belongs to its last character. */
const lengthOfPrefix = (word: string, prefix: string): number => {
  let length = 0;
  let read = 0;
  for (const character of word) {
    if (read >= prefix.length && !BELONGING.test(character)) break;
    read += foldWord(character).length;
    length += character.length;
  }
  return length;
};

/** A text and its tokens. */
interface Source {
  text: string;
  tokens: readonly Token[];
}

/** Where the match of a token ends; `undefined` when it is another one. */
const endOf = (text: string, token: Token | undefined, wanted: string, isOpen: boolean): number | undefined => {
  if (token?.folded === wanted) return token.to;
  if (!isOpen || !token?.folded.startsWith(wanted)) return undefined;
  const { kind, from, to } = token;
  return kind === "emoji" ? to : from + lengthOfPrefix(text.slice(from, to), wanted);
};

/** Where the match of each token of the term ends, from `start` on; `undefined` unless all are there. */
const endsFrom = ({ text, tokens }: Source, start: number, term: Term): number[] | undefined => {
  const ends: number[] = [];
  const last = term.wanted.length - 1;
  for (const [offset, wanted] of term.wanted.entries()) {
    const end = endOf(text, tokens[start + offset], wanted, offset === last && mayGoOn(term));
    if (end === undefined) return undefined;
    ends.push(end);
  }
  return ends;
};

/** The places of tokens that match, those that overlap as one: pairs of characters share one. */
const joined = (tokens: readonly Token[], ends: ReadonlyMap<number, number>): Match[] => {
  const matches: Match[] = [];
  for (const [tokenIndex, to] of [...ends].sort(([a], [b]) => a - b)) {
    const from = tokens[tokenIndex]?.from ?? 0;
    const last = matches.at(-1);
    if (last && from < last.to) last.to = Math.max(last.to, to);
    else if (matches.length < MAX_MATCHES) matches.push({ tokenIndex, from, to });
    else break;
  }
  return matches;
};

/** About what comparing one token costs, in characters. */
const COMPARISON = 8;

/** The first matches of the terms, and which terms have any. */
export function* findMatches(text: string, tokens: readonly Token[], index: TermIndex): Steps<Matches> {
  const source = { text, tokens };
  const ends = new Map<number, number>();
  const terms = new Set<Term>();
  let compared = 0;
  const lookAt = (token: Token, start: number): void => {
    if (ends.size >= MAX_MATCHES) return;
    compared = index.beginnings.size * COMPARISON;
    for (const term of termsAt(index, token)) {
      compared += term.wanted.length * COMPARISON;
      const found = endsFrom(source, start, term);
      if (found === undefined) continue;
      terms.add(term);
      for (const [offset, end] of found.entries())
        ends.set(start + offset, Math.max(end, ends.get(start + offset) ?? 0));
    }
  };
  yield* eachInSteps(tokens, lookAt, () => compared);
  return { matches: joined(tokens, ends), terms };
}
