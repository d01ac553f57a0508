/** Marks what a query found in a text, in Typesense's shape. The text itself is given as it is: HTML is not escaped. */
import type { Steps } from "#shared/lang/steps.ts";
import type { TextField } from "../model/fields.ts";
import { findMatches, type Match, readTokens, type TermIndex } from "./matches.ts";
import type { Term } from "./terms.ts";
import type { Token } from "./tokens.ts";

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

interface Window {
  from: number;
  to: number;
}

/** From where to where the text is shown: around the first match and those close to it. */
const windowOf = (
  text: string,
  tokens: readonly Token[],
  matches: readonly Match[],
  { affixWords, snippetThreshold }: HighlightStyle,
): Window => {
  if (tokens.length < snippetThreshold) return { from: 0, to: text.length };
  const first = matches[0]?.tokenIndex ?? 0;
  let last = first;
  let end = 0;
  for (const { tokenIndex, to } of matches) {
    if (tokenIndex - last > affixWords) break;
    last = tokenIndex;
    end = to;
  }
  while ((tokens[last + 1]?.from ?? end) < end) last += 1;
  const from = tokens[first - affixWords]?.from ?? 0;
  const [lastShown, next] = tokens.slice(last + affixWords, last + affixWords + 2);
  if (!lastShown) return { from, to: text.length };
  // A run of characters has no spaces to end at, and the second of a pair is the first of the next one.
  if (lastShown.kind === "pair") return { from, to: Math.max(next?.from ?? 0, end) };
  const to = Math.max(lastShown.to, end);
  if (lastShown.kind === "end") return { from, to };
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
export function* highlight(
  field: TextField,
  text: string,
  index: TermIndex,
  style: HighlightStyle,
): Steps<Highlight | undefined> {
  const tokens = yield* readTokens(text);
  const { matches } = yield* findMatches(text, tokens, index);
  if (matches.length === 0) return undefined;
  return {
    field,
    snippet: mark(text, matches, windowOf(text, tokens, matches, style), style),
    matched_tokens: [...new Set(matches.map(({ from, to }) => text.slice(from, to)))],
    ...(style.fullFields.includes(field) && { value: mark(text, matches, { from: 0, to: text.length }, style) }),
  };
}

/** Terms of which a text must have one of each group, and what they are looked up by. */
export interface TermGroups {
  groups: readonly (readonly Term[])[];
  index: TermIndex;
}

/** The text with what matches marked; `undefined` unless it has one term of every group. */
export function* markMatches(text: string, wanted: TermGroups, style: HighlightStyle): Steps<string | undefined> {
  const { groups, index } = wanted;
  const { matches, terms } = yield* findMatches(text, yield* readTokens(text), index);
  const hasAll = groups.length > 0 && groups.every((group) => group.some((term) => terms.has(term)));
  return hasAll ? mark(text, matches, { from: 0, to: text.length }, style) : undefined;
}
