/**
 * Writes a screenplay as Fountain again: what is unchanged as its author wrote it, character by character; what has
 * another text or another place so that it reads as the same kind of element.
 */
import type { Steps } from "#shared/lang/steps.ts";
import { boneyardsIn, joinedPieces, maskBoneyard, stripBoneyard } from "./boneyard.ts";
import { elementTypeOf, type Markup } from "./element.ts";
import { joined, linesIn } from "./lines.ts";
import { readParagraph } from "./paragraph.ts";
import { titlePageEnd } from "./title-page.ts";
import { asText, writeElement } from "./write.ts";

/** An element to be written. */
export interface Part {
  readonly markup: Markup;
  /** Its text where it has another one than its author wrote, or where that is not known. */
  readonly text: string | undefined;
  /** What its author wrote, and what stood before it; `null` where that is not known. */
  readonly lead: string | null;
  readonly source: string | null;
  /** Whether it follows the element, or the beginning, that it was written after. */
  readonly isInPlace: boolean;
}

/** A screenplay to be written. */
export interface Manuscript {
  readonly titlePage: string;
  /** The title page as its author wrote it. */
  readonly firstTitlePage: string;
  readonly parts: readonly Part[];
  readonly tail: string;
  /** Whether the last element is the one that the tail was written after. */
  readonly isTailInPlace: boolean;
}

const BLANK_LINE = "\n\n";

/** A new text needs blank lines around it, but for kinds of marked lines that need none in any reader. */
const needsSpace = ({ markup, text }: Part): boolean =>
  text !== undefined && ((!markup.startsWith("section-") && markup !== "synopsis") || /\[\[|\]\]/.test(text));

/** The lead, beginning with a blank line. */
const separated = (lead: string | null): string => {
  if (lead === null) return BLANK_LINE;
  if (/^\n ?\n/.test(lead)) return lead.replace(/^\n /, "\n");
  return (lead.startsWith("\n") ? "\n" : BLANK_LINE) + lead;
};

/** The tail after another end: of blank lines only the line ends, since spaces might continue a dialogue. */
const movedTail = (tail: string): string =>
  tail.trim() === "" ? tail.replaceAll(/[^\n]+/g, "") || "\n" : separated(tail);

const isUnchanged = ({ text, source, isInPlace }: Part): boolean => text === undefined && source !== null && isInPlace;

const isCue = (part: Part | undefined): boolean => part !== undefined && elementTypeOf(part.markup) === "character";
const isDialogue = (part: Part | undefined): boolean => part?.markup === "dialogue";

/** Dual dialogue has a caret after its cue, which a new text may have, too. */
const markupOf = ({ markup, text }: Part): Markup =>
  markup === "character" && text?.trimEnd().endsWith("^") ? "dual-character" : markup;

/** The text of what an author wrote. */
function* textOf({ markup, source }: Part): Steps<string> {
  const seen = yield* stripBoneyard(source ?? "");
  if (elementTypeOf(markup) === "character") return seen.trim().replace(/^@/, "");
  const [read] = yield* readParagraph(yield* linesIn(seen, (line) => line.trimEnd()), 1);
  return read?.text ?? "";
}

function* isTitlePage(text: string): Steps<boolean> {
  return (yield* titlePageEnd(yield* maskBoneyard(text))) > 0;
}

function* isNoTitlePage(lines: readonly string[]): Steps<boolean> {
  return !(yield* isTitlePage(yield* joined(lines, "\n")));
}

// biome-ignore lint/correctness/useYield: there is nothing to do
function* always(): Steps<boolean> {
  return true;
}

/** Where a part stands. */
interface Surroundings {
  /** Whether nothing is before it, and it is not as it was: it must not be read as a title page. */
  isBeginning: boolean;
  /** Whether it is a cue with other dialogue than its author wrote. */
  isCueOfNew: boolean;
  /** Whether it is half a dialogue block, which is kept as action: its text is not lost. */
  isHalf: boolean;
}

