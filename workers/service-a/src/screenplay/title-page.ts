/** The title page: `Key: value` lines at the very top, up to the first blank line (https://fountain.io/syntax#title-page). */
import { type Steps, tally } from "#shared/lang/steps.ts";
import { boneyardsIn, escapeBoneyard, maskBoneyard, withoutFill } from "./boneyard.ts";
import { plainText } from "./emphasis.ts";
import { markupOfLine } from "./line.ts";
import { EACH, isSpace, joined, lineEnd, linesIn, rewrite, WINDOW } from "./lines.ts";
import { asLines, storable } from "./source.ts";
import { oneLine } from "./text.ts";

/** As much as a list of scripts shows, in UTF-16 code units. */
const MAX_TITLE_LENGTH = 200;
/** With its marks of emphasis and escapes. */
const MAX_MARKED_LENGTH = 1_000;
const VALUE_INDENT = "    ";

/** A longer one is no key. */
const KEY = /^[^:]{1,200}:/;
/** The keys of the syntax, and what other readers take for them. */
const KNOWN_KEY = /^(title|credit|authors?|source|notes|draft ?date|date|contact|copyright|revisions?):/i;
const TITLE_KEY = /^title:/i;
const INDENTED = /^(?: {3}|\t)/;

const isIndented = (line: string): boolean => INDENTED.test(line) && line.trim() !== "";

