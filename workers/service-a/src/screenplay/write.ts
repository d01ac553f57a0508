/** Writes a text as an element of Fountain, so that it reads back as the same text of the same kind. */
import type { Steps } from "#shared/lang/steps.ts";
import { boneyardsIn, closeBoneyard, flattenBoneyard, stripBoneyard } from "./boneyard.ts";
import type { Markup } from "./element.ts";
import { joined, linesIn, mapped } from "./lines.ts";
import { readParagraph } from "./paragraph.ts";
import { storable } from "./source.ts";
import { cleanText, normaliseText } from "./text.ts";
import { type Draft, type Lines, WRITERS } from "./writers.ts";

const SECTION_MARK = /^#+[ \t]*/;
/** What the author's marks look like, with the space after them. */
const MARKS: Partial<Record<Markup, RegExp>> = {
  "section-1": SECTION_MARK,
  "section-2": SECTION_MARK,
  "section-3": SECTION_MARK,
  "section-4": SECTION_MARK,
  "section-5": SECTION_MARK,
  "section-6": SECTION_MARK,
  "scene-heading": /^\./,
  character: /^@[ \t]*/,
  "dual-character": /^@[ \t]*/,
  action: /^!/,
  transition: /^>[ \t]*/,
  lyrics: /^~[ \t]*/,
  synopsis: /^=[ \t]*/,
  "page-break": /^=+/,
};

/** The mark at the beginning of what an author wrote. */
function* markOf(markup: Markup, source: string): Steps<string | undefined> {
  return MARKS[markup]?.exec((yield* stripBoneyard(source)).trimStart())?.[0];
}

/** A cue is read before dialogue, and dialogue after a cue. */
const inContext = (markup: Markup, lines: Lines): Lines => {
  if (markup === "dialogue") return ["X", ...lines];
  return markup === "character" || markup === "dual-character" ? [...lines, "x"] : lines;
};

function* readsAs(markup: Markup, lines: Lines, text: string): Steps<boolean> {
  const given = inContext(markup, lines);
  const isPair = given !== lines;
  const read = yield* readParagraph(given, isPair ? 2 : 1);
  const element = read[markup === "dialogue" ? 1 : 0];
  return read.length === (isPair ? 2 : 1) && element?.markup === markup && element.text === text;
}

const trimEnd = (line: string): string => line.trimEnd();

function* seenIn(lines: Lines): Steps<Lines> {
  return yield* linesIn(yield* stripBoneyard(yield* joined(lines, "\n")), trimEnd);
}

/** The lines of the first way that reads back as the text, and that is fit. */
function* firstWay(markup: Markup, draft: Draft, isFit: (lines: Lines) => Steps<boolean>): Steps<Lines | undefined> {
  const text = yield* joined(draft.seen, "\n");
  for (const way of WRITERS[markup](draft)) {
    const lines = yield* way();
    const seen = draft.lines === draft.seen ? lines : yield* seenIn(lines);
    if ((yield* readsAs(markup, seen, text)) && (yield* isFit(lines))) return lines;
  }
  return undefined;
}

/** The text with the boneyard in it, each on one line; `undefined` if there is none, or not beside other text. */
function* textWithBoneyard(markup: Markup, text: string): Steps<Pick<Draft, "lines" | "seen"> | undefined> {
  if ((yield* boneyardsIn(text)).length === 0) return undefined;
  const kept = yield* cleanText(markup, yield* flattenBoneyard(yield* closeBoneyard(text)));
  const lines = yield* linesIn(kept);
  const seen = yield* seenIn(lines);
  const plain = yield* joined(seen, "\n");
  const isBesideText = lines.every((line, at) => line === "" || seen[at] !== "");
  return isBesideText && (yield* cleanText(markup, plain)) === plain ? { lines, seen } : undefined;
}

/**
 * The lines of an element with this text. `source`: what its author wrote for another text before, `null` if that is not
 * known. `isFit`: whether the lines may stand where they are to stand. Boneyard in the text stays boneyard where it can.
 */
export function* writeElement(
  markup: Markup,
  given: string,
  source: string | null,
  isFit: (lines: Lines) => Steps<boolean>,
): Steps<Lines> {
  const text = yield* storable(given);
  const mark = source === null ? undefined : yield* markOf(markup, source);
  const withBoneyard = yield* textWithBoneyard(markup, text);
  const kept = withBoneyard && (yield* firstWay(markup, { ...withBoneyard, mark }, isFit));
  if (kept) return kept;
  const lines = yield* linesIn(yield* normaliseText(markup, text));
  const draft = { lines, seen: lines, mark };
  const written = yield* firstWay(markup, draft, isFit);
  if (written) return written;
  const last = WRITERS[markup](draft).at(-1);
  return last ? yield* last() : lines;
}

const TWO_SPACES = "  ";

/** The lines as text: one that is empty, and not the end, has two spaces. */
export function* asText(lines: Lines): Steps<string> {
  return yield* joined(yield* mapped(lines, (line) => (line === "" ? TWO_SPACES : line)), "\n");
}
