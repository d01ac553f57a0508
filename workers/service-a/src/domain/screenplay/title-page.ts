/** The title page: `Key: value` lines at the very top (https://fountain.io/syntax#title-page). */
import { plainText } from "./emphasis.ts";
import { dropBinary } from "./source.ts";
import { oneLine } from "./text.ts";

/** As much as a list of scripts shows. */
const MAX_TITLE_LENGTH = 200;

const KEY = /^[\p{L}\p{N}_ ]+:/u;
/** The keys of the syntax, and what other readers take for them. */
const KNOWN_KEY = /^(title|credit|authors?|source|notes|draft ?date|date|contact|copyright|revisions?):/i;
const INDENTED = /^(?: {3}|\t)/;

const isKeyLine = (line: string): boolean => KEY.test(line.trimStart());

const lineAt = (source: string, start: number): string => {
  const end = source.indexOf("\n", start);
  return source.slice(start, end < 0 ? source.length : end).trimEnd();
};

const firstLineStart = (source: string): number => {
  const indent = source.length - source.trimStart().length;
  return source.slice(0, indent).lastIndexOf("\n") + 1;
};

const isValue = (line: string | undefined): boolean => line !== undefined && INDENTED.test(line) && line.trim() !== "";

/** Any key may stand beside one of the syntax, before it too; that one has a value on its line or on the next. */
const hasKnownKey = (lines: readonly string[]): boolean =>
  lines.some((line, at) => {
    const text = line.trim();
    const key = KNOWN_KEY.exec(text)?.[0];
    return key !== undefined && (key !== text || isValue(lines[at + 1]));
  });

/**
 * Cuts the title page off: keys and their indented values from the first line that is not blank up to a line that is
 * neither. Without a known key that has a value there is no title page.
 */
export const splitTitlePage = (source: string): { readonly titlePage: string; readonly body: string } => {
  const lines: string[] = [];
  let start = firstLineStart(source);
  while (start < source.length) {
    const line = lineAt(source, start);
    const belongs = isKeyLine(line) || (lines.length > 0 && INDENTED.test(line) && line !== "");
    if (!belongs) break;
    lines.push(line);
    const end = source.indexOf("\n", start);
    start = end < 0 ? source.length : end + 1;
  }
  return hasKnownKey(lines)
    ? { titlePage: lines.join("\n"), body: source.slice(start) }
    : { titlePage: "", body: source };
};

const TITLE_KEY = /^title:/i;

/** Where the title stands among the lines: its key, and the first line after its value; -1 and 0 without a title. */
const titleRange = (lines: readonly string[]): { first: number; next: number } => {
  const first = lines.findIndex((line) => TITLE_KEY.test(line.trimStart()));
  const next = lines.findIndex((line, at) => at > first && !INDENTED.test(line));
  return first < 0 ? { first, next: 0 } : { first, next: next < 0 ? lines.length : next };
};

/** The title in plain words, on one line and without emphasis; empty when the title page has none. */
export const titleOf = (titlePage: string): string => {
  const lines = titlePage.split("\n");
  const { first, next } = titleRange(lines);
  if (first < 0) return "";
  const value = [lines[first]?.trimStart().replace(TITLE_KEY, ""), ...lines.slice(first + 1, next)]
    .map((line) => line?.trim() ?? "")
    .filter((line) => line !== "")
    .join(" ")
    .slice(0, MAX_TITLE_LENGTH)
    .toWellFormed();
  return plainText(value) || value;
};

/**
 * The title page with another title, on one line; with none, the rest of the page. The page stays as it is when it has
 * that title already, or would not be read as a title page any more.
 */
export const replaceTitle = (titlePage: string, title: string): string => {
  if (titleOf(titlePage) === title) return titlePage;
  const lines = titlePage === "" ? [] : titlePage.split("\n");
  const { first, next } = titleRange(lines);
  const value = oneLine(dropBinary(title.slice(0, MAX_TITLE_LENGTH)));
  const titleLines = value === "" ? [] : [`Title: ${value}`];
  const replaced = [...lines.slice(0, Math.max(first, 0)), ...titleLines, ...lines.slice(next)].join("\n");
  return splitTitlePage(replaced).titlePage === replaced ? replaced : titlePage;
};