/** Headings, transitions and all other marked lines are none; an `@` may begin an address. */
const isPlain = (line: string): boolean => markupOfLine(line) === "action" && !/^\s*(?:!|\[\[)/.test(line);

const isKeyLine = (line: string): boolean => KEY.test(line.trimStart()) && isPlain(line) && !/^\s*@/.test(line);

/** The line below a key without a value. Many a title has a colon in it. */
const isValueBelow = (line: string): boolean => isIndented(line) || !KNOWN_KEY.test(line.trim());
/** And the lines after that one. */
const continuesValue = (line: string): boolean => isIndented(line) || !isKeyLine(line);

/** Where the first line begins that is not blank. */
function* firstLineStart(view: string): Steps<number> {
  let start = 0;
  for (let at = 0; at < view.length && isSpace(view.charCodeAt(at)); at += 1) {
    if (view[at] === "\n") start = at + 1;
    if (at % WINDOW === 0) yield WINDOW;
  }
  return start;
}

/** How much one line, with the next one of the page, speaks for a title page. It takes {@link ENOUGH}. */
const ENOUGH = 2;

/**
 * Any key may stand beside one of the syntax, before it too. That one has a value on its line, or indented on the next. A
 * value that is not indented might be what a character says: it is enough below a title, or below two keys.
 */
const evidence = (line: string, next: string | undefined): number => {
  const text = line.trim();
  const key = KNOWN_KEY.exec(text)?.[0];
  if (key === undefined) return 0;
  if (key !== text) return ENOUGH;
  if (next === undefined || !isValueBelow(next)) return 0;
  return isIndented(next) || TITLE_KEY.test(key) ? ENOUGH : 1;
};

/**
 * Where the title page ends that begins at the first line that is not blank: at a blank line or at a marked one, such as a
 * heading. Values are indented, though not by everyone. Without known keys that have values there is no title page: 0.
 */
export function* titlePageEnd(view: string): Steps<number> {
  let before: string | undefined;
  let found = 0;
  let pageEnd = 0;
  const work = tally();
  for (let start = yield* firstLineStart(view); start < view.length; ) {
    const end = lineEnd(view, start);
    const line = (yield* withoutFill(view.slice(start, end))).trimEnd();
    const belongs = isKeyLine(line) || (before !== undefined && (isIndented(line) || (line !== "" && isPlain(line))));
    if (before !== undefined) found += evidence(before, belongs ? line : undefined);
    before = line;
    if (!belongs) break;
    pageEnd = end;
    if (work.add(end - start + EACH)) yield work.take();
    start = end + 1;
  }
  found += evidence(before ?? "", undefined);
  return found >= ENOUGH ? pageEnd : 0;
}

/** Where the title stands in the page: from its key to the end of its value; `undefined` without a title. */
function* titleRange(view: string): Steps<{ start: number; end: number } | undefined> {
  let first: number | undefined;
  let belongs = isIndented;
  const work = tally();
  for (let start = 0; start <= view.length; ) {
    const end = lineEnd(view, start);
    const line = yield* withoutFill(view.slice(start, end));
    if (first !== undefined) {
      if (!belongs(line)) return { start: first, end: start };
      if (belongs === isValueBelow && line.trim() !== "") belongs = continuesValue;
    } else if (TITLE_KEY.test(line.trimStart())) {
      first = start;
      if (line.trim().replace(TITLE_KEY, "") === "") belongs = isValueBelow;
    }
    if (work.add(line.length + EACH)) yield work.take();
    start = end + 1;
  }
  return first === undefined ? undefined : { start: first, end: view.length + 1 };
}

/** The beginning of a text, cut where a reader sees one character end and the next begin. */
const beginningOf = (text: string, maxLength: number): string => {
  if (text.length <= maxLength) return text;
  let end = 0;
  for (const { index, segment } of new Intl.Segmenter().segment(text.slice(0, 2 * maxLength))) {
    if (index + segment.length > maxLength) break;
    end = index + segment.length;
  }
  return end > 0 ? text.slice(0, end) : text.slice(0, maxLength).replace(/[\uD800-\uDBFF]$/, "");
};

const viewOf = function* (titlePage: string): Steps<string> {
  return yield* maskBoneyard(yield* asLines(titlePage));
};

/** The title in plain words, on one line and without emphasis; empty when the title page has none. */
export function* titleOf(titlePage: string): Steps<string> {
  const view = yield* viewOf(titlePage);
  const range = yield* titleRange(view);
  if (range === undefined) return "";
  const lines = yield* storable(view.slice(range.start, range.end));
  const value = beginningOf(yield* oneLine(lines.trimStart().replace(TITLE_KEY, "")), MAX_MARKED_LENGTH);
  return beginningOf(plainText(value) || value, MAX_TITLE_LENGTH);
}

/** The lines that give a title page this title, each of its lines as one; empty without a title. */
function* titleLines(title: string): Steps<string> {
  const lines = (yield* linesIn(title, (line) => line.trim())).filter((line) => line !== "");
  if (lines.length === 0) return "";
  const value = lines.length === 1 ? ` ${lines[0]}` : yield* joined(["", ...lines], `\n${VALUE_INDENT}`);
  return `Title:${value}\n`;
}

/** As above, with the marks escaped that would be read as emphasis. */
function* plainTitleLines(title: string): Steps<string> {
  const text = yield* storable(title);
  const lines = yield* titleLines(yield* escapeBoneyard(text));
  if ((yield* titleOf(lines)) === beginningOf(yield* oneLine(text), MAX_TITLE_LENGTH)) return lines;
  const escaped = yield* rewrite(text, (_, at) =>
    /[\\*_]/.test(text.charAt(at)) ? { start: at, end: at, replacement: "\\" } : undefined,
  );
  return yield* titleLines(escaped);
}

/**
 * The title page with another title; with none, the rest of the page. The page stays as it is when it has that title
 * already, or would not be read as a title page any more.
 */
export function* replaceTitle(titlePage: string, title: string): Steps<string> {
  if ((yield* titleOf(titlePage)) === title) return titlePage;
  const view = yield* viewOf(titlePage);
  const top = yield* firstLineStart(view);
  const { start, end } = (yield* titleRange(view)) ?? { start: top, end: top };
  const kept = yield* boneyardsIn(titlePage.slice(start, end));
  const rest = titlePage.slice(end);
  const lines = yield* plainTitleLines(title);
  const named = lines !== "" && kept.length > 0 ? `${lines.slice(0, -1)} ${kept.join(" ")}\n` : lines;
  const begun = titlePage.slice(0, start) + named;
  const replaced = rest === "" ? begun.replace(/\n$/, "") : begun + rest;
  if (replaced.trim() === "") return "";
  return (yield* titlePageEnd(yield* viewOf(replaced))) === replaced.length ? replaced : titlePage;
}
