import { describe, expect, it } from "vitest";
import { normaliseText, parseScreenplay, renderScreenplay } from "../../../../tests/support/screenplay.ts";
import { countElements, elementTypeOf, groupBySection, type Markup, type ScreenplayElement } from "./element.ts";

const element = (markup: Markup, text: string): ScreenplayElement => ({
  elementType: elementTypeOf(markup),
  markup,
  text,
});

const write = (...elements: readonly ScreenplayElement[]): string => renderScreenplay({ titlePage: "", elements });

const read = (text: string) => {
  const result = parseScreenplay(text);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value;
};

const CUE = element("character", "BOB");

describe("writing a screenplay", () => {
  it("gives a plain screenplay back letter for letter", () => {
    const text = `Title: X\nAuthor: Y

INT. HOUSE - DAY

Bob enters.

BOB
(softly)
Hello.
  
Bye.

EVE ^
Ho.

CUT TO:

> THE END <

~la la

[[note]]

===
`;
    expect(renderScreenplay(read(text))).toBe(text);
  });

  it.each<readonly [Markup, string, string]>([
    ["action", "INT. HOUSE - DAY", "!INT. HOUSE - DAY"],
    ["action", "BOB\nwalks", "!BOB\nwalks"],
    ["action", "BOB", "BOB"],
    ["action", "  CUT TO:", "  !CUT TO:"],
    ["action", "one\n\n# two", "one\n!\n!# two"],
    ["action", "[[note]]", "![[note]]"],
    ["action", "@Bob\nhi", "!@Bob\nhi"],
    ["action", "", "!"],
    ["action", "a /* b */", "a /\\* b */"],
    ["action", "Title: X", "!Title: X"],
    ["scene-heading", "HOUSE", ".HOUSE"],
    ["transition", "Burn", "> Burn"],
    ["synopsis", "GOING TO:", "= GOING TO:"],
    ["section-2", "#1 CUT TO:", "## #1 CUT TO:"],
    ["note", "[x]", "[[ [x] ]]"],
    ["lyrics", "~\n@", "~~\n~@"],
  ])("keeps %s %j by its mark", (markup, text, expected) => {
    expect(write(element(markup, text))).toBe(`${expected}\n`);
    expect(read(write(element(markup, text))).elements).toEqual([element(markup, text)]);
  });

  it.each([
    ["Bob", "@Bob"],
    ["INT. HOUSE", "@INT. HOUSE"],
    ["NOTES: X", "@NOTES: X"],
    ["@", "@@"],
    ["Bob (x) y", "@Bob (x) y"],
  ])("keeps the cue %j by its mark", (name, expected) => {
    const elements = [element("character", name), element("dialogue", "Hi.")];
    expect(write(...elements)).toBe(`${expected}\nHi.\n`);
    expect(read(write(...elements)).elements).toEqual(elements);
  });

  it("keeps dialogue with blank lines in one block", () => {
    const elements = [CUE, element("dialogue", "One.\n\n\nINT. HOUSE\n\n@EVE\nTwo.")];
    expect(read(write(...elements)).elements).toEqual(elements);
  });

  it("takes no element for a title page, also when sections change places", () => {
    const { titlePage, elements } = read("INT. HOUSE\n\nFirst.\n\n# Two\n\n.NEXT");
    const [first, second, third] = groupBySection([element("action", "Title: X"), ...elements]);
    const moved = [second, first, third].flatMap((group) => group?.elements ?? []);
    expect(read(renderScreenplay({ titlePage, elements: moved }))).toEqual({
      title: "",
      titlePage: "",
      elements: moved,
    });
    const back = [element("action", "Title: X"), ...elements];
    expect(read(write(...back)).elements).toEqual(back);
  });

  it("keeps the words of half a dialogue block as action", () => {
    expect(read(write(CUE, element("action", "x"), element("dialogue", "Hi."))).elements).toEqual([
      element("action", "BOB"),
      element("action", "x"),
      element("action", "Hi."),
    ]);
  });
});

describe("a new text", () => {
  it.each<readonly [Markup, string, string]>([
    ["character", " Bob\nthe  second ^^ ", "Bob the  second"],
    ["character", "^", "—"],
    ["scene-heading", "...", "—"],
    ["scene-heading", "..HOUSE\r\nDAY", "HOUSE DAY"],
    ["transition", "to < <", "to"],
    ["dialogue", "\n  one \n \n two\n\n", "one\n\ntwo"],
    ["dialogue", " \n", "—"],
    ["action", "\n\n  one  \n\n\ttwo\n", "  one\n\n\ttwo"],
    ["action", "a\u0000b\ud800c\u001bd\u2028e", "ab\ufffdc\u001bd\ne"],
    ["note", "a]]]b[[c", "a] ] ]b[ [c"],
    ["lyrics", "a\n\n b", "a\nb"],
    ["page-break", "anything", "==="],
    ["section-1", " Act\nOne ", "Act One"],
  ])("of %s %j becomes what Fountain can say", (markup, text, expected) => {
    expect(normaliseText(markup, text)).toBe(expected);
  });
});

describe("elements", () => {
  it("are counted by type", () => {
    expect(countElements(read("# A\n\nINT. B\n\nBOB\nHi.\n\nHe goes.\n\n===").elements)).toEqual({
      section: 2,
      character: 1,
      action: 2,
      spokenWord: 1,
    });
  });

  it("are grouped by section, those before the first without one", () => {
    const { elements } = read("Lead.\n\n# Act\n\nINT. B\n\nHe goes.");
    expect(groupBySection(elements).map(({ section, elements: members }) => [section?.text, members.length])).toEqual([
      [undefined, 1],
      ["Act", 1],
      ["INT. B", 2],
    ]);
    expect(groupBySection(elements).flatMap((group) => group.elements)).toEqual(elements);
    expect(groupBySection([])).toEqual([]);
  });
});
