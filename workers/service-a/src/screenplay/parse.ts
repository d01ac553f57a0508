/** Reads a screenplay in Fountain markup (https://fountain.io/syntax), line by line as fountain-js understands it. */
import { type Failure, failure, type Result, success } from "#shared/lang/result.ts";
import { type Steps, tally } from "#shared/lang/steps.ts";
import { MAX_TEXT_LENGTH, type Screenplay, type ScreenplayElement } from "./element.ts";
import { EACH, lineEnd } from "./lines.ts";
import { readParagraph } from "./paragraph.ts";
import { type NulFailure, readSource, stripBoneyard, unescapeBoneyard } from "./source.ts";
import { splitTitlePage, titleOf } from "./title-page.ts";

/** Twice the longest screenplay that we promise to take. */
export const MAX_SCREENPLAY_ELEMENTS = 10_000;
/** Lines that are not blank. An element may have any number of lines, and each costs time and memory. */
export const MAX_SCREENPLAY_LINES = 200_000;

export type ParseFailure = Failure<"empty" | "too-many-elements" | "element-too-long"> | NulFailure;

/** Fountain's mark for a line that is empty, yet not the end. */
const TWO_SPACES = "  ";

/** Only a blank line ends a paragraph. */
const isBlank = (line: string): boolean => line !== TWO_SPACES && line.trim() === "";

/** A line may have a few marks beside the text of its element. */
const MAX_LINE_LENGTH = MAX_TEXT_LENGTH + 64;

function* hasLongLine(text: string): Steps<boolean> {
  const work = tally();
  for (let start = 0; start < text.length; ) {
    const end = lineEnd(text, start);
    if (end - start > MAX_LINE_LENGTH) return true;
    if (work.add(end - start + 1)) yield work.take();
    start = end + 1;
  }
  return false;
}

/** The elements of a text without title page and boneyard. */
function* elementsOf(body: string): Steps<Result<ScreenplayElement[], ParseFailure>> {
  const elements: ScreenplayElement[] = [];
  const work = tally();
  let paragraph: string[] = [];
  let lines = 0;
  for (let start = 0; start <= body.length; ) {
    const end = lineEnd(body, start);
    const line = body.slice(start, end);
    const isLast = end === body.length;
    start = end + 1;
    if (work.add(line.length + EACH)) yield work.take();
    const ends = isBlank(line);
    if (!ends) {
      paragraph.push(line.trimEnd());
      lines += 1;
    }
    if (lines > MAX_SCREENPLAY_LINES) return failure("too-many-elements");
    if (paragraph.length === 0 || !(ends || isLast)) continue;
    for (const element of yield* readParagraph(paragraph, MAX_SCREENPLAY_ELEMENTS - elements.length)) {
      if (element.text.length > MAX_TEXT_LENGTH) return failure("element-too-long");
      elements.push(element);
    }
    if (elements.length > MAX_SCREENPLAY_ELEMENTS) return failure("too-many-elements");
    paragraph = [];
  }
  return elements.length === 0 ? failure("empty") : success(elements);
}

/**
 * The screenplay, or why there is none: `nul` when the text has a NUL, `empty`
 * when it has no element, `too-many-elements` beyond `MAX_SCREENPLAY_ELEMENTS` or `MAX_SCREENPLAY_LINES`,
 * `element-too-long` beyond `MAX_TEXT_LENGTH`. Boneyard is dropped, notes are kept.
 */
export function* parseInSteps(text: string): Steps<Result<Screenplay, ParseFailure>> {
  const source = yield* readSource(text);
  if (!source.ok) return source;
  const kept = yield* unescapeBoneyard(yield* stripBoneyard(source.value));
  if (yield* hasLongLine(kept)) return failure("element-too-long");
  const { titlePage, body } = yield* splitTitlePage(kept);
  if (titlePage.length > MAX_TEXT_LENGTH) return failure("element-too-long");
  const elements = yield* elementsOf(body);
  if (!elements.ok) return elements;
  return success({ title: yield* titleOf(titlePage), titlePage, elements: elements.value });
}
