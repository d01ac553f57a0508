/**
 * Which lines name a speaker (https://fountain.io/syntax#character), if dialogue follows. As in `line.ts`, nothing here
 * may backtrack.
 */
import { replaceNotes } from "./notes.ts";

/** A longer line is not a name. */
const MAX_CUE_LENGTH = 120;

/** "You can force a Character element by preceding it with the at symbol", whatever the letters. */
export const isForcedCue = (line: string): boolean => {
  const trimmed = line.trimStart();
  return trimmed.startsWith("@") && /[^\s^]/.test(trimmed.slice(1));
};

/** Marks that make the line something else, and an escaped one of a forced cue. */
const OTHER_MARK = /^(?:[!.>~=#@]|\\@)/;
/** A capital sharp s is rare: GROßVATER is in capitals. */
const LOWER_CASE = /(?!ß)\p{Ll}/u;
/**
 * Chinese, Arabic or Hindi letters have no case: a name in them is forced, or each action of two lines would be dialogue.
 * Those of `1º` count for nothing.
 */
const CASELESS = /(?![ªº])\p{Lo}/gu;
/** Ends of sentences, in the scripts without case. */
const SENTENCE_MARK = /[。！？．；，、؟۔،।॥]|[.!?…]$/;

/** A line in such letters is no name for an abbreviation in it, and a name in capitals may have a few of them. */
const isInCapitals = (name: string): boolean => {
  const capitals = name.match(/\p{Lu}/gu)?.length ?? 0;
  const caseless = name.match(CASELESS)?.length ?? 0;
  return capitals > caseless && (caseless === 0 || !SENTENCE_MARK.test(name));
};

/** Ends of lines in capitals that are transitions, or would be if they stood alone. */
const TRANSITION_ENDS = ["BLACK.", "OUT.", "TO:"];
/** What may stand after the name and its extensions: the end of emphasis, and the mark of dual dialogue. */
const AFTER_NAME = /^[\s*_]*\^?$/;

/**
 * "A Character element is any line entirely in uppercase", "must include at least one alphabetical character". An
 * extension in parentheses may be in any case. Inline notes are no part of the name.
 */
export const isPlainCue = (line: string): boolean => {
  const whole = line.trim();
  if (whole.length > MAX_CUE_LENGTH) return false;
  const cue = replaceNotes(whole, " ").trim();
  const nameEnd = cue.search(/[()^]/);
  const name = (nameEnd < 0 ? cue : cue.slice(0, nameEnd)).trimEnd();
  const extension = nameEnd < 0 ? "" : cue.slice(nameEnd);
  return (
    !OTHER_MARK.test(cue) &&
    isInCapitals(name) &&
    !LOWER_CASE.test(name) &&
    !TRANSITION_ENDS.some((end) => name.endsWith(end)) &&
    AFTER_NAME.test(extension.startsWith("(") ? extension.slice(extension.lastIndexOf(")") + 1) : extension)
  );
};

/** "Dual, or simultaneous, dialogue is expressed by adding a caret ^ after the second Character element." */
export const isDualCue = (line: string): boolean => line.trimEnd().endsWith("^");
