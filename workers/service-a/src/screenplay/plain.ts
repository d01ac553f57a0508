/**
 * Lines that every reader of Fountain takes for the same, so that they need no forcing mark: what the syntax says, and
 * nothing that fountain-js, screenplain, aw-parser or screenplay-tools are known to read in another way.
 */
import { isPlainCue } from "./cue.ts";
import { markupOfLine } from "./line.ts";
import { replaceNotes } from "./notes.ts";

const HEADING = /^(?:INT|EXT|EST|INT\.?\/EXT|I\/E)[. ]/i;

export const isPlainHeading = (text: string): boolean => HEADING.test(text) && markupOfLine(text) === "scene-heading";

/** Other readers look for ASCII capitals. */
export const isPlainTransition = (text: string): boolean => /^[A-Z ]+:$/.test(text) && text.endsWith(" TO:");

/**
 * A name that begins with an ASCII capital, and has no lower case in its extension either. With a colon it might be a key
 * of a title page.
 */
export const isPlainName = (text: string): boolean =>
  /^[A-Z]/.test(text) &&
  !/[:^[\]@~*_\\/]/.test(text) &&
  text === text.toUpperCase() &&
  markupOfLine(text) === "action" &&
  isPlainCue(text);

/** Marks at the beginning of a line. */
const MARKED = /^(?:[!@#=>~]|\.[^.])/;
const LOOKS_LIKE_HEADING = /^[*_]*(?:int|ext|est|i)(?:[.\s/]|$)/i;
const FADE_IN = /fade in:/i;

/** A line of action that is something else to some reader wherever it stands, so that `!` has to stand before it. */
export const needsForce = (line: string): boolean => {
  const text = line.trim();
  return (
    text === "" ||
    MARKED.test(text) ||
    LOOKS_LIKE_HEADING.test(text) ||
    FADE_IN.test(text) ||
    text.endsWith("TO:") ||
    markupOfLine(text) !== "action"
  );
};

/**
 * A first line of action that some reader takes for a cue, or for a shot: one in capitals or in letters without case, and,
 * if more lines follow, one without a lower-case letter of ASCII.
 */
export const looksLikeCue = (line: string, isOnly: boolean): boolean => {
  const name = replaceNotes(line.trim(), "").split("(", 1)[0] ?? "";
  return name === name.toUpperCase() || (!isOnly && !/[a-z]/.test(name));
};
