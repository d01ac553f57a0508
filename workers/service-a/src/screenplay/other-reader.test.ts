/** Our recognisers beside those of fountain-js, a reader that others use, and where and why the two differ. */

import fc from "fast-check";
import { Fountain, Lexer } from "fountain-js";
import { describe, expect, it } from "vitest";
import { atOnce } from "#shared/lang/steps.ts";
import { titlePageEnd } from "../../../../tests/support/screenplay.ts";
import { stripBoneyard } from "./boneyard.ts";
import { isForcedCue, isPlainCue } from "./cue.ts";
import { plainText } from "./emphasis.ts";
import { markupOfLine } from "./line.ts";

/** Short, since some of the other reader's rules take exponential time. */
const MAX_PIECES = 5;
const PIECES = [
  ...["INT.", "ext. ", "I/E ", "INT./EXT", "EST ", ".", "..", "*", "**", "_", "#", "##", "=", "===", "~", "[[", "]]"],
  ...[">", "<", " ", "\t", "!", "@", "^", "(V.O.)", "(", ")", "TO:", " TO:", "CUT", "FADE OUT.", "FADE TO BLACK."],
  ...["BOB", "Bob", "23", "-", "'", "a", "É", "李", "\\", ":", "/", "BLACK.", "OUT."],
];
const line = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: MAX_PIECES }).map((all) => all.join(""));

const otherMarkup = (given: string): string => {
  const [token] = Lexer.tokenizeScript(given);
  if (token?.type === "section") return `section-${Math.min(token.depth ?? 1, 6)}`;
  return token?.type.replace("_", "-") ?? "action";
};

describe("a line by itself", () => {
  /** Lines that the two read in different ways. */
  const DIFFERENCES: readonly (readonly [RegExp, why: string])[] = [
    [/^[!@~#=[].*\sTO:$/, "a mark says what a line is, whatever it ends in"],
    [/^><$/, "nothing may be centered"],
    [/\t/, "a tab is a space like any other"],
    [/^(?!>).*\p{Ll}.* TO:$/u, "a transition is uppercase"],
    [/^~(?: |$)/, "a lyric may have a space after its tilde"],
  ];

  it("is of the kind that the other reader sees", () => {
    fc.assert(
      fc.property(line, (given) => {
        const trimmed = given.trim();
        fc.pre(trimmed !== "" && !DIFFERENCES.some(([pattern]) => pattern.test(trimmed)));
        expect(markupOfLine(given)).toBe(otherMarkup(trimmed));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ["# GOING TO:", "section-1", "transition"],
    ["[[ TO:", "action", "transition"],
    ["><", "centered", "transition"],
    ["from here TO:", "action", "transition"],
    ["~ La la", "lyrics", "action"],
    ["INT\tHOUSE", "scene-heading", "action"],
    ["FADE  OUT.", "transition", "action"],
  ])("%j is %s, and %s there", (given, ours, theirs) => {
    expect(markupOfLine(given)).toBe(ours);
    expect(otherMarkup(given)).toBe(theirs);
  });
});

describe("a cue", () => {
  const isOtherCue = (given: string): boolean =>
    Lexer.tokenizeScript(`${given}\nx`).some(({ type }) => type === "character");
  const DIFFERENCES: readonly (readonly [RegExp, why: string])[] = [
    [/\t/, "a tab is a space like any other"],
    [/\[\[.*\]\]/, "an inline note is no part of the name"],
    [/^[^(]*É[^(]*$|^[^A-ZÉ]*(?:\(|$)/, "a name has a capital, of whatever alphabet, and no letters without case only"],
    [/李/, "most letters of a name have case"],
    [/(?:BLACK|OUT)\. /, "an extension makes no name of a transition"],
  ];

  it("is what the other reader takes for one", () => {
    fc.assert(
      fc.property(line, (given) => {
        const trimmed = given.trim();
        fc.pre(trimmed !== "" && markupOfLine(trimmed) === "action" && !trimmed.startsWith("@"));
        fc.pre(!DIFFERENCES.some(([pattern]) => pattern.test(trimmed)));
        expect(isPlainCue(trimmed)).toBe(isOtherCue(trimmed));
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ["BOB [[our hero]]", true],
    ["---", false],
    ["привет", false],
    ["李雷", false],
    ["他看TV。", false],
    ["IBM的CEO来了。", false],
    ["FADE OUT. (slowly)", false],
    ["BOB (V.O.)\t^", true],
  ])("%j: %s, and the other reader says the opposite", (given, ours) => {
    expect(isPlainCue(given)).toBe(ours);
    expect(isOtherCue(given)).toBe(!ours);
  });

  it("may be any name that is forced, also one that the other reader refuses", () => {
    expect([isForcedCue("@Bob (x) y"), isOtherCue("@Bob (x) y")]).toEqual([true, false]);
  });
});

describe("boneyard", () => {
  it("goes as it does with the other reader", () => {
    const pieces = fc.constantFrom("/*", "*/", "/", "*", " ", "\n", "\n\n", "a", "/*/", "\t");
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (all) => {
        const text = all.join("");
        const other = text.replace(/\/\*[\S\s]*?\*\//g, (boneyard) => Lexer.boneyardStripper(boneyard));
        expect(atOnce(stripBoneyard(text))).toBe(other);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("a title", () => {
  const otherTitle = (text: string): string => new Fountain().parse(`Title: ${text}`).title;

  it.each([
    "BRICK & STEEL",
    "_**BRICK & STEEL**_",
    '*Love* <3 & "more"',
    "***all** three*",
    "snake_case_name",
    "2 * 3 * 4",
    "\\*not\\* this",
    "_a *b* c_ d",
    "*open",
    "A [[secret]] title",
  ])("is %j in the same words", (text) => {
    expect(plainText(text)).toBe(otherTitle(text));
  });

  it("keeps a run of underscores, which is a blank to fill in", () => {
    expect(plainText("__blank__")).toBe("__blank__");
    expect(otherTitle("__blank__")).toBe("_blank_");
  });

  it("keeps what only looks like boneyard, which is gone before titles are read", () => {
    expect(plainText("a /* b */ c")).toBe("a /* b */ c");
    expect(otherTitle("a /* b */ c")).toBe("a  c");
  });

  it("may be indented by several tabs on the line after its key", () => {
    expect(titlePageEnd("Title:\n\t\tX\n\nx")).toBe("Title:\n\t\tX".length);
    expect(new Fountain().parse("Title:\n\t\tX\n\nx").title).toBe("");
  });
});
