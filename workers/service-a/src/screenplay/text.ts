/** Which texts each kind of element can have, so that writing it as Fountain and reading it again gives the same text. */
import type { Steps } from "#shared/lang/steps.ts";
import { escapeBoneyard } from "./boneyard.ts";
import type { Markup } from "./element.ts";
import { isSpace, joined, linesIn, rewrite } from "./lines.ts";
import { storable } from "./source.ts";

/** Stands for a text of which nothing is left, where Fountain has no way to write an empty element. */
const PLACEHOLDER = "—";
const PAGE_BREAK = "===";

const trimEndOf = (text: string, dropped: string): string => {
  let end = text.length;
  while (end > 0 && (text[end - 1] === dropped || isSpace(text.charCodeAt(end - 1)))) end -= 1;
  return text.slice(0, end);
};

const trimStartOf = (text: string, dropped: string): string => {
  let start = 0;
  while (start < text.length && (text[start] === dropped || isSpace(text.charCodeAt(start)))) start += 1;
  return text.slice(start);
};

const trim = (line: string): string => line.trim();

function* filledLines(text: string, separator: string): Steps<string> {
  const lines = yield* linesIn(text, trim);
  return yield* joined(
    lines.filter((line) => line !== ""),
    separator,
  );
}

/** The lines of a text that are not blank, joined by spaces. */
export const oneLine = (text: string): Steps<string> => filledLines(text, " ");

const withoutBlankLines = (text: string): Steps<string> => filledLines(text, "\n");

function* withoutOuterBlankLines(text: string, change: (line: string) => string): Steps<string> {
  const lines = yield* linesIn(text, change);
  const first = lines.findIndex((line) => line !== "");
  return yield* joined(lines, "\n", Math.max(first, 0), lines.findLastIndex((line) => line !== "") + 1);
}

/** A forced cue takes any name but one that ends in the mark of dual dialogue. */
function* cue(text: string): Steps<string> {
  return trimEndOf(yield* oneLine(text), "^") || PLACEHOLDER;
}

/** No brackets that would open or close another note. */
function* note(text: string): Steps<string> {
  const apart = yield* rewrite(text, (_, at) => {
    const character = text[at];
    const isDoubled = (character === "[" || character === "]") && text[at + 1] === character;
    return isDoubled ? { start: at + 1, end: at + 1, replacement: " " } : undefined;
  });
  return (yield* withoutOuterBlankLines(apart, trim)) || PLACEHOLDER;
}

const CLEANERS = {
  "section-1": oneLine,
  "section-2": oneLine,
  "section-3": oneLine,
  "section-4": oneLine,
  "section-5": oneLine,
  "section-6": oneLine,
  /** Two leading periods are an ellipsis, not a forced heading. */
  "scene-heading": function* (text) {
    return trimStartOf(yield* oneLine(text), ".") || PLACEHOLDER;
  },
  character: cue,
  "dual-character": cue,
  dialogue: function* (text) {
    return (yield* withoutOuterBlankLines(text, trim)) || PLACEHOLDER;
  },
  /** Indentation counts in action, and only there. */
  action: (text) => withoutOuterBlankLines(text, (line) => line.trimEnd()),
  centered: withoutBlankLines,
  /** `> text <` is centered. */
  transition: function* (text) {
    return trimEndOf(yield* oneLine(text), "<") || PLACEHOLDER;
  },
  lyrics: function* (text) {
    return (yield* withoutBlankLines(text)) || PLACEHOLDER;
  },
  synopsis: oneLine,
  note,
  // biome-ignore lint/correctness/useYield: there is nothing to do
  "page-break": function* () {
    return PAGE_BREAK;
  },
} as const satisfies Record<Markup, (text: string) => Steps<string>>;

/** The text of an element of this kind, as its lines between the marks have it. Changes nothing that it has returned once. */
export const cleanText = (markup: Markup, text: string): Steps<string> => CLEANERS[markup](text);

/**
 * The text that an element of this kind gets when it is given `text`: the same, less what Fountain cannot express there.
 * Never fails, and changes nothing that it has returned once. Cues, headings, sections, synopses and transitions become one
 * line; blank lines stay in action, dialogue and notes; a page break is always `===`; no boneyard opens. What may not be
 * empty and would be becomes a dash.
 */
export function* normaliseText(markup: Markup, text: string): Steps<string> {
  return yield* cleanText(markup, yield* escapeBoneyard(yield* storable(text)));
}
