import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseText, parseScreenplay, renderScreenplay } from "../../../../tests/support/screenplay.ts";
import { groupBySection, MARKUPS, type Screenplay } from "./element.ts";

const FRAGMENTS = [
  "INT. HOUSE - DAY",
  "ext. garden",
  "I/E CAR #12A#",
  "INT.",
  ".FORCED",
  ".",
  "..",
  "...well",
  ". x",
  "BOB",
  "ÉMILE",
  "BOB (V.O.)",
  "BOB ^",
  "ANNA (on the radio) ^",
  "@McAvoy",
  "@",
  "@^",
  "@Bob (x) y",
  "@GO TO:",
  "23",
  "---",
  "He walks.",
  "привет",
  "GROßVATER",
  "你好",
  "THE END",
  "BOB [[note]]",
  "(quietly)",
  "(",
  ")",
  "(a) b (c)",
  "~la la",
  "~",
  "~ no",
  "~~",
  "# Act",
  "#",
  "####### deep",
  "#1#",
  "= synopsis",
  "=",
  "==",
  "===",
  "=====",
  "=== x",
  "> CUT TO BLACK",
  ">",
  "><",
  "> <",
  "> a < b <",
  "> centered <",
  ">> <<",
  "CUT TO:",
  "FADE OUT.",
  "to TO:",
  "!",
  "!INT. X",
  "!!x",
  "! x",
  "!CUT TO:",
  "[[",
  "]]",
  "[[note]]",
  "[[ [x] ]]",
  "[[]]",
  "[[a]] [[b]]",
  "[[FOO",
  "bar]] x",
  "]] [[",
  "/*",
  "*/",
  "/\\*",
  "/*/",
  "/",
  "*",
  "\\",
  "\\#",
  "Title: X",
  "Title:",
  "TITLE:",
  "Author: me",
  "Foo: bar",
  "NOTES:",
  "Contact:",
  "    indented",
  "\tTAB",
  "\t",
  "  ",
  "   ",
  " ",
  "",
  "",
  "",
  "*emph* _under_",
  "^",
  "\uFEFF",
  "\u00a0",
  "a\u2028b",
  "x\u0085y",
  "\f",
  "🎬 ÉCRAN",
  "x".repeat(300),
  "A".repeat(300),
  `# ${"y".repeat(300)} TO:`,
] as const;

const fragment = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...FRAGMENTS) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
);
const line = fc
  .tuple(
    fc.constantFrom("", "", "", " ", "   ", "\t"),
    fc.array(fragment, { minLength: 1, maxLength: 2 }),
    fc.constantFrom("", "", " ", "\t"),
  )
  .map(([indent, fragments, end]) => indent + fragments.join("") + end);
const text = fc
  .array(fc.tuple(line, fc.constantFrom("\n", "\n", "\n\n", "\r\n", "\r", "\n  \n")), { maxLength: 14 })
  .map((lines) => lines.flat().join(""));
/** Whatever a client may send as a new version, broken surrogates and control characters included. */
const replacement = fc.oneof(
  text,
  fragment,
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "\ud800", "\u0000", "\ufffd", "\n\n"),
);

const screenplay = text
  .map(parseScreenplay)
  .filter((result) => result.ok)
  .map((result) => result.value);

const reparsed = (given: Screenplay): Screenplay => {
  const result = parseScreenplay(renderScreenplay(given));
  if (!result.ok) throw new Error(`does not read back: ${result.error.kind}`);
  return result.value;
};

const permuted = screenplay.chain((given) =>
  fc.tuple(
    fc.constant(given),
    fc.shuffledSubarray([...groupBySection(given.elements)], { minLength: groupBySection(given.elements).length }),
  ),
);

const revised = screenplay.chain((given) =>
  fc.tuple(
    fc.constant(given),
    fc.array(fc.option(replacement), { minLength: given.elements.length, maxLength: given.elements.length }),
  ),
);

const RUNS = { numRuns: 2_000 };

describe("a screenplay written as Fountain", () => {
  it("reads back as the same screenplay, whatever was read", () => {
    fc.assert(
      fc.property(screenplay, (given) => {
        expect(reparsed(given)).toEqual(given);
      }),
      RUNS,
    );
  });

  it("is written the same way again", () => {
    fc.assert(
      fc.property(screenplay, (given) => {
        const written = renderScreenplay(given);
        expect(renderScreenplay(reparsed(given))).toBe(written);
      }),
      RUNS,
    );
  });

  it("keeps every element when its section groups change places", () => {
    fc.assert(
      fc.property(permuted, ([given, groups]) => {
        const moved = { ...given, elements: groups.flatMap((group) => group.elements) };
        expect(reparsed(moved)).toEqual(moved);
      }),
      RUNS,
    );
  });

  it("keeps kind and number of elements when their texts are replaced by anything", () => {
    fc.assert(
      fc.property(revised, ([given, texts]) => {
        const elements = given.elements.map((element, at) => ({ ...element, text: texts[at] ?? element.text }));
        const expected = elements.map((element) => ({ ...element, text: normaliseText(element.markup, element.text) }));
        expect(reparsed({ ...given, elements }).elements).toEqual(expected);
      }),
      RUNS,
    );
  });
});

describe("a normalised text", () => {
  it("is not changed by normalising it again", () => {
    fc.assert(
      fc.property(fc.constantFrom(...MARKUPS), replacement, (markup, given) => {
        const idempotencyKey = normaliseText(markup, given);
        expect(normaliseText(markup, idempotencyKey)).toBe(idempotencyKey);
      }),
      RUNS,
    );
  });

  it("is what the parser gives for every element", () => {
    fc.assert(
      fc.property(screenplay, ({ elements }) => {
        for (const { markup, text } of elements) expect(normaliseText(markup, text)).toBe(text);
      }),
      RUNS,
    );
  });
});

describe("reading", () => {
  it("loses no visible letter", () => {
    const words = fc.array(fc.tuple(line, fc.constantFrom("\n", "\n\n", "\n  \n")), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(words, (lines) => {
        const source = lines.flat().join("").replaceAll("/*", "").replaceAll("*/", "");
        const result = parseScreenplay(source);
        if (!result.ok) return;
        const read = [result.value.titlePage, ...result.value.elements.map((element) => element.text)].join("");
        const letters = (given: string): string => given.replace(/[^\p{L}\p{N}]/gu, "");
        expect(letters(read)).toBe(letters(source));
      }),
      RUNS,
    );
  });
});
