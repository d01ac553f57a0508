/**
 * The text of a screenplay before and after it is read as Fountain: which characters it may hold, one kind of line end,
 * and boneyard, the commented-out part (https://fountain.io/syntax#boneyard).
 */
import { Lexer, rules } from "fountain-js";

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
export const dropBinary = (text: string): string =>
  readSource(text) ??
  Array.from(unifyLines(text.toWellFormed()))
    .filter((character) => !isBinary(character.charCodeAt(0)))
    .join("");

/** The text without its boneyard. A boneyard that is never closed is text, as in fountain-js. */
export const stripBoneyard = (source: string): string => {
  // Nothing opened after the last close can match: looking for its end again from each opening would be quadratic.
  const end = source.lastIndexOf("*/") + 2;
  if (end < 2) return source;
  return source.slice(0, end).replace(rules.boneyard, (match) => Lexer.boneyardStripper(match)) + source.slice(end);
};

/**
 * A text in which no boneyard opens: every slash before a star gets a backslash between the two, as Fountain escapes any
 * other mark. `unescapeBoneyard` takes exactly that backslash out again.
 */
export const escapeBoneyard = (text: string): string => text.replace(/\/(\\*)\*/g, "/\\$1*");

export const unescapeBoneyard = (text: string): string => text.replace(/\/\\(\\*)\*/g, "/$1*");
