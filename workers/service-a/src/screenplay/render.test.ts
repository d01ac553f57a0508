import { describe, expect, it } from "vitest";
import {
  contentOf,
  exportScreenplay,
  normaliseText,
  readScreenplay,
  renderScreenplay,
} from "../../../../tests/support/screenplay.ts";
import { countElements, elementTypeOf, groupBySection, type Markup, type ScreenplayElement } from "./element.ts";

const element = (markup: Markup, text: string): ScreenplayElement => ({
  elementType: elementTypeOf(markup),
  markup,
  text,
});

const write = (...elements: readonly ScreenplayElement[]): string => renderScreenplay({ titlePage: "", elements });

const read = (text: string) => contentOf(readScreenplay(text));

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
    expect(renderScreenplay(readScreenplay(text))).toBe(text);
  });

  it.each<readonly [Markup, string, string]>([
    ["action", "INT. HOUSE - DAY", "!INT. HOUSE - DAY"],
    ["action", "BOB\nwalks", "!BOB\nwalks"],
    ["action", "BOB", "!BOB"],
    ["action", "BOB (he is late)\ngoes.", "!BOB (he is late)\ngoes."],
    ["action", "他走进房间。", "!他走进房间。"],
    ["action", "Он идёт.", "Он идёт."],
    ["action", "Он идёт.\nОн садится.", "!Он идёт.\nОн садится."],
    ["action", "He reads FADE IN: aloud.", "!He reads FADE IN: aloud."],
    ["action", "He goes\nINT. HOUSE\n@home", "He goes\n!INT. HOUSE\n!@home"],
    ["action", "A [[note\n\n# of\n!three]] lines", "A [[note\n  \n# of\n!three]] lines"],
    ["action", "  CUT TO:", "  !CUT TO:"],
    ["action", "one\n\n# two", "one\n!\n!# two"],
    ["action", "[[note]]", "![[note]]"],
    ["action", "@Bob\nhi", "!@Bob\nhi"],
    ["action", "", "!"],
    ["action", "Title: X", "!Title: X"],
    ["scene-heading", "HOUSE", ".HOUSE"],
    ["scene-heading", "INT. HOUSE", "INT. HOUSE"],
    ["scene-heading", "I./E. HOUSE", ".I./E. HOUSE"],
    ["transition", "Burn", "> Burn"],
    ["transition", "FADE OUT.", "> FADE OUT."],
    ["transition", "SMASH CUT TO:", "SMASH CUT TO:"],
    ["transition", "ÜBERBLENDUNG TO:", "> ÜBERBLENDUNG TO:"],
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
    ["李雷", "@李雷"],
    ["ÉMILE", "@ÉMILE"],
    ["ANDRÉ (V.O.)", "ANDRÉ (V.O.)"],
    ["HANS (on the radio)", "@HANS (on the radio)"],
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
    const { elements } = read("INT. HOUSE\n\nFirst.\n\n# Two\n\n.NEXT");
    const [first, second, third] = groupBySection([element("action", "Title: X"), ...elements]);
    const moved = [second, first, third].flatMap((group) => group?.elements ?? []);
    expect(read(write(...moved)).elements).toEqual(moved);
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

/** The export when the element at this place has a new text. */
const revise = (source: string, at: number, text: string): string =>
  exportScreenplay(readScreenplay(source), { texts: { [at]: text } });

describe("an element that gets a new text", () => {
  it.each<readonly [string, number, string, string]>([
    ["He goes.\n\n> FADE OUT.\n", 1, "FADE UP.", "He goes.\n\n> FADE UP.\n"],
    ["He goes.\n\n>CUT TO:\n", 1, "FADE TO:", "He goes.\n\n>FADE TO:\n"],
    ["He goes.\n\nFADE OUT.\n", 1, "FADE TO BLACK.", "He goes.\n\n> FADE TO BLACK.\n"],
    ["@李雷\n你好。\n", 0, "韩梅梅", "@韩梅梅\n你好。\n"],
    ["@Mac\nHi.\n", 0, "BOB", "@BOB\nHi.\n"],
    ["!BOB WAITS\n\nx", 0, "He goes.", "!He goes.\n\nx"],
    [".shot\n\nx", 0, "INT. HOUSE", ".INT. HOUSE\n\nx"],
    ["~ La la\n~ di da\n", 0, "Do re\nmi", "~ Do re\n~ mi\n"],
    ["####### Deep\n= why\nx", 0, "Deeper", "####### Deeper\n= why\nx"],
    ["#Act\n\nx", 0, "#1", "# #1\n\nx"],
    ["=why\n\nx", 0, "because", "=because\n\nx"],
    ["> x <\n\nx", 0, "y", "> y <\n\nx"],
    ["======\n\nx", 0, "y", "======\n\nx"],
    ["BOB\nHi.\n", 0, "ANN ^", "ANN ^\nHi.\n"],
    ["BOB ^\nHi.\n", 0, "ANN", "ANN ^\nHi.\n"],
    ["BOB\nHi.\n\n\n\nHe goes.\n", 1, "One.\n\nTwo.", "BOB\nOne.\n  \nTwo.\n\n\n\nHe goes.\n"],
    ["\n\nHe goes.\n\n\n", 0, "She goes.", "\n\nShe goes.\n\n\n"],
    ["He goes.\n> sign <\nShe goes.", 1, "way", "He goes.\n\n> way <\n\nShe goes."],
  ])("keeps its author's mark, and the rest stays as it is: %j", (source, at, text, expected) => {
    expect(revise(source, at, text)).toBe(expected);
  });

  it.each<readonly [string, number, string, string]>([
    ["He goes.\n", 0, "She /* or he */ goes.", "She /* or he */ goes.\n"],
    ["He goes.\n", 0, "She goes. /* or\nhe */", "She goes. /* or he */\n"],
    ["BOB\nHi.\n", 1, "Good\n/* or bad */\nday.", "BOB\nGood /* or bad */\nday.\n"],
    ["BOB\nHi.\n", 1, "/* nothing */", "BOB\n/\\* nothing */\n"],
    ["He goes.\n\nx */", 0, "to /* and fro", "to /\\* and fro\n\nx */"],
    ["He goes.\n", 0, "a [[note]] and an [[odd ]] one", "a [[note]] and an [[odd ]] one\n"],
  ])("may have boneyard and notes: %j", (source, at, text, expected) => {
    expect(revise(source, at, text)).toBe(expected);
  });

  it("keeps the boneyard of its earlier text, however much that is", () => {
    const boneyard = "/**/".repeat(200_000);
    const exported = exportScreenplay(readScreenplay(`He goes. ${boneyard}\n`), { texts: { 0: "He waits." } });
    expect(exported.replaceAll("\n", "")).toBe(`He waits.${boneyard}`);
  });

  it("leaves what opens a boneyard elsewhere as it is, escaped only before what would close it", () => {
    const screenplay = readScreenplay("See /* here.\n\nHe goes.\n\nShe goes, too.\n");
    expect(exportScreenplay(screenplay, { texts: { 1: "He waits." } })).toBe(
      "See /* here.\n\nHe waits.\n\nShe goes, too.\n",
    );
    expect(exportScreenplay(screenplay, { texts: { 1: "He /* never */ waits." } })).toBe(
      "See /\\* here.\n\nHe /* never */ waits.\n\nShe goes, too.\n",
    );
  });

  it("leaves the boneyard of its earlier text where that was, as near as it can", () => {
    const source = "/* a */\nHe /* b */ goes.\n\n/* c */\nBOB /* d */\n/* e */Hi. /* f */\nHo.\n\nx\n";
    expect(revise(source, 0, "New.")).toBe(source.replace("He /* b */ goes.\n\n", "New.\n\n/* b */\n\n"));
    expect(revise(source, 1, "ANN")).toBe(source.replace("BOB /* d */", "ANN").replace("Ho.", "Ho.\n\n/* d */"));
    expect(revise(source, 2, "New.")).toBe(source.replace("Hi. /* f */\nHo.", "New.\n\n/* f */"));
  });
});

describe("sections that change places", () => {
  const SOURCE = "\n# One\n= why\nBOB\nHi. /* or Ho. */\n\n\n> FADE OUT.\n\n/* two */\n\n# Two\n\n@李雷\n你好。";

  it("take what stands before them along, and stand apart", () => {
    const { elements } = readScreenplay(SOURCE);
    expect(elements.map(({ text }) => text)).toEqual([
      "One",
      "why",
      "BOB",
      "Hi.",
      "FADE OUT.",
      "Two",
      "李雷",
      "你好。",
    ]);
    expect(exportScreenplay(readScreenplay(SOURCE), { order: [5, 6, 7, 0, 1, 2, 3, 4] })).toBe(
      "/* two */\n\n# Two\n\n@李雷\n你好。\n\n# One\n= why\nBOB\nHi. /* or Ho. */\n\n\n> FADE OUT.\n",
    );
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
