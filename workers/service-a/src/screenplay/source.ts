/** The text of a screenplay before and after it is read as Fountain: its line ends, and the characters that it cannot have. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Steps } from "#shared/lang/steps.ts";
import { CARRIAGE_RETURN, type Change, countLines, LINE_FEED, type Reader, rewrite } from "./lines.ts";

const BYTE_ORDER_MARK = 0xfeff;
/** Vertical tab, form feed, next line, line separator, paragraph separator. */
const OTHER_LINE_ENDS: ReadonlySet<number> = new Set([0x0b, 0x0c, 0x85, 0x2028, 0x2029]);

const replaced = (at: number, replacement: string): Change => ({ start: at, end: at + 1, replacement });

const withLineFeeds =
  (text: string): Reader =>
  (code, at) =>
    code === CARRIAGE_RETURN ? replaced(at, text.charCodeAt(at + 1) === LINE_FEED ? "" : "\n") : undefined;

/** The text has a NUL, on this line: it is no text, or in another charset. */
export interface NulFailure {
  kind: "nul";
  line: number;
}

/**
 * The text as it is kept: with `\n` for CR and CR LF, and without a byte order mark at its beginning. Control characters
 * but NUL are text.
 */
export function* readSource(text: string): Steps<Result<string, NulFailure>> {
  const nulAt = text.indexOf("\0");
  if (nulAt >= 0) return failure("nul", { line: yield* countLines(text.slice(0, nulAt)) });
  const source = yield* rewrite(text, withLineFeeds(text));
  return success(source.charCodeAt(0) === BYTE_ORDER_MARK ? source.slice(1) : source);
}

/** The kept text with `\n` for every other line end too, each character at its place. */
export const asLines = (source: string): Steps<string> =>
  rewrite(source, (code, at) => (OTHER_LINE_ENDS.has(code) ? replaced(at, "\n") : undefined));

/**
 * The text of an element: with `\n` for every line end, without byte order marks and NULs; half a surrogate pair becomes
 * U+FFFD.
 */
export function* storable(text: string): Steps<string> {
  const wellFormed = text.toWellFormed();
  const lineFeeds = withLineFeeds(wellFormed);
  return yield* rewrite(wellFormed, (code, at) => {
    if (code === 0 || code === BYTE_ORDER_MARK) return replaced(at, "");
    return OTHER_LINE_ENDS.has(code) ? replaced(at, "\n") : lineFeeds(code, at);
  });
}
