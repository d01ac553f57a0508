import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { growsLinearly } from "../../../../../tests/growth.ts";
import { isForcedCue, isPlainCue } from "./cue.ts";
import { MARKUPS } from "./element.ts";
import { plainText } from "./emphasis.ts";
import { isNote, markupOfLine } from "./line.ts";
import { readParagraph } from "./paragraph.ts";
import { parseScreenplay } from "./parse.ts";
import { renderScreenplay } from "./render.ts";
import { dropBinary, escapeBoneyard, readSource, stripBoneyard, unescapeBoneyard } from "./source.ts";
import { normaliseText } from "./text.ts";
import { replaceTitle, splitTitlePage, titleOf } from "./title-page.ts";

/** All sections are written and normalised by the same functions. */
const DISTINCT_MARKUPS = MARKUPS.filter((markup) => !/^section-[2-6]$/.test(markup));

/** Everything that reads or writes a stranger's text. */
const READERS: Record<string, (text: string) => unknown> = {
  markupOfLine,
  isNote,
  isForcedCue,
  isPlainCue,
  plainText,
  readSource,
  dropBinary,
  stripBoneyard,
  escapeBoneyard,
  unescapeBoneyard,
  splitTitlePage,
  titleOf,
  replaceTitle: (text) => replaceTitle("Title: X\nAuthor: Y", text),
  replaceTitleOf: (text) => replaceTitle(`Author: X\n${text}`, "Y"),
  readParagraph: (text) => [...readParagraph(text.split("\n").map((line) => line.trimEnd()))],
  parseScreenplay,
  renderScreenplay: (text) => {
    const elements = DISTINCT_MARKUPS.map((markup) => ({ elementType: "action", markup, text }) as const);
    return renderScreenplay({ titlePage: "", elements });
  },
  ...Object.fromEntries(
    MARKUPS.map((markup) => [`normalise ${markup}`, (text: string) => normaliseText(markup, text)]),
  ),
};

/** All that some rule looks for, and what it may take for space, letter or mark. */
const TOKENS = [
  ...[">", "<", "> <", " ", "  ", "\t", "\u00a0", "\u3000", "\uFEFF", "\n", "\n  \n", "\n\n", "\r", "\r\n", "\u2028"],
  ...["*", "**", "***", "_", "*_", "**_*", "\\", "\\*", "[", "]", "[[", "]]", "[[x]]", "/*", "*/", "/*/", "/\\*", "/"],
  ...["(", ")", "(a)", "^", " ^", "@", "#", "=", "===", "~", "~a", ".", "..", "!", "! ", ":", "TO:", " TO:", "OUT."],
  ...[
    "INT.",
    "INT. ",
    "I/E",
    "EXT ",
    "FADE ",
    "BLACK.",
    "Title:",
    "Title: x\n",
    "Foo: x\n",
    "   x\n",
    "\tx\n",
    "authors",
  ],
  ...["a", "A", "ß", "é", "Ж", "李", "0", "12", "e\u0301", "\u0301", "🎬", "\ud83c", "\u0000", "\ufffd", "x", "A "],
];

const token = fc.constantFrom(...TOKENS);
/** A few tokens over and over, between a beginning that lets a rule set out and an end that may turn it back. */
const grown = fc.record({
  start: fc.array(token, { maxLength: 2 }).map((tokens) => tokens.join("")),
  repeated: fc.array(token, { minLength: 1, maxLength: 3 }).map((tokens) => tokens.join("")),
  end: fc.array(token, { maxLength: 2 }).map((tokens) => tokens.join("")),
});
type Grown = typeof grown extends fc.Arbitrary<infer T> ? T : never;

const textOf = ({ start, repeated, end }: Grown, size: number): string => start + repeated.repeat(size) + end;

/** What has made readers of screenplays hang. */
const FOUND: readonly [Grown][] = [
  [{ start: ">", repeated: "> <", end: "x" }],
  [{ start: "", repeated: "**_*", end: "" }],
  [{ start: "", repeated: "[[", end: "x" }],
  [{ start: "", repeated: "/*", end: "x" }],
  [{ start: "", repeated: "/**/", end: "x" }],
  [{ start: "x", repeated: " ", end: "x" }],
  [{ start: "A", repeated: " (a)", end: "x" }],
  [{ start: "", repeated: " ^", end: "" }],
  [{ start: "", repeated: "A", end: " TO: x" }],
  [{ start: "Title:", repeated: "\n   x", end: "\n\nx" }],
];

describe("the time taken grows no faster than the text, whatever it repeats", () => {
  it.each(Object.entries(READERS))("%s", (_, read) => {
    fc.assert(
      fc.property(grown, (given) => {
        const isLinear = growsLinearly((size) => {
          const text = textOf(given, size);
          return () => read(text);
        });
        expect(isLinear).toBe(true);
      }),
      { numRuns: 20, examples: [...FOUND], endOnFailure: true },
    );
  });
});
