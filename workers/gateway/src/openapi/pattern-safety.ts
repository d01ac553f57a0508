/**
 * Which regular expressions of a service's document are tried on what callers send. One that backtracks would hold up every
 * other request, so only those are that cannot: a sequence of characters and classes from the start of the text on, at most one
 * of them repeated without bound. The service itself checks the others.
 */

/** A character or a class of them, and how often it may stand there. */
const PIECE =
  /(?:\\[dDwWsS]|\\[^\w\s]|\[(?:[^\\\]]|\\.)+\]|[^\\^$.*+?()[\]{}|]|\.)(?:([*+?])|\{(\d{1,5})(,?)(\d{0,5})\})?/uy;
const MAX_CHARACTERS = 256;
/** In how many ways the bounded repetitions may share what they match. */
const MAX_WAYS = 64;

const compiles = (pattern: string): boolean => {
  try {
    return new RegExp(pattern, "u").test("") || true;
  } catch {
    return false;
  }
};

/** Whether matching takes time in proportion to the text's length. */
export const isSafePattern = (pattern: string): boolean => {
  if (pattern.length > MAX_CHARACTERS || !pattern.startsWith("^") || !compiles(pattern)) return false;
  const end = pattern.endsWith("$") && !pattern.endsWith("\\$") ? pattern.length - 1 : pattern.length;
  let unbounded = 0;
  let ways = 1;
  for (PIECE.lastIndex = 1; PIECE.lastIndex < end; ) {
    const piece = PIECE.exec(pattern);
    if (piece === null) return false;
    const [, sign, min, comma, max] = piece;
    if (sign === "*" || sign === "+" || (comma === "," && max === "")) unbounded += 1;
    else if (sign === "?") ways *= 2;
    else if (max) ways *= Number(max) - Number(min) + 1;
  }
  return unbounded <= 1 && ways <= MAX_WAYS;
};
