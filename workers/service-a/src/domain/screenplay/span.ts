/** Spans of a text between two marks, such as notes and boneyard. */

/**
 * The text with another one in place of each span, its marks included: spans do not nest, and one that is never closed is
 * text. Passes over the text once.
 */
export const replaceSpans = (
  text: string,
  [open, close]: readonly [open: string, close: string],
  replacementOf: (span: string) => string,
): string => {
  const kept: string[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf(open, at);
    const closing = start < 0 ? -1 : text.indexOf(close, start + open.length);
    if (closing < 0) return kept.join("") + text.slice(at);
    const end = closing + close.length;
    kept.push(text.slice(at, start), replacementOf(text.slice(start, end)));
    at = end;
  }
};

/** The text without its inline notes (https://fountain.io/syntax#notes). */
export const replaceNotes = (text: string, replacement: string): string =>
  replaceSpans(text, ["[[", "]]"], () => replacement);
