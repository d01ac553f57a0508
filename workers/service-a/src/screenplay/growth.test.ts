import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atOnce, type Steps } from "#shared/lang/steps.ts";
import { growsLinearly } from "../../../../tests/support/growth.ts";
import { unwritten } from "../../../../tests/support/screenplay.ts";
import { boneyardsIn, closeBoneyard, escapeBoneyard, flattenBoneyard, stripBoneyard } from "./boneyard.ts";
import { isForcedCue, isPlainCue } from "./cue.ts";
import { MARKUPS, MAX_TEXT_LENGTH } from "./element.ts";
import { plainText } from "./emphasis.ts";
import { isNote, markupOfLine } from "./line.ts";
import { readParagraph } from "./paragraph.ts";
import { parseInSteps } from "./parse.ts";
import { isPlainHeading, isPlainName, isPlainTransition, looksLikeCue, needsForce } from "./plain.ts";
import { type Manuscript, renderInSteps } from "./render.ts";
import { asLines, readSource, storable } from "./source.ts";
import { normaliseText } from "./text.ts";
import { replaceTitle, titleOf, titlePageEnd } from "./title-page.ts";

/** All sections are written and normalised by the same functions. */
const DISTINCT_MARKUPS = MARKUPS.filter((markup) => !/^section-[2-6]$/.test(markup));

/** An author's text that gets another one. */
const rewritten = (source: string): Manuscript => {
  const parts = DISTINCT_MARKUPS.map((markup) => ({ markup, text: "x", lead: source, source, isInPlace: false }));
  return { titlePage: "", firstTitlePage: source, parts, tail: source, isTailInPlace: false };
};

/** Everything that reads or writes a stranger's text: of a line at once, of a text in steps. */
const LINE_READERS: Record<string, (line: string) => unknown> = {
  markupOfLine,
  isNote,
  isForcedCue,
  isPlainCue,
  isPlainHeading,
  isPlainName,
  isPlainTransition,
  needsForce,
  looksLikeCue: (line) => looksLikeCue(line, false),
  plainText,
};
const READERS: Record<string, (text: string) => Steps<unknown>> = {
  readSource,
  storable,
  stripBoneyard,
  escapeBoneyard,
  boneyardsIn,
  closeBoneyard,
  flattenBoneyard,
  asLines,
  titlePageEnd,
  titleOf,
  replaceTitle: (text) => replaceTitle("Title: X\nAuthor: Y", text),
  replaceTitleOf: (text) => replaceTitle(`Author: X\n${text}`, "Y"),
  readParagraph: (text) => readParagraph(text.split("\n").map((line) => line.trimEnd())),
  parseInSteps,
  renderInSteps: (text) => {
    const elements = DISTINCT_MARKUPS.map((markup) => ({ elementType: "action", markup, text }) as const);
    return renderInSteps(unwritten({ titlePage: "", elements }));
  },
  renderRewritten: (text) => renderInSteps(rewritten(text)),
  ...Object.fromEntries(
    MARKUPS.map((markup) => [`normalise ${markup}`, (text: string) => normaliseText(markup, text)]),
  ),
};
const ALL: [string, (text: string) => unknown][] = [
  ...Object.entries(LINE_READERS),
  ...Object.entries(READERS).map(([name, read]): [string, (text: string) => unknown] => [
    name,
    (text) => atOnce(read(text)),
  ]),
];

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
  it.each(ALL)("%s", (_, read) => {
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

/** Longer than any step takes, and far shorter than any of these texts takes as a whole. */
const LONG_STEP_MS = 25;
const ATTEMPTS = 3;

/** In processor time of this thread. */
const longestStep = (work: Steps<unknown>): number => {
  let longestMs = 0;
  for (let isDone = false; !isDone; ) {
    const before = process.threadCpuUsage();
    isDone = work.next().done === true;
    const { user, system } = process.threadCpuUsage(before);
    longestMs = Math.max(longestMs, (user + system) / 1_000);
  }
  return longestMs;
};

/** The collector of garbage may have had its part in one attempt, and hardly in all of them. */
const isSteady = (work: () => Steps<unknown>): boolean =>
  Array.from({ length: ATTEMPTS }).some(() => longestStep(work()) < LONG_STEP_MS);

describe("no step is long, whatever a text of the largest size repeats", () => {
  it.each(["\n", "\r", "#\n", "[[\n", "/*", "^ ", " ", "**_*\n\n"])("%j", (repeated) => {
    const text = repeated.repeat(Math.floor((MAX_TEXT_LENGTH - 1) / repeated.length));
    expect(isSteady(() => parseInSteps(`x${text}`))).toBe(true);
    for (const markup of ["action", "note", "centered", "character"] as const) {
      const elements = [{ elementType: "action", markup, text }] as const;
      expect(
        isSteady(() => renderInSteps(unwritten({ titlePage: "", elements }))),
        markup,
      ).toBe(true);
    }
  });
});
