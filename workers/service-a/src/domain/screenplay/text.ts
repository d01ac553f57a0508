/** Which texts each kind of element can have, so that writing it as Fountain and reading it again gives the same text. */
import type { Markup } from "./element.ts";
import { dropBinary } from "./source.ts";

/** Stands for a text of which nothing is left, where Fountain has no way to write an empty element. */
const PLACEHOLDER = "—";
const PAGE_BREAK = "===";

const trimEndOf = (text: string, dropped: string): string => {
  let end = text.trimEnd().length;
  while (end > 0 && dropped.includes(text.charAt(end - 1))) end = text.slice(0, end - 1).trimEnd().length;
  return text.slice(0, end);
};

const trimStartOf = (text: string, dropped: string): string => {
  let start = 0;
  while (start < text.length && (dropped.includes(text.charAt(start)) || text.charAt(start).trim() === "")) start += 1;
  return text.slice(start);
};

const trimmedLines = (text: string): string[] => text.split("\n").map((line) => line.trim());

/** The lines of a text that are not blank, joined by spaces. */
export const oneLine = (text: string): string =>
  trimmedLines(text)
    .filter((line) => line !== "")
    .join(" ");

const withoutBlankLines = (text: string): string =>
  trimmedLines(text)
    .filter((line) => line !== "")
    .join("\n");

const withoutOuterBlankLines = (lines: readonly string[]): string => {
  const first = lines.findIndex((line) => line !== "");
  const last = lines.findLastIndex((line) => line !== "");
  return lines.slice(Math.max(first, 0), last + 1).join("\n");
};

const section = (text: string): string => oneLine(text);
/** A forced cue takes any name but one that ends in the mark of dual dialogue. */
const cue = (text: string): string => trimEndOf(oneLine(text), "^") || PLACEHOLDER;

const CLEANERS = {
  "section-1": section,
  "section-2": section,
  "section-3": section,
  "section-4": section,
  "section-5": section,
  "section-6": section,
  /** Two leading periods are an ellipsis, not a forced heading. */
  "scene-heading": (text) => trimStartOf(oneLine(text), ".") || PLACEHOLDER,
  character: cue,
  "dual-character": cue,
  dialogue: (text) => withoutOuterBlankLines(trimmedLines(text)) || PLACEHOLDER,
  /** Indentation counts in action, and only there. */
  action: (text) => withoutOuterBlankLines(text.split("\n").map((line) => line.trimEnd())),
  centered: withoutBlankLines,
  /** `> text <` is centered. */
  transition: (text) => trimEndOf(oneLine(text), "<") || PLACEHOLDER,
  lyrics: (text) => withoutBlankLines(text) || PLACEHOLDER,
  synopsis: oneLine,
  note: (text) =>
    withoutOuterBlankLines(trimmedLines(text.replace(/\[(?=\[)/g, "[ ").replace(/\](?=\])/g, "] "))) || PLACEHOLDER,
  "page-break": () => PAGE_BREAK,
} as const satisfies Record<Markup, (text: string) => string>;

/**
 * The text that an element of this kind gets when it is given `text`: the same, less what Fountain cannot express there.
 * Never fails, and changes nothing that it has returned once. Control characters go; cues, headings, sections, synopses
 * and transitions become one line; blank lines stay in action, dialogue and notes; a page break is always `===`. What may
 * not be empty and would be becomes a dash.
 */
export const normaliseText = (markup: Markup, text: string): string => CLEANERS[markup](dropBinary(text));
