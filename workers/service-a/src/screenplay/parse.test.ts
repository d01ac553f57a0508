import { describe, expect, it } from "vitest";
import { contentOf, kindsOf as kinds, readScreenplay } from "../../../../tests/support/screenplay.ts";

const read = (text: string) => contentOf(readScreenplay(text));

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

  it.each(["  ", "   ", "\t ", " \t", "\t\t"])("goes on over a line of %j", (blank) => {
    expect(kinds(`BOB\nOne.\n${blank}\nTwo.\n\nHe leaves.`)).toEqual([
      ["character", "BOB"],
      ["dialogue", "One.\n\nTwo."],
      ["action", "He leaves."],
    ]);
  });

  it("goes on over a line of two spaces where lines are indented by two", () => {
    expect(kinds("  BOB\n  One.\n  \n  Two.")).toEqual([
      ["character", "BOB"],
      ["dialogue", "One.\n\nTwo."],
    ]);
  });

  it.each([
    ["", ""],
    ["", " "],
    ["", "\t"],
    ["", "\u3000\u3000"],
    ["\t\t", "\t\t"],
    ["    ", "    "],
  ])("ends, where lines are indented by %j, at a line of %j", (indent, blank) => {
    expect(kinds(`${indent}BOB\n${indent}One.\n${blank}\n${indent}He leaves.`).slice(2)).toEqual([
      ["action", `${indent}He leaves.`],
    ]);
  });

  it.each([
    "ÉMILE",
    "R2D2",
    "HANS (on the radio)",
    "WILL (V.O.)(CONT’D)",
    "MARÍA Y JOSÉ",
    "GROßVATER",
    "ИВАН",
    "ΜΑΡΙΑ",
    "李雷 BOB",
    "AGENT 김",
    "SOLDADO 1º",
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

  it.each([
    ["他走进房间。", "他坐下来。"],
    ["雨", "夜"],
    ["他走进IBM大楼。", "他看TV。"],
    ["IBM CEO来。", "夜"],
    ["彼はTVを見る", "DVDもある"],
    ["הוא רואה TV.", "הוא יושב."],
    ["يشاهد TV.", "ثم يجلس."],
    ["彼は部屋に入る。", "そして座る。"],
    ["그는 방에 들어온다.", "그리고 앉는다."],
    ["يدخل الغرفة.", "ثم يجلس."],
    ["הוא נכנס לחדר.", "הוא יושב."],
    ["เขาเดินเข้ามา", "แล้วนั่งลง"],
    ["वह कमरे में आता है।", "वह बैठता है।"],
    ["ის შედის ოთახში.", "და ჯდება."],
  ])("is not opened by a line of letters without case: %s", (...lines) => {
    expect(kinds(lines.join("\n"))).toEqual([["action", lines.join("\n")]]);
    expect(kinds(`@${lines[0]}\n${lines[1]}`)).toEqual([
      ["character", lines[0]],
      ["dialogue", lines[1]],
    ]);
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
    ["~ La la\n~\n~\tdi da", "lyrics", "La la\ndi da"],
    ["~", "action", "~"],
    ["Send everything TO:\nBox 12", "action", "Send everything TO:\nBox 12"],
    ["from here TO:", "action", "from here TO:"],
    ["SEND IT TO:\nBOX 12", "action", "SEND IT TO:\nBOX 12"],
    ["FADE OUT.\nHe stays.", "action", "FADE OUT.\nHe stays."],
    ["SMASH CUT\tTO:", "transition", "SMASH CUT\tTO:"],
    ["FONDU ENCHAÎNÉ TO:", "transition", "FONDU ENCHAÎNÉ TO:"],
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

  it("and a transition may stand right before a heading, or before anything if it is forced", () => {
    expect(kinds("CUT TO:\nINT. HOUSE\n\n> CUT TO:\nHe goes.")).toEqual([
      ["transition", "CUT TO:"],
      ["scene-heading", "INT. HOUSE"],
      ["transition", "CUT TO:"],
      ["action", "He goes."],
    ]);
  });

  it("and a note is whole, whatever its lines look like", () => {
    expect(kinds("He [[thinks\n# hard\n  \n~CUT TO:]] sits.")).toEqual([
      ["action", "He [[thinks\n# hard\n\n~CUT TO:]] sits."],
    ]);
  });
});
