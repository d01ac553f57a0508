/**
 * Boneyard, the commented-out part of a screenplay (https://fountain.io/syntax#boneyard). It is read over, and kept where
 * its author put it.
 */
import type { Steps } from "#shared/lang/steps.ts";
import { type Change, EACH, isSpace, joined, LINE_FEED, linesIn, type Reader, rewrite } from "./lines.ts";

const SLASH = 0x2f;
const STAR = 0x2a;
/** Stands for each character of boneyard where the text around it is read: no text has it. */
const FILL = "\0";

interface Scan {
  read: Reader;
  /** Where the boneyard begins that is open at the end; -1 when none is. */
  openAt: () => number;
}

/** Finds boneyard. `isBlankEnd`: it ends on a line of its own, after more than that line. */
const scan = (
  text: string,
  onBoneyard: (start: number, end: number, isBlankEnd: boolean) => Change | undefined,
): Scan => {
  let openedAt = -1;
  /** Where the characters that opened or closed the last one end. */
  let markEnd = 0;
  let hasLineEnd = false;
  let isLineBlank = false;
  const read: Reader = (code, at) => {
    if (at < markEnd) return undefined;
    if (openedAt < 0) {
      if (code === SLASH && text.charCodeAt(at + 1) === STAR) {
        openedAt = at;
        markEnd = at + 2;
        hasLineEnd = false;
      }
      return undefined;
    }
    if (code === STAR && text.charCodeAt(at + 1) === SLASH) {
      const start = openedAt;
      openedAt = -1;
      markEnd = at + 2;
      return onBoneyard(start, markEnd, hasLineEnd && isLineBlank);
    }
    if (code === LINE_FEED) hasLineEnd = isLineBlank = true;
    else if (!isSpace(code)) isLineBlank = false;
    return undefined;
  };
  return { read, openAt: () => openedAt };
};

/**
 * The text with its boneyard filled in, every character at its place. One that closes on a line of its own leaves a blank
 * line: the text after it is not that before it continued. A boneyard that is never closed is text.
 */
export const maskBoneyard = (text: string): Steps<string> =>
  rewrite(
    text,
    scan(text, (start, end, isBlankEnd) => {
      const left = isBlankEnd ? "\n\n" : "";
      return { start, end, replacement: left + FILL.repeat(end - start - left.length) };
    }).read,
  );

/** The text without what was filled in. */
export function* withoutFill(masked: string): Steps<string> {
  if (!masked.includes(FILL)) return masked;
  let filledAt = -1;
  const kept = yield* rewrite(masked, (code, at) => {
    if (code === 0) {
      if (filledAt < 0) filledAt = at;
      return undefined;
    }
    if (filledAt < 0) return undefined;
    const change = { start: filledAt, end: at, replacement: "" };
    filledAt = -1;
    return change;
  });
  return filledAt < 0 ? kept : kept.slice(0, kept.length - (masked.length - filledAt));
}

/** Where the text after what is filled in at this place begins. */
export const fillEnd = (masked: string, at: number): number => {
  let end = at;
  while (masked.charCodeAt(end) === 0) end += 1;
  return end;
};

export function* stripBoneyard(text: string): Steps<string> {
  return yield* withoutFill(yield* maskBoneyard(text));
}

/** Each boneyard of the text, with its marks. */
export function* boneyardsIn(text: string): Steps<string[]> {
  const found: string[] = [];
  yield* rewrite(
    text,
    scan(text, (start, end) => {
      found.push(text.slice(start, end));
      return undefined;
    }).read,
  );
  return found;
}

/** A text in which no boneyard opens: a backslash keeps each slash from its star, as Fountain escapes other marks. */
export const escapeBoneyard = (text: string): Steps<string> =>
  rewrite(text, (code, at) =>
    code === SLASH && text.charCodeAt(at + 1) === STAR ? { start: at + 1, end: at + 1, replacement: "\\" } : undefined,
  );

/** The text with what would open a boneyard, and does not close it, escaped: another text after it might. */
export function* closeBoneyard(text: string): Steps<string> {
  const { read, openAt } = scan(text, () => undefined);
  yield* rewrite(text, read);
  if (openAt() < 0) return text;
  return text.slice(0, openAt()) + (yield* escapeBoneyard(text.slice(openAt())));
}

/**
 * The text that the pieces make up. What opens a boneyard in one of them stays text, as it was alone: it is escaped where
 * a later piece would close it.
 */
export function* joinedPieces(pieces: readonly string[]): Steps<string> {
  const closed = [...pieces];
  let isClosedLater = false;
  for (let at = pieces.length - 1; at >= 0; at -= 1) {
    const piece = pieces[at] ?? "";
    if (isClosedLater) closed[at] = yield* closeBoneyard(piece);
    isClosedLater ||= piece.includes("*/");
    yield piece.length + EACH;
  }
  return yield* joined(closed, "");
}

/** The text with each boneyard on one line, beside other text: none makes a line look blank. */
export function* flattenBoneyard(text: string): Steps<string> {
  const onOneLine = ({ start, end }: Pick<Change, "start" | "end">): Change => ({
    start,
    end,
    replacement: text.slice(start, end).replaceAll("\n", " "),
  });
  const flat = yield* rewrite(text, scan(text, (start, end) => onOneLine({ start, end })).read);
  const kept: string[] = [];
  /** Whether there has been nothing but boneyard. */
  let isAlone = false;
  for (const line of yield* linesIn(flat)) {
    const isOnlyBoneyard = line.includes("/*") && (yield* stripBoneyard(line)).trim() === "";
    const isFirst = kept.length === 0;
    if (!isFirst && (isOnlyBoneyard || isAlone)) kept.push(`${kept.pop()} ${line}`);
    else kept.push(line);
    isAlone = isOnlyBoneyard && (isAlone || isFirst);
  }
  return yield* joined(kept, "\n");
}
