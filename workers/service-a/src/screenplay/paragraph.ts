/**
 * Reads one paragraph, the lines between two blank ones, into elements. A paragraph means the same wherever it stands,
 * which is what lets sections change places.
 */

import { type Steps, tally } from "#shared/lang/steps.ts";
import { isDualCue, isForcedCue, isPlainCue } from "./cue.ts";
import { elementTypeOf, type Markup, type ScreenplayElement } from "./element.ts";
import { isEmptyLyric, isNote, markupOfLine } from "./line.ts";
import { EACH, joined, mapped } from "./lines.ts";
import { storable } from "./source.ts";
import { cleanText } from "./text.ts";

/** Lines without trailing space. An empty one is the line of spaces that keeps dialogue and notes together. */
export type Paragraph = readonly string[];

/** An element with its lines in the paragraph, from `first` up to before `next`. */
export interface ReadElement extends ScreenplayElement {
  readonly first: number;
  readonly next: number;
}

interface Block {
  readonly elements: readonly ReadElement[];
  /** Index of the first line after the block. */
  readonly next: number;
}

function* createElement(markup: Markup, text: string, first: number, next: number): Steps<ReadElement> {
  const cleaned = yield* cleanText(markup, yield* storable(text));
  return { elementType: elementTypeOf(markup), markup, text: cleaned, first, next };
}

/** What looking at a line several times costs. */
const costOf = (line: string | undefined): number => 4 * ((line?.length ?? 0) + EACH);

/** Kinds that are one element when they follow each other line by line. */
const RUNS: ReadonlySet<Markup> = new Set(["centered", "lyrics"]);

