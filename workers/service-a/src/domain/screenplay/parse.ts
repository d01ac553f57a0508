/** Reads a screenplay in Fountain markup (https://fountain.io/syntax), line by line as fountain-js understands it. */
import type { Screenplay, ScreenplayElement } from "./element.ts";
import { type Paragraph, readParagraph } from "./paragraph.ts";
import { readSource, stripBoneyard, unescapeBoneyard } from "./source.ts";
import { splitTitlePage, titleOf } from "./title-page.ts";

/** Twice the longest screenplay that we promise to take. */
export const MAX_SCREENPLAY_ELEMENTS = 10_000;
/** Lines that are not blank. An element may have any number of lines, and each costs time and memory. */
export const MAX_SCREENPLAY_LINES = 200_000;

export type ParseFailure = "empty" | "binary" | "too-many-elements";

export type ParseResult =
  | { readonly ok: true; readonly screenplay: Screenplay }
  | { readonly ok: false; readonly reason: ParseFailure };

/** Fountain's mark for a line that is empty, yet not the end. */
const TWO_SPACES = "  ";

/** Only a blank line ends a paragraph. */
const isBlank = (line: string): boolean => line !== TWO_SPACES && line.trim() === "";

function* linesOf(text: string): Generator<string, void> {
  let start = 0;
  while (start <= text.length) {
    const end = text.indexOf("\n", start);
    yield text.slice(start, end < 0 ? text.length : end);
    start = (end < 0 ? text.length : end) + 1;
  }
}

function* paragraphsOf(text: string): Generator<Paragraph, void> {
  let lines: string[] = [];
  for (const line of linesOf(text)) {
    if (!isBlank(line)) lines.push(line.trimEnd());
    else if (lines.length > 0) {
      yield lines;
      lines = [];
    }
  }
  if (lines.length > 0) yield lines;
}

const hasTooManyLines = (text: string): boolean => {
  let count = 0;
  for (const line of linesOf(text)) {
    if (!isBlank(line)) count += 1;
    if (count > MAX_SCREENPLAY_LINES) return true;
  }
  return false;
};

/**
 * The screenplay, or why there is none: `binary` when the text is no text (control characters, broken UTF-8), `empty`
 * when it has no element, `too-many-elements` beyond `MAX_SCREENPLAY_ELEMENTS` or `MAX_SCREENPLAY_LINES`. Boneyard is
 * dropped, notes are kept.
 */
export const parseScreenplay = (text: string): ParseResult => {
  const source = readSource(text);
  if (source === undefined) return { ok: false, reason: "binary" };
  const { titlePage, body } = splitTitlePage(unescapeBoneyard(stripBoneyard(source)));
  if (hasTooManyLines(body)) return { ok: false, reason: "too-many-elements" };
  const elements: ScreenplayElement[] = [];
  for (const paragraph of paragraphsOf(body)) {
    for (const element of readParagraph(paragraph)) {
      if (elements.length === MAX_SCREENPLAY_ELEMENTS) return { ok: false, reason: "too-many-elements" };
      elements.push(element);
    }
  }
  if (elements.length === 0) return { ok: false, reason: "empty" };
  return { ok: true, screenplay: { title: titleOf(titlePage), titlePage, elements } };
};
