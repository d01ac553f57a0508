/** Marks what a query found in a text, in Typesense's shape. The text itself is given as it is: HTML is not escaped. */
import { foldWord, type Term, type Word, wordsOf } from "./terms.ts";

export interface Highlight {
  field: string;
  /** The whole text, or the surroundings of the first match in a long one, with `<mark>` around each match. */
  snippet: string;
  matched_tokens: string[];
}

/** Typesense's `snippet_threshold`: a text of fewer words is shown whole. */
const SNIPPET_THRESHOLD_WORDS = 30;
/** Typesense's `highlight_affix_num_tokens`: so many words are shown around the matches. */
const AFFIX_WORDS = 4;

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

/** All matches in the order of the text, at most one a word: the longest. */
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
  return [...found.values()].sort((a, b) => a.from - b.from);
};

/** From where to where the text is shown: around the first match and those close to it. */
const windowOf = (text: string, words: readonly Word[], matches: readonly Match[]): { from: number; to: number } => {
  if (words.length < SNIPPET_THRESHOLD_WORDS) return { from: 0, to: text.length };
  const first = matches[0]?.wordIndex ?? 0;
  let last = first;
  for (const { wordIndex } of matches) if (wordIndex - last <= AFFIX_WORDS) last = wordIndex;
  const from = words[first - AFFIX_WORDS]?.from ?? 0;
  const to = words[last + AFFIX_WORDS]?.to ?? text.length;
  const space = text.slice(to).search(/\s/);
  return { from, to: space < 0 ? text.length : to + space };
};

/** The highlight of a field's text; `undefined` when nothing in it matches. */
export const highlight = (field: string, text: string, terms: readonly Term[]): Highlight | undefined => {
  const words = foldedWordsOf(text);
  const matches = findMatches(words, terms);
  if (matches.length === 0) return undefined;
  const window = windowOf(text, words, matches);
  let snippet = "";
  let at = window.from;
  for (const { from, to } of matches.filter((match) => match.from >= window.from && match.to <= window.to)) {
    snippet += `${text.slice(at, from)}<mark>${text.slice(from, to)}</mark>`;
    at = to;
  }
  snippet += text.slice(at, window.to);
  return { field, snippet, matched_tokens: [...new Set(matches.map(({ from, to }) => text.slice(from, to)))] };
};
