/**
 * Passing over long texts in steps: nothing here, and nothing that is built on it, keeps the thread for the whole of a
 * text. What the engine has for that (`split`, `replace`, `indexOf`, `join`) takes up to a fifth of a second for eight
 * megabytes of the wrong characters.
 */
import { type Steps, tally } from "#shared/lang/steps.ts";

/** Characters, or what takes as long, between two steps. */
export const WINDOW = 32_768;
/** What a line, a piece or a change costs beside its characters. */
export const EACH = 16;

export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
const FIRST_SPACE_BEYOND_ASCII = 0xa0;

/** True for what `trim` takes away. */
export const isSpace = (code: number): boolean =>
  code === 0x20 ||
  (code >= 0x09 && code <= 0x0d) ||
  (code >= FIRST_SPACE_BEYOND_ASCII && String.fromCharCode(code).trim() === "");

/** Index of the line feed that ends the line, or of the end of the text. */
export const lineEnd = (text: string, start: number): number => {
  let at = start;
  while (at < text.length && text.charCodeAt(at) !== LINE_FEED) at += 1;
  return at;
};

/** How many lines the text has, whatever their ends: the number of its last line. */
export function* countLines(text: string): Steps<number> {
  let lines = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) !== LINE_FEED)) lines += 1;
    if (at % WINDOW === 0) yield WINDOW;
  }
  return lines;
}

/** Characters from `start` to `end` that something else takes the place of. */
export interface Change {
  start: number;
  end: number;
  replacement: string;
}

/** Is shown every character once, in order, and says what is to be changed up to there. */
export type Reader = (code: number, at: number) => Change | undefined;

/** The text with the changes that the reader makes. */
export function* rewrite(text: string, read: Reader): Steps<string> {
  const windows: string[] = [];
  let from = 0;
  let isChanged = false;
  for (let begin = 0; begin < text.length; begin += WINDOW) {
    const stop = Math.min(begin + WINDOW, text.length);
    const pieces: string[] = [];
    for (let at = begin; at < stop; at += 1) {
      const change = read(text.charCodeAt(at), at);
      if (change === undefined) continue;
      pieces.push(text.slice(from, change.start), change.replacement);
      from = change.end;
      isChanged = true;
    }
    windows.push(pieces.join(""));
    yield stop - begin + EACH * pieces.length;
  }
  return isChanged ? windows.join("") + text.slice(from) : text;
}

/** The lines of a text, each as `change` leaves it. */
export function* linesIn(text: string, change: (line: string) => string = (line) => line): Steps<string[]> {
  const lines: string[] = [];
  const work = tally();
  for (let start = 0; start <= text.length; ) {
    const end = lineEnd(text, start);
    lines.push(change(text.slice(start, end)));
    if (work.add(end - start + EACH)) yield work.take();
    start = end + 1;
  }
  yield work.take();
  return lines;
}

/** What `map` gives. */
export function* mapped(lines: readonly string[], change: (line: string, at: number) => string): Steps<string[]> {
  const changed: string[] = [];
  const work = tally();
  for (const line of lines) {
    changed.push(change(line, changed.length));
    if (work.add(line.length + EACH)) yield work.take();
  }
  yield work.take();
  return changed;
}

const LINES_A_PORTION = 1_024;

/** What `join` gives for those from `start` to `end`. */
export function* joined(
  lines: readonly string[],
  separator: string,
  start = 0,
  end: number = lines.length,
): Steps<string> {
  const portions: string[] = [];
  for (let at = start; at < end; at += LINES_A_PORTION) {
    const portion = lines.slice(at, Math.min(at + LINES_A_PORTION, end)).join(separator);
    portions.push(portion);
    yield portion.length + EACH * LINES_A_PORTION;
  }
  return portions.join(separator);
}
