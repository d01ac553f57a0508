import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cleanText,
  contentOf,
  exportScreenplay,
  normaliseText,
  parseScreenplay,
  readScreenplay,
  renderScreenplay,
} from "../../../../tests/support/screenplay.ts";
import { groupBySection, MARKUPS, type Markup, type Screenplay } from "./element.ts";

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

const source = text.filter((given) => parseScreenplay(given).ok);
const screenplay = source.map(readScreenplay);

/** The places of the elements, in an order of their section groups. */
const ordered = screenplay.chain((given) => {
  const groups = groupBySection(given.elements.map((element, at) => ({ ...element, at }))).map(({ elements }) =>
    elements.map(({ at }) => at),
  );
  const first = given.elements[0]?.elementType === "section" ? [] : groups.slice(0, 1);
  const others = groups.slice(first.length);
  return fc.tuple(
    fc.constant(given),
    fc.shuffledSubarray(others, { minLength: others.length }).map((moved) => [...first, ...moved].flat()),
  );
});

const revised = ordered.chain(([given, order]) =>
  fc.tuple(
    fc.constant(given),
    fc.constant(order),
    fc.array(fc.option(replacement, { freq: 2, nil: undefined }), {
      minLength: given.elements.length,
      maxLength: given.elements.length,
    }),
  ),
);

/** A caret in its new text makes a cue that of dual dialogue. */
const markupOf = (markup: Markup, given: string | undefined): Markup =>
  markup === "character" && given?.trimEnd().endsWith("^") ? "dual-character" : markup;

/** What never closes a boneyard may stand escaped in a screenplay that was changed. */
const unescaped = <Element extends { text: string }>(element: Element): Element => ({
  ...element,
  text: element.text.replaceAll("/\\*", "/*"),
});

const sourcesOf = (elements: Screenplay["elements"]): string[] =>
  elements.map((each) => each.source.replace("\uFEFF", ""));

/** An element with its new text, where it got one. */
const revision = ({ markup, text: before }: Screenplay["elements"][number], given: string | undefined) => ({
  markup: markupOf(markup, given),
  // Boneyard in a new text is read over, where it can be.
  text: given?.includes("/*") ? expect.any(String) : given === undefined ? before : normaliseText(markup, given),
});

const RUNS = { numRuns: 2_000 };

describe("an unchanged screenplay", () => {
  it("is exported as it was written, but for line ends and byte order mark", () => {
    fc.assert(
      fc.property(source, (given) => {
        expect(exportScreenplay(readScreenplay(given))).toBe(given.replaceAll(/\r\n?/g, "\n").replace(/^\uFEFF/, ""));
      }),
      RUNS,
    );
  });
});

describe("a screenplay that was changed", () => {
  it("keeps every element, and how it was written, when its section groups change places", () => {
    fc.assert(
      fc.property(ordered, ([given, order]) => {
        const elements = order.flatMap((at) => given.elements[at] ?? []);
        const exported = exportScreenplay(given, { order });
        const again = readScreenplay(exported);
        const said = ({ elements: each }: Pick<Screenplay, "elements">) =>
          contentOf({ title: "", elements: each.map(unescaped) });
        expect(said(again)).toEqual(said({ elements }));
        if (!exported.includes("\\*")) expect(sourcesOf(again.elements)).toEqual(sourcesOf(elements));
      }),
      RUNS,
    );
  });

  it("keeps kind and number of elements, and those with their first text, when others are replaced by anything", () => {
    fc.assert(
      fc.property(revised, ([given, order, texts]) => {
        const revisions = Object.fromEntries(
          texts.flatMap((each, at) => (each === undefined ? [] : [[at, each.replaceAll("/\\*", "")]])),
        );
        const again = readScreenplay(exportScreenplay(given, { order, texts: revisions }));
        const expected = order.flatMap((at) => {
          const element = given.elements[at];
          return element ? [revision(unescaped(element), texts[at]?.replaceAll("/\\*", ""))] : [];
        });
        expect(again.elements.map(({ markup, text: said }) => unescaped({ markup, text: said }))).toEqual(expected);
        expect(again.titlePage.replaceAll("/\\*", "/*")).toBe(given.titlePage.replaceAll("/\\*", "/*"));
      }),
      RUNS,
    );
  });
});

describe("a screenplay written by rule", () => {
  it("reads back as the same screenplay, whatever was read", () => {
    fc.assert(
      fc.property(screenplay, (given) => {
        const elements = given.elements.map((element) => ({
          ...element,
          text: normaliseText(element.markup, element.text),
        }));
        const again = readScreenplay(renderScreenplay({ ...given, elements }));
        expect(contentOf(again)).toEqual(contentOf({ ...given, elements }));
      }),
      RUNS,
    );
  });

  it("is written the same way again", () => {
    fc.assert(
      fc.property(screenplay, (given) => {
        const written = renderScreenplay(given);
        expect(renderScreenplay(readScreenplay(written))).toBe(written);
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
        for (const { markup, text: said } of elements) expect(cleanText(markup, said)).toBe(said);
      }),
      RUNS,
    );
  });
});
