import { describe, expect, it } from "vitest";
import { parseScreenplay } from "../../../../tests/support/screenplay.ts";
import { MAX_SCREENPLAY_ELEMENTS, MAX_SCREENPLAY_LINES } from "./parse.ts";

const read = (text: string) => {
  const result = parseScreenplay(text);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value;
};

/** Kind and text of each element. */
const kinds = (text: string) => read(text).elements.map((element) => [element.markup, element.text]);

describe("sections", () => {
  it.each([
    "INT. HOUSE - DAY",
    "EXT HOUSE DAY",
    "EST. HOUSE - DAY",
    "INT./EXT. HOUSE",
    "INT/EXT HOUSE",
    "I/E. HOUSE",
    "I./E. HOUSE",
    "int. house - day",
    "INT - HOUSE - DAY",
    "**INT. HOUSE**",
    "INT. TINY PARIS RESTAURANT (LA RUE 14°) - NIGHT (1998)",
  ])("are opened by the scene heading %s", (heading) => {
    expect(read(heading).elements).toEqual([{ elementType: "section", markup: "scene-heading", text: heading }]);
  });

  it("are opened by a forced heading, without its period", () => {
    expect(kinds(".SNIPER SCOPE POV")).toEqual([["scene-heading", "SNIPER SCOPE POV"]]);
    expect(kinds("... is no heading")).toEqual([["action", "... is no heading"]]);
  });

  it("keep the scene number in the heading", () => {
    expect(kinds("INT. HOUSE - DAY #1-A#")).toEqual([["scene-heading", "INT. HOUSE - DAY #1-A#"]]);
  });

  it("are opened by number signs, with their depth, which ends at six", () => {
    expect(kinds("# Act\n\n#Two\n\n### Scene\n\n######## Deep")).toEqual([
      ["section-1", "Act"],
      ["section-1", "Two"],
      ["section-3", "Scene"],
      ["section-6", "Deep"],
    ]);
  });

  it("need no blank line between a number sign, its synopsis and a heading", () => {
    expect(kinds("# Act\n= How it starts\nINT. HOUSE - DAY\nBob sits.")).toEqual([
      ["section-1", "Act"],
      ["synopsis", "How it starts"],
      ["scene-heading", "INT. HOUSE - DAY"],
      ["action", "Bob sits."],
    ]);
  });

  it("are not taken from the middle of a paragraph of action", () => {
    expect(kinds("He looks at the sign:\nINT. REVENUE")).toEqual([["action", "He looks at the sign:\nINT. REVENUE"]]);
  });
});

describe("a dialogue block", () => {
  it("is one cue and one spoken element with every line, parenthetical and sung line", () => {
    expect(read("BOB (V.O.)\n(softly)\nHello.\n~la la\nBye.").elements).toEqual([
      { elementType: "character", markup: "character", text: "BOB (V.O.)" },
      { elementType: "spokenWord", markup: "dialogue", text: "(softly)\nHello.\n~la la\nBye." },
    ]);
  });

  it("may begin with a sung line", () => {
    expect(kinds("SINGER\n~These are the songs\n~that I sing.")).toEqual([
      ["character", "SINGER"],
      ["dialogue", "~These are the songs\n~that I sing."],
    ]);
  });

  it("goes on over a line of two spaces and ends at any other blank line", () => {
    expect(kinds("BOB\nOne.\n  \nTwo.\n   \nHe leaves.")).toEqual([
      ["character", "BOB"],
      ["dialogue", "One.\n\nTwo."],
      ["action", "He leaves."],
    ]);
  });

  it.each([
    "ÉMILE",
    "R2D2",
    "HANS (on the radio)",
    "WILL (V.O.)(CONT’D)",
    "MARÍA Y JOSÉ",
    "GROßVATER",
    "李雷",
    "BOB [[our hero]]",
    "1ST MAN",
  ])("is opened by the name %s", (name) => {
    expect(kinds(`${name}\nHello.`)).toEqual([
      ["character", name],
      ["dialogue", "Hello."],
    ]);
  });

  it.each([
    "23",
    "23 (O.S.)",
    "---",
    "Bob",
    "привет всем",
    "élan",
    "BOB.\\@ no",
    "!BOB",
    "[[BOB]]",
    "[[BOB",
    "BOB: hi (x) y",
  ])("is not opened by %s", (line) => {
    expect(kinds(`${line}\nhello ]] you`)[0]?.[0]).toBe("action");
  });

  it("is opened by any forced name, without its mark", () => {
    expect(kinds("@McAvoy\nHi.\n\n@Bob (the (other)) one\nHo.\n\n@23\nHum.\n\n@GO TO:\nHey.")).toEqual([
      ["character", "McAvoy"],
      ["dialogue", "Hi."],
      ["character", "Bob (the (other)) one"],
      ["dialogue", "Ho."],
      ["character", "23"],
      ["dialogue", "Hum."],
      ["character", "GO TO:"],
      ["dialogue", "Hey."],
    ]);
  });

  it("is dual when a caret follows the name, which is no part of it", () => {
    expect(kinds("BRICK\nScrew it.\n\nSTEEL ^\nScrew it.\n\n@Mac^\nScrew.")).toEqual([
      ["character", "BRICK"],
      ["dialogue", "Screw it."],
      ["dual-character", "STEEL"],
      ["dialogue", "Screw it."],
      ["dual-character", "Mac"],
      ["dialogue", "Screw."],
    ]);
  });

  it("may be indented with tabs and spaces", () => {
    expect(kinds("\t\tEVE\n\t  (cocky)\n\tI'll indent!")).toEqual([
      ["character", "EVE"],
      ["dialogue", "(cocky)\nI'll indent!"],
    ]);
  });

  it("needs dialogue: a name alone is action", () => {
    expect(kinds("THE BEAST.\n\nBOB\n\nBOB\n  \nHello")).toEqual([
      ["action", "THE BEAST."],
      ["action", "BOB"],
      ["action", "BOB"],
      ["action", "Hello"],
    ]);
  });
});

