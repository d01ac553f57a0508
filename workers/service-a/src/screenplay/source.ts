/**
 * The text of a screenplay before and after it is read as Fountain: one kind of line end,
 * and boneyard, the commented-out part (https://fountain.io/syntax#boneyard).
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Steps } from "#shared/lang/steps.ts";
import { type Change, countLines, isSpace, type Reader, rewrite } from "./lines.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SLASH = 0x2f;
const STAR = 0x2a;
const BACKSLASH = 0x5c;
const BYTE_ORDER_MARK = 0xfeff;
/** Vertical tab, form feed, next line, line separator, paragraph separator. */
const OTHER_LINE_ENDS: ReadonlySet<number> = new Set([0x0b, 0x0c, 0x85, 0x2028, 0x2029]);

const replaced = (at: number, replacement: string): Change => ({ start: at, end: at + 1, replacement });

/** Makes `\n` the only line end, and takes byte order marks away; `onNul` says what becomes of a NUL. */
const unifying =
  (text: string, onNul: (at: number) => Change | undefined): Reader =>
  (code, at) => {
    if (code === CARRIAGE_RETURN) return replaced(at, text.charCodeAt(at + 1) === LINE_FEED ? "" : "\n");
    if (code === BYTE_ORDER_MARK) return replaced(at, "");
    if (OTHER_LINE_ENDS.has(code)) return replaced(at, "\n");
    return code === 0 ? onNul(at) : undefined;
  };

/** The text has a NUL, on this line: it is no text, or in another charset. */
export interface NulFailure {
  kind: "nul";
  line: number;
}

/** The text with `\n` as its only line end and without byte order marks. Other control characters are text. */
export function* readSource(text: string): Steps<Result<string, NulFailure>> {
  let nulAt = -1;
  const reader = unifying(text, (at) => {
    if (nulAt < 0) nulAt = at;
    return undefined;
  });
  const source = yield* rewrite(text, reader);
  return nulAt < 0 ? success(source) : failure("nul", { line: yield* countLines(text.slice(0, nulAt)) });
}

/** The text with everything dropped from it that no file can hold: NUL, and halves of surrogate pairs become U+FFFD. */
export function* storable(text: string): Steps<string> {
  const wellFormed = text.toWellFormed();
  return yield* rewrite(
    wellFormed,
    unifying(wellFormed, (at) => replaced(at, "")),
  );
}

/**
 * The text without its boneyard. One that closes on a line of its own leaves a blank line: the text after it is not that
 * before it continued. A boneyard that is never closed is text.
 */
export function* stripBoneyard(source: string): Steps<string> {
  /** Where the one that is open began. */
  let openedAt = -1;
  /** Where the characters that opened or closed the last one end. */
  let markEnd = 0;
  let hasLineEnd = false;
  let isLineBlank = false;
  const open = (at: number): void => {
    openedAt = at;
    markEnd = at + 2;
    hasLineEnd = false;
  };
  const close = (at: number): Change => {
    const change = { start: openedAt, end: at + 2, replacement: hasLineEnd && isLineBlank ? "\n\n" : "" };
    openedAt = -1;
    markEnd = change.end;
    return change;
  };
  return yield* rewrite(source, (code, at) => {
    if (at < markEnd) return undefined;
    if (openedAt < 0) {
      if (code === SLASH && source.charCodeAt(at + 1) === STAR) open(at);
      return undefined;
    }
    if (code === STAR && source.charCodeAt(at + 1) === SLASH) return close(at);
    if (code === LINE_FEED) hasLineEnd = isLineBlank = true;
    else if (!isSpace(code)) isLineBlank = false;
    return undefined;
  });
}

/** Reads each slash before a star, with any number of backslashes between the two. */
const slashesBeforeStars = (change: (slashAt: number, starAt: number) => Change | undefined): Reader => {
  let slashAt = -1;
  return (code, at) => {
    const openedAt = slashAt;
    if (code === SLASH) slashAt = at;
    else if (code !== BACKSLASH) slashAt = -1;
    return code === STAR && openedAt >= 0 ? change(openedAt, at) : undefined;
  };
};

/**
 * A text in which no boneyard opens: every slash before a star gets a backslash between the two, as Fountain escapes any
 * other mark. `unescapeBoneyard` takes exactly that backslash out again.
 */
export const escapeBoneyard = (text: string): Steps<string> =>
  rewrite(
    text,
    slashesBeforeStars((slashAt) => ({ start: slashAt + 1, end: slashAt + 1, replacement: "\\" })),
  );

export const unescapeBoneyard = (text: string): Steps<string> =>
  rewrite(
    text,
    slashesBeforeStars((slashAt, starAt) =>
      starAt === slashAt + 1 ? undefined : { start: slashAt + 1, end: slashAt + 2, replacement: "" },
    ),
  );
