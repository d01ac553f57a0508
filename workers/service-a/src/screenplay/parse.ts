/** Reads a screenplay in Fountain markup (https://fountain.io/syntax), line by line, and keeps what its author wrote. */
import { type Failure, failure, type Result, success } from "#shared/lang/result.ts";
import { type Steps, tally } from "#shared/lang/steps.ts";
import { fillEnd, maskBoneyard, withoutFill } from "./boneyard.ts";
import { MAX_TEXT_LENGTH, type Screenplay, type WrittenElement } from "./element.ts";
import { countLines, EACH, lineEnd } from "./lines.ts";
import { readParagraph } from "./paragraph.ts";
import { asLines, type NulFailure, readSource } from "./source.ts";
import { titleOf, titlePageEnd } from "./title-page.ts";

/** Twice the longest screenplay that we promise to take. */
export const MAX_SCREENPLAY_ELEMENTS = 10_000;
/** Lines that are not blank. An element may have any number of lines, and each costs time and memory. */
export const MAX_SCREENPLAY_LINES = 200_000;

/** An element as written, with its lead, has marks, indentation and boneyard beside its text; it must fit into a row. */
const MAX_WRITTEN_LENGTH = MAX_TEXT_LENGTH + 65_536;
/** What stands between two elements: a commented-out screenplay, and more. */
export const MAX_LEAD_LENGTH = MAX_TEXT_LENGTH;
/** A line may have a few marks beside the text of its element. */
const MAX_LINE_LENGTH = MAX_TEXT_LENGTH + 64;

/** What begins on this line is longer than we take. */
export interface TooLongFailure {
  kind: "element-too-long";
  line: number;
}

export type ParseFailure =
  | Failure<"empty" | "too-many-elements" | "too-many-lines" | "title-page-too-long">
  | TooLongFailure
  | NulFailure;

const TWO_SPACES = "  ";

const indentationOf = (line: string): string => line.slice(0, line.length - line.trimStart().length);

/**
 * Only a blank line ends a paragraph. "If you want an empty line in your dialogue, type two spaces"; more of them and tabs
 * do, too, if they are not just the indentation of the line before, which editors leave on blank lines.
 */
const isBlank = (line: string, indentation: string): boolean => {
  if (line === TWO_SPACES) return false;
  if (line.trim() !== "") return false;
  return line.length < TWO_SPACES.length || line === indentation || /[^ \t]/.test(line);
};

/** Lines of a paragraph, and where in the source each begins and ends. */
interface Gathered {
  lines: string[];
  starts: number[];
  ends: number[];
}

const gathering = (): Gathered => ({ lines: [], starts: [], ends: [] });

/** What stands between two elements, at most so much of a run of blank lines that no one looks at. */
const between = (text: string): string => (text.trim() === "" ? text.slice(0, MAX_LEAD_LENGTH) : text);

/** The elements of a source after its title page, which ends at `from`. `view`: the source as it is read. */
function* elementsOf(
  source: string,
  view: string,
  from: number,
): Steps<Result<Pick<Screenplay, "elements" | "tail">, ParseFailure>> {
  const elements: WrittenElement[] = [];
  const work = tally();
  let paragraph = gathering();
  let indentation = "";
  let lines = 0;
  let writtenTo = from;
  for (let start = from; start <= view.length; ) {
    const end = lineEnd(view, start);
    const line = yield* withoutFill(view.slice(start, end));
    if (line.length > MAX_LINE_LENGTH) return yield* tooLong(source, start);
    if (work.add(end - start + EACH)) yield work.take();
    const ends = isBlank(line, indentation);
    if (!ends) {
      paragraph.lines.push(line.trimEnd());
      paragraph.starts.push(fillEnd(view, start));
      paragraph.ends.push(end);
      if (line.trim() !== "") indentation = indentationOf(line);
      lines += 1;
    }
    if (lines > MAX_SCREENPLAY_LINES) return failure("too-many-lines");
    start = end + 1;
    if (paragraph.lines.length === 0 || !(ends || start > view.length)) continue;
    for (const read of yield* readParagraph(paragraph.lines, MAX_SCREENPLAY_ELEMENTS - elements.length)) {
      const { first, next, ...element } = read;
      const begin = paragraph.starts[first] ?? writtenTo;
      const stop = paragraph.ends[next - 1] ?? begin;
      const written = {
        ...element,
        lead: between(source.slice(writtenTo, begin)),
        source: source.slice(begin, stop),
      };
      if (written.text.length > MAX_TEXT_LENGTH || isTooLong(written)) return yield* tooLong(source, begin);
      elements.push(written);
      writtenTo = stop;
    }
    if (elements.length > MAX_SCREENPLAY_ELEMENTS) return failure("too-many-elements");
    paragraph = gathering();
    indentation = "";
  }
  const tail = between(source.slice(writtenTo));
  if (tail.length > MAX_LEAD_LENGTH) return yield* tooLong(source, writtenTo);
  return elements.length === 0 ? failure("empty") : success({ elements, tail });
}

function* tooLong(source: string, at: number): Steps<Result<never, TooLongFailure>> {
  return failure("element-too-long", { line: yield* countLines(source.slice(0, at)) });
}

const isTooLong = ({ lead, source }: WrittenElement): boolean =>
  lead.length > MAX_LEAD_LENGTH || lead.length + source.length > MAX_WRITTEN_LENGTH;

/**
 * The screenplay, or why there is none: `nul` when the text has a NUL, `empty` when it has no element, `too-many-elements`
 * beyond `MAX_SCREENPLAY_ELEMENTS`, `too-many-lines` beyond `MAX_SCREENPLAY_LINES`, `title-page-too-long` beyond
 * `MAX_TEXT_LENGTH`, `element-too-long` beyond that or `MAX_LEAD_LENGTH`. Boneyard is read over, and kept with the elements
 * that it stands beside; notes are text.
 */
export function* parseInSteps(text: string): Steps<Result<Screenplay, ParseFailure>> {
  const read = yield* readSource(text);
  if (!read.ok) return read;
  const source = read.value;
  const view = yield* maskBoneyard(yield* asLines(source));
  const titleEnd = yield* titlePageEnd(view);
  if (titleEnd > MAX_TEXT_LENGTH) return failure("title-page-too-long");
  const titlePage = source.slice(0, titleEnd);
  const elements = yield* elementsOf(source, view, titleEnd);
  if (!elements.ok) return elements;
  return success({ title: yield* titleOf(titlePage), titlePage, ...elements.value });
}
