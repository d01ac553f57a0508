/**
 * The text of a screenplay before and after it is read as Fountain: which characters it may hold, one kind of line end,
 * and boneyard, the commented-out part (https://fountain.io/syntax#boneyard).
 */
import { replaceSpans } from "./span.ts";

const LINE_ENDS = /\r\n?|[\v\f\u0085\u2028\u2029]/g;
const BYTE_ORDER_MARKS = /\uFEFF/g;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const REPLACEMENT_CHARACTER = 0xfffd;

/** True for NUL and the other control characters that no text has, and for what a broken encoding leaves behind. */
const isBinary = (code: number): boolean =>
  (code < 0x20 && code !== TAB && code !== LINE_FEED) ||
  (code >= 0x7f && code <= 0x9f) ||
  code === REPLACEMENT_CHARACTER;

const unifyLines = (text: string): string => text.replace(LINE_ENDS, "\n").replace(BYTE_ORDER_MARKS, "");

/**
 * The text with `\n` as its only line end and without byte order marks, or undefined when it is not text: a control
 * character, U+FFFD or half a surrogate pair is in it.
 */
export const readSource = (text: string): string | undefined => {
  if (!text.isWellFormed()) return undefined;
  const source = unifyLines(text);
  for (let at = 0; at < source.length; at += 1) if (isBinary(source.charCodeAt(at))) return undefined;
  return source;
};

/** The text with everything dropped from it that `readSource` would refuse. */
export const dropBinary = (text: string): string => {
  const source = unifyLines(text.toWellFormed());
  const kept: string[] = [];
  let from = 0;
  for (let at = 0; at < source.length; at += 1) {
    if (!isBinary(source.charCodeAt(at))) continue;
    if (from < at) kept.push(source.slice(from, at));
    from = at + 1;
  }
  return from === 0 ? source : kept.join("") + source.slice(from);
};

/** What is left of a boneyard that closes on a line of its own: the text after it is not that before it continued. */
const leftOf = (boneyard: string): string => {
  const lastLine = boneyard.lastIndexOf("\n") + 1;
  return lastLine > 0 && boneyard.slice(lastLine, -2).trim() === "" ? "\n\n" : "";
};

/** The text without its boneyard. A boneyard that is never closed is text. */
export const stripBoneyard = (source: string): string => replaceSpans(source, ["/*", "*/"], leftOf);

/**
 * A text in which no boneyard opens: every slash before a star gets a backslash between the two, as Fountain escapes any
 * other mark. `unescapeBoneyard` takes exactly that backslash out again.
 */
export const escapeBoneyard = (text: string): string => text.replace(/\/(\\*)\*/g, "/\\$1*");

export const unescapeBoneyard = (text: string): string => text.replace(/\/\\(\\*)\*/g, "/$1*");
