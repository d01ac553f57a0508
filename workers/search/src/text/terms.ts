/** Reads the words a user searches for: all must match, the last as a prefix, `"phrases"` in their order, `-not` this. */

/** Words that stand next to each other; most often just one. A word such as `don't` is two, `don` and `t`. */
export interface Term {
  text: string;
  /** The last word is a prefix: `foun` finds `fountain`. */
  prefix: boolean;
  /** Meant exactly as it stands. */
  quoted?: true;
}

export interface Terms {
  include: Term[];
  exclude: Term[];
}

/** A longer query would take the database seconds. */
export const MAX_QUERY_WORDS = 300;

/** Letters and digits, with the accents that follow them, as SQLite's unicode61 tokenizer takes them. */
const WORDS = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{Mn}]*/gu;
const CONTROL_CHARACTERS = /\p{Cc}/gu;
/** An optional minus, then a phrase in quotes or everything up to the next space. */
const PIECES = /(-?)"([^"]+)"|(\S+)/g;

export interface Word {
  text: string;
  from: number;
  to: number;
}

/** The words in a text, and where they stand, one at a time. */
export function* wordMatches(text: string): Generator<Word, void> {
  for (const match of text.matchAll(WORDS)) {
    yield { text: match[0], from: match.index, to: match.index + match[0].length };
  }
}

export const wordsOf = (text: string): Word[] => [...wordMatches(text)];

/** The words alone, where their places are of no use; much faster. */
export const bareWordsOf = (text: string): string[] => text.match(WORDS) ?? [];

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the whole of ASCII that is meant.
const ASCII = /^[\x00-\x7f]*$/;

/** How words are compared: without case and accents. Letters that are no accents stay composed, as in Korean. */
export const foldWord = (word: string): string => {
  if (ASCII.test(word)) return word.toLowerCase();
  return word
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .normalize("NFC")
    .toLowerCase();
};

const keyOf = (term: Term): string =>
  wordsOf(term.text)
    .map((word) => foldWord(word.text))
    .join(" ");

const unique = (terms: readonly Term[]): Term[] => [...new Map(terms.map((term) => [keyOf(term), term])).values()];

/** Whether the query asks for everything: `*`, or nothing at all. */
export const asksForEverything = (q: string): boolean => ["", "*"].includes(q.replace(CONTROL_CHARACTERS, " ").trim());

/** The terms of a query; pieces without a letter or digit, such as a dash, are dropped. */
export const parseTerms = (q: string): Terms => {
  const include: Term[] = [];
  const exclude: Term[] = [];
  let last: Term | undefined;
  for (const [piece, minus, phrase, bare] of q.replace(CONTROL_CHARACTERS, " ").matchAll(PIECES)) {
    if (keyOf({ text: piece, prefix: false }) === "") continue;
    const isExcluded = minus === "-" || bare?.startsWith("-") === true;
    const term: Term = { text: phrase ?? piece, prefix: false, ...(phrase !== undefined && { quoted: true }) };
    (isExcluded ? exclude : include).push(term);
    if (!isExcluded) last = bare === undefined ? undefined : term;
  }
  if (last) last.prefix = true;
  return { include: unique(include), exclude: unique(exclude) };
};

/** How many words the terms have, those inside phrases too. */
export const countWords = ({ include, exclude }: Terms): number =>
  [...include, ...exclude].reduce((count, term) => count + wordsOf(term.text).length, 0);
