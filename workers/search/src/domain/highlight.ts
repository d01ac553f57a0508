/** Marks what a query found in a text, in Typesense's shape. The text itself is given as it is: HTML is not escaped. */
import type { TextField } from "./fields.ts";
import { foldWord, type Term, type Word, wordsOf } from "./terms.ts";

export interface Highlight {
  field: string;
  /** The whole text, or the surroundings of the first match in a long one, with `<mark>` around each match. */
  snippet: string;
  matched_tokens: string[];
  /** The whole text with its marks, where the query asks for it. */
  value?: string;
}

/** How a query wants its matches shown. */
export interface HighlightStyle {
  fields: TextField[];
  /** Those of the fields that are given whole, too. */
  fullFields: TextField[];
  startTag: string;
  endTag: string;
  /** So many words are shown around the matches. */
  affixWords: number;
  /** A text of fewer words is shown whole. */
  snippetThreshold: number;
}

/** A stretch of the text to mark; `wordIndex` says in which word. */
interface Match {
  wordIndex: number;
  from: number;
  to: number;
}

interface FoldedWord extends Word {
  folded: string;
}

const foldedWordsOf = (text: string): FoldedWord[] =>
  wordsOf(text).map((word) => ({ ...word, folded: foldWord(word.text) }));

/** The length of the word's beginning that folds to `prefix`. */
const lengthOfPrefix = (word: string, prefix: string): number => {
  let length = 0;
  let folded = "";
  for (const character of word) {
    const next = folded + foldWord(character);
    if (folded === prefix && next !== folded) break;
    folded = next;
    length += character.length;
  }
  return length;
};

const matchWord = (word: FoldedWord, wordIndex: number, wanted: string, prefix: boolean): Match | undefined => {
  if (word.folded === wanted) return { wordIndex, from: word.from, to: word.to };
  if (!prefix || !word.folded.startsWith(wanted)) return undefined;
  return { wordIndex, from: word.from, to: word.from + lengthOfPrefix(word.text, wanted) };
};

const matchTermAt = (
  words: readonly FoldedWord[],
  start: number,
  wanted: readonly string[],
  prefix: boolean,
): Match[] => {
  const matches: Match[] = [];
  for (const [offset, fold] of wanted.entries()) {
    const word = words[start + offset];
    const match = word && matchWord(word, start + offset, fold, prefix && offset === wanted.length - 1);
    if (!match) return [];
    matches.push(match);
  }
  return matches;
};

/** Nobody looks at more of them in one text, and each is two tags more. */
const MAX_MATCHES = 10_000;

/** The first matches in the order of the text, at most one a word: the longest. */
const findMatches = (words: readonly FoldedWord[], terms: readonly Term[]): Match[] => {
  const found = new Map<number, Match>();
  for (const term of terms) {
    const wanted = foldedWordsOf(term.text).map((word) => word.folded);
    for (const start of words.keys())
      for (const match of matchTermAt(words, start, wanted, term.prefix)) {
        const known = found.get(match.wordIndex);
        if (known === undefined || known.to < match.to) found.set(match.wordIndex, match);
      }
  }
  return [...found.values()].sort((a, b) => a.from - b.from).slice(0, MAX_MATCHES);
};

interface Window {
  from: number;
  to: number;
}

/** From where to where the text is shown: around the first match and those close to it. */
const windowOf = (
  text: string,
  words: readonly Word[],
  matches: readonly Match[],
  { affixWords, snippetThreshold }: HighlightStyle,
): Window => {
  if (words.length < snippetThreshold) return { from: 0, to: text.length };
  const first = matches[0]?.wordIndex ?? 0;
  let last = first;
  for (const { wordIndex } of matches) if (wordIndex - last <= affixWords) last = wordIndex;
  const from = words[first - affixWords]?.from ?? 0;
  const to = words[last + affixWords]?.to ?? text.length;
  const space = text.slice(to).search(/\s/);
  return { from, to: space < 0 ? text.length : to + space };
};

const mark = (
  text: string,
  matches: readonly Match[],
  window: Window,
  { startTag, endTag }: HighlightStyle,
): string => {
  let marked = "";
  let at = window.from;
  for (const { from, to } of matches.filter((match) => match.from >= window.from && match.to <= window.to)) {
    marked += `${text.slice(at, from)}${startTag}${text.slice(from, to)}${endTag}`;
    at = to;
  }
  return marked + text.slice(at, window.to);
};

/** The highlight of a field's text; `undefined` when nothing in it matches. */
export const highlight = (
  field: TextField,
  text: string,
  terms: readonly Term[],
  style: HighlightStyle,
): Highlight | undefined => {
  const words = foldedWordsOf(text);
  const matches = findMatches(words, terms);
  if (matches.length === 0) return undefined;
  return {
    field,
    snippet: mark(text, matches, windowOf(text, words, matches, style), style),
    matched_tokens: [...new Set(matches.map(({ from, to }) => text.slice(from, to)))],
    ...(style.fullFields.includes(field) && { value: mark(text, matches, { from: 0, to: text.length }, style) }),
  };
};

/** The text with the beginnings of its words marked; `undefined` unless it has all of the terms. */
export const markMatches = (text: string, terms: readonly Term[], style: HighlightStyle): string | undefined => {
  const words = foldedWordsOf(text);
  const hasAll = terms.length > 0 && terms.every((term) => findMatches(words, [term]).length > 0);
  return hasAll ? mark(text, findMatches(words, terms), { from: 0, to: text.length }, style) : undefined;
};
