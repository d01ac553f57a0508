/** Reads the words a user searches for: all must match, the last as a prefix, `"phrases"` in their order, `-not` this. */
import { type Token, tokensOf } from "./tokens.ts";

/** What must stand in a text: most often one word; of a phrase, tokens that follow each other. */
export interface Term {
  /** As a text that consists of the term is indexed. */
  tokens: readonly string[];
  /** What a text must have; without the end of a run of characters, which others may follow. */
  wanted: readonly string[];
  /** The last token is a prefix, if the query allows prefixes: `foun` finds `fountain`. */
  prefix: boolean;
  /** It is a prefix in any case: the first character of a pair. */
  beginsPair?: true;
  /** Can be misspelt, joined with the next word, or split. */
  isWord?: true;
  /** Meant exactly as it stands. */
  quoted?: true;
}

export interface Terms {
  include: Term[];
  exclude: Term[];
}

/** A longer query would take the database seconds. */
export const MAX_QUERY_WORDS = 300;

const CONTROL_CHARACTERS = /\p{Cc}/gu;
/** An optional minus, then a phrase in quotes or everything up to the next space. */
const PIECES = /(-?)"([^"]+)"|(\S+)/g;

const termOf = (tokens: readonly Token[]): Term => {
  const folded = tokens.map((token) => token.folded);
  const isRun = tokens.at(-1)?.kind === "end";
  if (!isRun) return { tokens: folded, wanted: folded, prefix: false };
  if (tokens.at(-2)?.kind === "pair") return { tokens: folded, wanted: folded.slice(0, -1), prefix: false };
  return { tokens: folded, wanted: folded, prefix: false, beginsPair: true };
};

/** The term of words that follow each other, folded already. */
export const termOfWords = (...words: readonly string[]): Term => ({ tokens: words, wanted: words, prefix: false });

/** The words, emoji and runs of characters in a piece of the query, each a term of its own. */
const freeTermsOf = (tokens: readonly Token[]): Term[] => {
  const terms: Term[] = [];
  let run: Token[] = [];
  for (const token of tokens) {
    run.push(token);
    if (token.kind === "pair") continue;
    terms.push({ ...termOf(run), ...(token.kind === "word" && { isWord: true }) });
    run = [];
  }
  return terms;
};

const keyOf = ({ tokens }: Term): string => tokens.join(" ");

const unique = (terms: readonly Term[]): Term[] => [...new Map(terms.map((term) => [keyOf(term), term])).values()];

/** Whether the query asks for everything: `*`, or nothing at all. */
export const asksForEverything = (q: string): boolean => ["", "*"].includes(q.replace(CONTROL_CHARACTERS, " ").trim());

/** Nothing more of a run of characters can follow: it is found wherever it stands. */
const withPrefix = (term: Term): Term => (term.tokens.length > term.wanted.length ? term : { ...term, prefix: true });

/** The terms of a query; pieces without a token, such as a dash, are dropped. */
export const parseTerms = (q: string): Terms => {
  const include: Term[] = [];
  const exclude: Term[] = [];
  let endsOpen = false;
  for (const [piece, minus, phrase, bare] of q.replace(CONTROL_CHARACTERS, " ").matchAll(PIECES)) {
    const tokens = [...tokensOf(phrase ?? piece)];
    if (tokens.length === 0) continue;
    if (minus === "-" || bare?.startsWith("-") === true) {
      exclude.push(termOf(tokens));
      continue;
    }
    endsOpen = bare !== undefined;
    include.push(...(bare === undefined ? [{ ...termOf(tokens), quoted: true as const }] : freeTermsOf(tokens)));
  }
  const last = include.pop();
  if (last) include.push(endsOpen ? withPrefix(last) : last);
  return { include: unique(include), exclude: unique(exclude) };
};

/** How many tokens the terms have. */
export const countTokens = ({ include, exclude }: Terms): number =>
  [...include, ...exclude].reduce((count, { tokens }) => count + tokens.length, 0);