describe("everything else is action", () => {
  it.each([
    ["CUT TO:", "transition", "CUT TO:"],
    ["                SMASH CUT TO:  ", "transition", "SMASH CUT TO:"],
    ["FADE TO BLACK.", "transition", "FADE TO BLACK."],
    ["> Burn to white", "transition", "Burn to white"],
    [">THE END<", "centered", "THE END"],
    ["> a < b > c <", "centered", "a < b > c"],
    ["> one <\n> two <", "centered", "one\ntwo"],
    ["~Willy Wonka!\n~Willy Wonka!", "lyrics", "Willy Wonka!\nWilly Wonka!"],
    ["= A synopsis", "synopsis", "A synopsis"],
    ["=A synopsis TO:", "synopsis", "A synopsis TO:"],
    ["===", "page-break", "==="],
    ["====== ", "page-break", "==="],
    ["[[ A note. ]]", "note", "A note."],
    ["[[THIS SPANS\n  two lines\n  \nand a gap.]]", "note", "THIS SPANS\ntwo lines\n\nand a gap."],
    ["An [[inline]] note", "action", "An [[inline]] note"],
    ["[[one]] and [[two]]", "action", "[[one]] and [[two]]"],
    ["!BANG\nBANG", "action", "BANG\nBANG"],
    ["!CUT TO:", "action", "CUT TO:"],
    ["!INT. HOUSE", "action", "INT. HOUSE"],
    ["one\n!# two\n!\nthree", "action", "one\n# two\n\nthree"],
    ["! keeps its mark before a space", "action", "! keeps its mark before a space"],
    ["    indented\n\tby a tab", "action", "    indented\n\tby a tab"],
    ["**bold** _under_ \\*not\\*", "action", "**bold** _under_ \\*not\\*"],
    ["FADE IN:", "action", "FADE IN:"],
  ])("%j is %s", (source, markup, text) => {
    expect(read(source).elements).toEqual([{ elementType: "action", markup, text }]);
  });

  it("in one element a paragraph", () => {
    expect(kinds("One\ntwo\n\n\nthree")).toEqual([
      ["action", "One\ntwo"],
      ["action", "three"],
    ]);
  });

  it("and marked lines inside a paragraph are elements of their own", () => {
    expect(kinds("He sings.\n~la la\n> INTERVAL <\n=== \nHe stops.")).toEqual([
      ["action", "He sings."],
      ["lyrics", "la la"],
      ["centered", "INTERVAL"],
      ["page-break", "==="],
      ["action", "He stops."],
    ]);
  });

  it("and a note is whole, whatever its lines look like", () => {
    expect(kinds("He [[thinks\n# hard\n  \n~CUT TO:]] sits.")).toEqual([
      ["action", "He [[thinks\n# hard\n\n~CUT TO:]] sits."],
    ]);
  });
});

describe("the text", () => {
  it("reads the same with any line end and byte order mark", () => {
    const lines = ["Title: X", "", "INT. HOUSE", "", "BOB", "Hi.", "  ", "Ho."];
    const expected = read(lines.join("\n"));
    expect(expected.elements).toHaveLength(3);
    for (const end of ["\r\n", "\r", "\u2028", "\u0085"]) expect(read(`\uFEFF${lines.join(end)}`)).toEqual(expected);
  });

  it("drops boneyard, in a line and over many", () => {
    expect(kinds("A /* hidden */ line.\n\n/*\nINT. CUT - DAY\n\nBOB\nGone.\n*/\n\nAnother.")).toEqual([
      ["action", "A  line."],
      ["action", "Another."],
    ]);
  });

  it("keeps a boneyard that is never closed, and takes an escaped one literally", () => {
    expect(kinds("A /* line")).toEqual([["action", "A /* line"]]);
    expect(kinds("A /\\* line */")).toEqual([["action", "A /* line */"]]);
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
      error: { kind: "too-many-elements" },
    });
  });
});
