/** Inline notes (https://fountain.io/syntax#notes). */

const OPEN = "[[";
const CLOSE = "]]";

/** A line with another text in place of each note: notes do not nest, and one that is never closed is text. */
export const replaceNotes = (line: string, replacement: string): string => {
  const kept: string[] = [];
  let at = 0;
  for (;;) {
    const start = line.indexOf(OPEN, at);
    const closing = start < 0 ? -1 : line.indexOf(CLOSE, start + OPEN.length);
    if (closing < 0) return kept.join("") + line.slice(at);
    kept.push(line.slice(at, start), replacement);
    at = closing + CLOSE.length;
  }
};