/** A cue that, with other dialogue after it, might be the key of a title page or the beginning of a note. */
const COULD_BE_OTHER = /:|\[\[/;

function* sourceOf(part: Part, { isBeginning, isCueOfNew, isHalf }: Surroundings): Steps<string> {
  const { source, text } = part;
  if (text === undefined && source !== null) {
    const isOther = isCueOfNew || (isBeginning && isCue(part)) ? COULD_BE_OTHER.test(source) : false;
    const isKept = !isOther && !(isBeginning && (yield* isTitlePage(source)));
    if (isKept) return source;
  }
  const written = text ?? (yield* textOf(part));
  const markup = isHalf ? "action" : markupOf(part);
  return yield* asText(yield* writeElement(markup, written, source, isBeginning ? isNoTitlePage : always));
}

function* changed({ titlePage, firstTitlePage, parts, tail, isTailInPlace }: Manuscript): Steps<string> {
  const pieces: string[] = titlePage === "" ? [] : [titlePage];
  /** Whether a blank line must follow. */
  let isOpen = titlePage !== "" && firstTitlePage === "";
  /** Boneyard of replaced texts, which goes after the paragraph. */
  let boneyard: string[] = [];
  const leadOf = (part: Part, isSpoken: boolean, isCueOfNew: boolean): string => {
    const { lead, isInPlace } = part;
    if (isSpoken) return lead ?? "\n";
    if (pieces.length === 0) return isInPlace && titlePage === firstTitlePage ? (lead ?? "") : (lead ?? "").trimStart();
    const isApart = isOpen || !isInPlace || needsSpace(part) || isCueOfNew;
    return isApart || lead === null ? separated(lead) : lead;
  };
  for (const [at, part] of parts.entries()) {
    const isSpoken = isDialogue(part) && isCue(parts[at - 1]);
    const awaitsDialogue = isCue(part) && isDialogue(parts[at + 1]);
    const isHalf = (isDialogue(part) && !isSpoken) || (isCue(part) && !awaitsDialogue);
    const isCueOfNew = awaitsDialogue && parts[at + 1]?.text !== undefined;
    const lead = leadOf(part, isSpoken, isCueOfNew);
    const isBeginning =
      pieces.length === 0 && !(part.isInPlace && titlePage === firstTitlePage && part.text === undefined);
    pieces.push(lead, yield* sourceOf(part, { isBeginning, isCueOfNew, isHalf }));
    if (part.text !== undefined && part.source !== null) boneyard = boneyard.concat(yield* boneyardsIn(part.source));
    isOpen = !awaitsDialogue && needsSpace(part);
    if (awaitsDialogue || boneyard.length === 0) continue;
    pieces.push(BLANK_LINE, yield* joined(boneyard, "\n"));
    boneyard = [];
    isOpen = true;
  }
  pieces.push(isOpen || !isTailInPlace ? movedTail(tail) : tail);
  return yield* joinedPieces(pieces);
}

/**
 * The screenplay as Fountain text. Where nothing has changed, it is the text that was read, but for line ends and byte
 * order mark. Otherwise reading it gives the same title page and elements, each with its text as `normaliseText` leaves
 * it, whatever texts the elements have been given and in whatever order the section groups stand. A cue is expected to be
 * followed by its dialogue. The time taken is linear in the length of the texts.
 */
export function* renderInSteps(manuscript: Manuscript): Steps<string> {
  const { titlePage, firstTitlePage, parts, tail, isTailInPlace } = manuscript;
  const isAsWritten = titlePage === firstTitlePage && isTailInPlace && parts.every(isUnchanged);
  if (!isAsWritten) return yield* changed(manuscript);
  const pieces = parts.flatMap(({ lead, source }) => [lead ?? "", source ?? ""]);
  return yield* joined([titlePage, ...pieces, tail], "");
}