const MARKED = /^\s*[#=>~]/;

const withoutMarks = (markup: Markup, line: string): string => {
  const trimmed = line.trim();
  switch (markup) {
    case "scene-heading":
      return trimmed.startsWith(".") ? trimmed.slice(1) : trimmed;
    case "transition":
      return trimmed.startsWith(">") ? trimmed.slice(1) : trimmed;
    case "centered":
      return trimmed.slice(1, -1);
    case "lyrics":
    case "synopsis":
      return trimmed.slice(1);
    default:
      return trimmed.replace(/^#+/, "");
  }
};

/** `!` forces a line to be action, unless a space follows it. */
const withoutForce = (line: string): string => line.replace(/^(\s*)!(?! )/, "$1");

const opensNote = (line: string): boolean => line.lastIndexOf("[[") > line.lastIndexOf("]]");

/** Where notes open and close in a paragraph. */
export interface Notes {
  /** For each line, 1 when a note is open at its end. */
  readonly opens: Uint8Array;
  /** For each line, the index of the first line from there on that closes a note; -1 when none does. */
  readonly closes: Int32Array;
}

export function* notesIn(lines: Paragraph): Steps<Notes> {
  const opens = new Uint8Array(lines.length);
  const closes = new Int32Array(lines.length + 1).fill(-1);
  const work = tally();
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = lines[at] ?? "";
    opens[at] = opensNote(line) ? 1 : 0;
    closes[at] = line.includes("]]") ? at : (closes[at + 1] ?? -1);
    if (work.add(costOf(line))) yield work.take();
  }
  return { opens, closes };
}

/** Index of the last line that the notes opened on line `at` reach; `at` itself when none is left open there. */
const noteEnd = ({ opens, closes }: Notes, at: number): number => {
  let end = at;
  while (opens[end] === 1 && (closes[end + 1] ?? -1) > end) end = closes[end + 1] ?? end;
  return end;
};

/** Says of each line from `first` on, one after another, whether a note that began on a line before reaches it. */
export const noteReach = (notes: Notes, first: number): ((at: number) => boolean) => {
  let reach = first - 1;
  return (at) => {
    if (at <= reach) return true;
    reach = noteEnd(notes, at);
    return false;
  };
};

const isOwnLine = (line: string): boolean => MARKED.test(line) && markupOfLine(line) !== "action";

function* readDialogue(lines: Paragraph, at: number): Steps<Block> {
  const cue = (lines[at] ?? "").trim().replace(/^@/, "");
  const elements = [
    yield* createElement(isDualCue(cue) ? "dual-character" : "character", cue, at, at + 1),
    yield* createElement("dialogue", yield* joined(lines, "\n", at + 1), at + 1, lines.length),
  ];
  return { elements, next: lines.length };
}

const continuesRun = (markup: Markup, line: string): boolean =>
  MARKED.test(line) && (markupOfLine(line) === markup || (markup === "lyrics" && isEmptyLyric(line)));

function* readRun(lines: Paragraph, at: number, markup: Markup): Steps<Block> {
  const texts: string[] = [];
  const work = tally();
  let next = at;
  do {
    const line = lines[next] ?? "";
    texts.push(withoutMarks(markup, line));
    if (work.add(costOf(line))) yield work.take();
    next += 1;
  } while (next < lines.length && continuesRun(markup, lines[next] ?? ""));
  return { elements: [yield* createElement(markup, yield* joined(texts, "\n"), at, next)], next };
}

/** The text between the brackets, when the block is one note and nothing else. */
const noteText = (block: string): string | undefined => {
  const trimmed = block.trim();
  if (!isNote(trimmed)) return undefined;
  const text = trimmed.slice(2, -2);
  return text.trim() === "" || text.includes("[[") || text.includes("]]") ? undefined : text;
};

function* readAction(lines: Paragraph, notes: Notes, at: number): Steps<Block> {
  const work = tally();
  let next = at;
  do {
    if (work.add(costOf(lines[next]))) yield work.take();
    next = noteEnd(notes, next) + 1;
  } while (next < lines.length && lines[next] !== "" && !isOwnLine(lines[next] ?? ""));
  const note = noteText(yield* joined(lines, "\n", at, next));
  if (note !== undefined) return { elements: [yield* createElement("note", note, at, next)], next };
  const isNoted = noteReach(notes, at);
  const unforced = yield* mapped(lines.slice(at, next), (line, index) =>
    isNoted(at + index) ? line : withoutForce(line),
  );
  return { elements: [yield* createElement("action", yield* joined(unforced, "\n"), at, next)], next };
}

/** "Preceded by and followed by an empty line": other text after it makes it part of an action, unless it is forced. */
const isCutShort = (markup: Markup, line: string, next = ""): boolean =>
  markup === "transition" && !line.trimStart().startsWith(">") && next !== "" && markupOfLine(next) === "action";

function* readBlock(lines: Paragraph, notes: Notes, at: number): Steps<Block> {
  const line = lines[at] ?? "";
  if (line === "") return { elements: [], next: at + 1 };
  const isSpoken = (lines[at + 1] ?? "") !== "";
  if (isSpoken && isForcedCue(line)) return yield* readDialogue(lines, at);
  const markup = markupOfLine(line);
  if (isCutShort(markup, line, lines[at + 1])) return yield* readAction(lines, notes, at);
  if (RUNS.has(markup)) return yield* readRun(lines, at, markup);
  // Before the cues: a heading that lacks its blank line is no name, and the action no words of its own.
  if (markup !== "action" && markup !== "note") {
    return { elements: [yield* createElement(markup, withoutMarks(markup, line), at, at + 1)], next: at + 1 };
  }
  if (isSpoken && noteEnd(notes, at) === at && isPlainCue(line)) return yield* readDialogue(lines, at);
  return yield* readAction(lines, notes, at);
}

/**
 * The elements of a paragraph, or more than `limit` of them when there are more. A cue takes all lines to the end; marked
 * lines (`#`, `=`, `>`, `~`) need no blank lines around them.
 */
export function* readParagraph(lines: Paragraph, limit = Number.POSITIVE_INFINITY): Steps<ReadElement[]> {
  const notes = yield* notesIn(lines);
  const read: ReadElement[] = [];
  const work = tally();
  for (let at = 0; at < lines.length && read.length <= limit; ) {
    const { elements, next } = yield* readBlock(lines, notes, at);
    read.push(...elements);
    if (work.add(costOf(lines[at]))) yield work.take();
    at = next;
  }
  yield work.take();
  return read;
}
