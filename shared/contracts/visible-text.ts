/**
 * Text that people distinguish things by: what is in it can be seen, and stays where it is. Names that must not pass for
 * others have stricter rules of their own (UTS #39).
 */

/**
 * Controls, formats that turn or join, unassigned and private code points, line breaks, and what shows as nothing:
 * default ignorables, and a Braille pattern without dots.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** Joiners and selectors belong inside an emoji. */
const EMOJI = /\p{RGI_Emoji}/gv;
/** Marks pile up over a letter beyond any spelling (UTS #39 §5.4). */
const PILED_MARKS = /\p{M}{5}/u;

/** Whether something in the text cannot be seen, or is no Unicode text. */
export const hasInvisible = (text: string): boolean => !text.isWellFormed() || INVISIBLE.test(text);

/** Whether more than four marks stand on one letter. */
export const hasPiledMarks = (text: string): boolean => PILED_MARKS.test(text.normalize("NFC"));

/** Whether a text may be shown as the name of something. */
export const isVisibleText = (text: string): boolean =>
  /\S/.test(text) && !hasInvisible(text.replace(EMOJI, "")) && !hasPiledMarks(text);

export const NOT_VISIBLE =
  "must be visible Unicode text, without control characters, invisible characters or stacked marks";
