/** The title page: `Key: value` lines at the very top (https://fountain.io/syntax#title-page). */
import { Fountain, rules } from "fountain-js";
import { dropBinary } from "./source.ts";
import { oneLine } from "./text.ts";

/** Enough for a keyword and the beginning of its value. */
const KEY_PROBE_LENGTH = 200;
/** fountain-js resolves emphasis with regular expressions that are cubic in the worst case. */
const MAX_TITLE_LENGTH = 200;

const KEY = /^[\p{L}\p{N}_ ]+:/u;
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

/** fountain-js knows the keywords of the syntax; any other key may stand beside one of them, before it too. */
const hasKnownKey = (lines: readonly string[]): boolean =>
  lines.some((line, at) => {
    const next = lines[at + 1] ?? "";
    return rules.title_page.test(`${line.slice(0, KEY_PROBE_LENGTH)}\n${next.slice(0, KEY_PROBE_LENGTH)}`);
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
  return value === "" ? "" : new Fountain().parse(`Title: ${value}`).title || value;
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
