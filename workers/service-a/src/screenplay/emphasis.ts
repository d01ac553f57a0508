/** Text without its inline marks: emphasis (https://fountain.io/syntax#emphasis), escapes and notes. */
import { replaceNotes } from "./notes.ts";

/** An escaped character, a run of marks, or anything else. */
const TOKEN = /\\[@#!*_$~`+=.><\\/]|\*+|_+|[^\\*_]+|\\/g;

/** The emphasis that a run of marks opens or closes: `***` is bold and italic. A longer run is no emphasis. */
const STYLES: ReadonlyMap<string, readonly string[]> = new Map([
  ["*", ["*"]],
  ["**", ["**"]],
  ["***", ["**", "*"]],
  ["_", ["_"]],
]);

const isBlank = (character: string): boolean => character.trim() === "";
const isWord = (character: string): boolean => /^[\p{L}\p{N}]$/u.test(character);

/**
 * The words of one line as a reader sees them. "The spaces around the emphasis characters are meaningful": a mark opens
 * before a character and closes after one, and an underscore inside a word is a letter. Passes over the line once.
 */
export const plainText = (line: string): string => {
  const tokens = replaceNotes(line, "").match(TOKEN) ?? [];
  const kept: string[] = [];
  /** Where each kind of emphasis that is open began. */
  const opened = new Map<string, number>();
  tokens.forEach((token, at) => {
    kept.push(/^\\./.test(token) ? token.slice(1) : token);
    const before = tokens[at - 1]?.at(-1) ?? " ";
    const after = tokens[at + 1]?.charAt(0) ?? " ";
    const opens = !isBlank(after) && !(token === "_" && isWord(before));
    const closes = !isBlank(before) && !(token === "_" && isWord(after));
    for (const mark of STYLES.get(token) ?? []) {
      const start = opened.get(mark);
      if (start !== undefined && closes) {
        for (const end of [start, at]) kept[end] = kept[end]?.slice(mark.length) ?? "";
        opened.delete(mark);
      } else if (start === undefined && opens) opened.set(mark, at);
    }
  });
  return kept.join("").trim();
};
