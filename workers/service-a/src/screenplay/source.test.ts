import { describe, expect, it } from "vitest";
import { contentOf, kindsOf as kinds, parseScreenplay, readScreenplay } from "../../../../tests/support/screenplay.ts";
import { MAX_TEXT_LENGTH } from "./element.ts";
import { MAX_LEAD_LENGTH, MAX_SCREENPLAY_ELEMENTS, MAX_SCREENPLAY_LINES } from "./parse.ts";

const read = (text: string) => contentOf(readScreenplay(text));

describe("the text", () => {
  it("reads the same with any line end and byte order mark", () => {
    const lines = ["Title: X", "", "INT. HOUSE", "", "BOB", "Hi.", "  ", "Ho."];
    const expected = read(lines.join("\n"));
    expect(expected.elements).toHaveLength(3);
    for (const end of ["\r\n", "\r", "\u2028", "\u0085", "\v", "\f"])
      expect(read(`\uFEFF${lines.join(end)}`)).toEqual(expected);
  });

  it("drops boneyard, in a line and over many", () => {
    expect(kinds("A /* hidden */ line.\n\n/*\nINT. CUT - DAY\n\nBOB\nGone.\n*/\n\nAnother.")).toEqual([
      ["action", "A  line."],
      ["action", "Another."],
    ]);
  });

  it("takes a boneyard that is never closed for text, and one that is escaped", () => {
    expect(kinds("A /* line")).toEqual([["action", "A /* line"]]);
    expect(kinds("A /\\* line */")).toEqual([["action", "A /\\* line */"]]);
  });

  it("is refused for a NUL, whose line is named", () => {
    expect(parseScreenplay("a\r\nb\rc\nd\u0000\u0000")).toEqual({ ok: false, error: { kind: "nul", line: 4 } });
  });

  it.each(["\u0007", "\u001a", "\u001b", "\u001f", "\u007f", "\u0090", "\ufffd"])(
    "keeps the odd character %j",
    (character) => {
      expect(kinds(`He ${character} goes.`)).toEqual([["action", `He ${character} goes.`]]);
    },
  );

  it.each(["", " \n\t\n  \n", "\uFEFF", "/* all cut */", "Title: Only a title page"])(
    "is refused as empty: %j",
    (text) => {
      expect(parseScreenplay(text)).toEqual({ ok: false, error: { kind: "empty" } });
    },
  );

  it("is refused beyond the limit of elements, and not at it", () => {
    const paragraphs = (count: number): string => "He waits.\n\n".repeat(count);
    expect(read(paragraphs(MAX_SCREENPLAY_ELEMENTS)).elements).toHaveLength(MAX_SCREENPLAY_ELEMENTS);
    expect(parseScreenplay(paragraphs(MAX_SCREENPLAY_ELEMENTS + 1))).toEqual({
      ok: false,
      error: { kind: "too-many-elements" },
    });
  });

  it("is refused beyond the limit of lines, however few its elements", () => {
    expect(read("a\n".repeat(MAX_SCREENPLAY_LINES)).elements).toHaveLength(1);
    expect(parseScreenplay("a\n".repeat(MAX_SCREENPLAY_LINES + 1))).toEqual({
      ok: false,
      error: { kind: "too-many-lines" },
    });
  });

  it("is refused with boneyard that is too long, and keeps no more blank lines than that between two elements", () => {
    const tooLong = (line: number) => ({ ok: false, error: { kind: "element-too-long", line } });
    expect(parseScreenplay(`One.\n\n/*${"x".repeat(MAX_LEAD_LENGTH)}*/\n\nTwo.`)).toEqual(tooLong(5));
    expect(parseScreenplay(`One.\n\n/*${"x".repeat(MAX_LEAD_LENGTH)}*/\n`)).toEqual(tooLong(1));
    const { elements, tail } = readScreenplay(
      `One.${"\n".repeat(2 * MAX_LEAD_LENGTH)}Two.${"\n".repeat(2 * MAX_LEAD_LENGTH)}`,
    );
    expect([elements[1]?.lead.length, tail.length]).toEqual([MAX_LEAD_LENGTH, MAX_LEAD_LENGTH]);
  });

  it("is refused with a line, an element or a title page that is too long, and the line where it begins", () => {
    const long = "x".repeat(MAX_TEXT_LENGTH);
    expect(parseScreenplay(`One.\r\n\r\nTwo${long}`)).toEqual({
      ok: false,
      error: { kind: "element-too-long", line: 3 },
    });
    const lines = "x\n".repeat(MAX_SCREENPLAY_LINES / 2);
    const wide = lines.replaceAll("x", "x".repeat(12));
    expect(parseScreenplay(`One.\n\n${wide}`)).toEqual({ ok: false, error: { kind: "element-too-long", line: 3 } });
    expect(parseScreenplay(`Title: ${long}\n\nOne.`)).toEqual({ ok: false, error: { kind: "title-page-too-long" } });
  });
});

describe("an element", () => {
  it("is kept as it was written, with what stands before it", () => {
    const source =
      "\uFEFF\r\n/* a */ !BOB\r\n\r\n/* b\r\n*/\r\nANN /* c */ ^\r\n/* d */Hi. \r\n\r\n> END. /* e */\r\n\r\n";
    const { elements, tail } = readScreenplay(source);
    expect(elements.map((element) => [element.lead, element.source, element.text])).toEqual([
      ["\n/* a */", " !BOB", " BOB"],
      ["\n\n/* b\n*/\n", "ANN /* c */ ^", "ANN"],
      ["\n/* d */", "Hi. ", "Hi."],
      ["\n\n", "> END. /* e */", "END."],
    ]);
    expect(tail).toBe("\n\n");
  });
});
