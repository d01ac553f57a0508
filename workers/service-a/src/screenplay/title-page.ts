/** The title page: `Key: value` lines at the very top (https://fountain.io/syntax#title-page). */
import { type Steps, tally } from "#shared/lang/steps.ts";
import { plainText } from "./emphasis.ts";
import { EACH, isSpace, joined, lineEnd, WINDOW } from "./lines.ts";
import { storable } from "./source.ts";
import { oneLine } from "./text.ts";

/** As much as a list of scripts shows. */
const MAX_TITLE_LENGTH = 200;

/** A longer one is no key. */
const KEY = /^[\p{L}\p{N}_ ]{1,200}:/u;
/** The keys of the syntax, and what other readers take for them. */
const KNOWN_KEY = /^(title|credit|authors?|source|notes|draft ?date|date|contact|copyright|revisions?):/i;
const INDENTED = /^(?: {3}|\t)/;

const isKeyLine = (line: string): boolean => KEY.test(line.trimStart());

/** Where the first line begins that is not blank. */
function* firstLineStart(source: string): Steps<number> {
  let start = 0;
  for (let at = 0; at < source.length && isSpace(source.charCodeAt(at)); at += 1) {
    if (source[at] === "\n") start = at + 1;
    if (at % WINDOW === 0) yield WINDOW;
  }
  return start;
}

const isValue = (line: string): boolean => INDENTED.test(line) && line.trim() !== "";

/** Any key may stand beside one of the syntax, before it too; that one has a value on its line or on the next. */
const isKnownKey = (line: string, next: string | undefined): boolean => {
  const text = line.trim();
  const key = KNOWN_KEY.exec(text)?.[0];
  return key !== undefined && (key !== text || (next !== undefined && isValue(next)));
};

/**
 * Cuts the title page off: keys and their indented values from the first line that is not blank up to a line that is
 * neither. Without a known key that has a value there is no title page.
 */
export function* splitTitlePage(source: string): Steps<{ readonly titlePage: string; readonly body: string }> {
  const lines: string[] = [];
  let hasKnownKey = false;
  const work = tally();
  let start = yield* firstLineStart(source);
  while (start < source.length) {
    const end = lineEnd(source, start);
    const line = source.slice(start, end).trimEnd();
    const belongs = isKeyLine(line) || (lines.length > 0 && INDENTED.test(line) && line !== "");
    const before = lines.at(-1);
    hasKnownKey ||= before !== undefined && isKnownKey(before, belongs ? line : undefined);
    if (!belongs) break;
    lines.push(line);
    if (work.add(end - start + EACH)) yield work.take();
    start = end + 1;
  }
  hasKnownKey ||= isKnownKey(lines.at(-1) ?? "", undefined);
  return hasKnownKey
    ? { titlePage: yield* joined(lines, "\n"), body: source.slice(start) }
    : { titlePage: "", body: source };
}

const TITLE_KEY = /^title:/i;

/** Where the title stands in the text: from its key to the end of its value; `undefined` without a title. */
function* titleRange(titlePage: string): Steps<{ start: number; end: number } | undefined> {
  let first: number | undefined;
  const work = tally();
  for (let start = 0; start <= titlePage.length; ) {
    const end = lineEnd(titlePage, start);
    const line = titlePage.slice(start, end);
    if (first === undefined) first = TITLE_KEY.test(line.trimStart()) ? start : undefined;
    else if (!INDENTED.test(line)) return { start: first, end: start };
    if (work.add(line.length + EACH)) yield work.take();
    start = end + 1;
  }
  return first === undefined ? undefined : { start: first, end: titlePage.length + 1 };
}

/** The title in plain words, on one line and without emphasis; empty when the title page has none. */
export function* titleOf(titlePage: string): Steps<string> {
  const range = yield* titleRange(titlePage);
  if (range === undefined) return "";
  const written = titlePage.slice(range.start, range.end).trimStart().replace(TITLE_KEY, "");
  const value = (yield* oneLine(written)).slice(0, MAX_TITLE_LENGTH).toWellFormed();
  return plainText(value) || value;
}

/**
 * The title page with another title, on one line; with none, the rest of the page. The page stays as it is when it has
 * that title already, or would not be read as a title page any more.
 */
export function* replaceTitle(titlePage: string, title: string): Steps<string> {
  if ((yield* titleOf(titlePage)) === title) return titlePage;
  const { start, end } = (yield* titleRange(titlePage)) ?? { start: 0, end: 0 };
  const value = yield* oneLine(yield* storable(title.slice(0, MAX_TITLE_LENGTH)));
  const rest = titlePage.slice(end);
  const begun = titlePage.slice(0, start) + (value === "" ? "" : `Title: ${value}\n`);
  const replaced = rest === "" ? begun.replace(/\n$/, "") : begun + rest;
  return (yield* splitTitlePage(replaced)).titlePage === replaced ? replaced : titlePage;
}
