/**
 * Reads one paragraph, the lines between two blank ones, into elements. A paragraph means the same wherever it stands,
 * which is what lets sections change places.
 */

import { isDualCue, isForcedCue, isPlainCue } from "./cue.ts";
import { elementTypeOf, type Markup, type ScreenplayElement } from "./element.ts";
import { isNote, markupOfLine } from "./line.ts";
import { normaliseText } from "./text.ts";

/** Lines without trailing space. An empty one is the line of two spaces that keeps dialogue and notes together. */
export type Paragraph = readonly string[];

interface Block {
  readonly elements: readonly ScreenplayElement[];
  /** Index of the first line after the block. */
  readonly next: number;
}

const createElement = (markup: Markup, text: string): ScreenplayElement => ({
  elementType: elementTypeOf(markup),
  markup,
  text: normaliseText(markup, text),
});

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

/** For each line, the index of the first line from there on that closes a note; -1 when none does. */
const noteCloses = (lines: Paragraph): Int32Array => {
  const closes = new Int32Array(lines.length + 1).fill(-1);
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    closes[at] = lines[at]?.includes("]]") ? at : (closes[at + 1] ?? -1);
  }
  return closes;
};

/** Index of the last line that the notes opened on line `at` reach; `at` itself when none is left open there. */
const noteEnd = (lines: Paragraph, closes: Int32Array, at: number): number => {
  let end = at;
  while (opensNote(lines[end] ?? "") && (closes[end + 1] ?? -1) > end) end = closes[end + 1] ?? end;
  return end;
};

const isOwnLine = (line: string): boolean => MARKED.test(line) && markupOfLine(line) !== "action";

const readDialogue = (lines: Paragraph, at: number): Block => {
  const cue = (lines[at] ?? "").trim().replace(/^@/, "");
  return {
    elements: [
      createElement(isDualCue(cue) ? "dual-character" : "character", cue),
      createElement("dialogue", lines.slice(at + 1).join("\n")),
    ],
    next: lines.length,
  };
};

const readRun = (lines: Paragraph, at: number, markup: Markup): Block => {
  let next = at + 1;
  while (next < lines.length && MARKED.test(lines[next] ?? "") && markupOfLine(lines[next] ?? "") === markup) next += 1;
  const texts = lines.slice(at, next).map((line) => withoutMarks(markup, line));
  return { elements: [createElement(markup, texts.join("\n"))], next };
};

/** The text between the brackets, when the block is one note and nothing else. */
const noteText = (block: string): string | undefined => {
  const trimmed = block.trim();
  if (!isNote(trimmed)) return undefined;
  const text = trimmed.slice(2, -2);
  return text.trim() === "" || text.includes("[[") || text.includes("]]") ? undefined : text;
};

const readAction = (lines: Paragraph, closes: Int32Array, at: number): Block => {
  let next = at;
  do next = noteEnd(lines, closes, next) + 1;
  while (next < lines.length && lines[next] !== "" && !isOwnLine(lines[next] ?? ""));
  const block = lines.slice(at, next);
  const note = noteText(block.join("\n"));
  return {
    elements: [
      note === undefined ? createElement("action", block.map(withoutForce).join("\n")) : createElement("note", note),
    ],
    next,
  };
};

const readBlock = (lines: Paragraph, closes: Int32Array, at: number): Block => {
  const line = lines[at] ?? "";
  if (line === "") return { elements: [], next: at + 1 };
  const isSpoken = (lines[at + 1] ?? "") !== "";
  if (isSpoken && isForcedCue(line)) return readDialogue(lines, at);
  const markup = markupOfLine(line);
  if (RUNS.has(markup)) return readRun(lines, at, markup);
  // Before the cues: a heading or transition that lacks its blank line is no name, and the action no words of its own.
  if (markup !== "action" && markup !== "note") {
    return { elements: [createElement(markup, withoutMarks(markup, line))], next: at + 1 };
  }
  if (isSpoken && noteEnd(lines, closes, at) === at && isPlainCue(line)) return readDialogue(lines, at);
  return readAction(lines, closes, at);
};

/**
 * The elements of a paragraph, one at a time so that a caller may stop at its limit. A cue takes all lines to the end;
 * marked lines (`#`, `=`, `>`, `~`) need no blank lines around them.
 */
export function* readParagraph(lines: Paragraph): Generator<ScreenplayElement, void> {
  const closes = noteCloses(lines);
  let at = 0;
  while (at < lines.length) {
    const { elements, next } = readBlock(lines, closes, at);
    yield* elements;
    at = next;
  }
}
