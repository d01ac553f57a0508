import { describe, expect, it } from "vitest";
import { replaceTitle, titleOf, titlePageEnd } from "../../../../tests/support/screenplay.ts";

const PAGE = `Title:
    _**BRICK & STEEL**_
    _**FULL RETIRED**_
Credit: Written by
Author: Stu
Draft date: 1/20/2012
Contact:
\tNext Level: Productions
    Solvang, CA 93463`;

const pageOf = (source: string): string => source.slice(0, titlePageEnd(source));

describe("the title page", () => {
  it("is kept word for word, up to the blank line, with those before it", () => {
    expect(pageOf(`\n\n${PAGE}\n\nINT. HOUSE`)).toBe(`\n\n${PAGE}`);
  });

  it.each([
    "Title: X\nstray\nAuthor: Y",
    "Format: film\nTitle: X\nContact:\nÉpoque: 1900",
    "Title: X\nContact:\na@example.org\n+1 555 0100\nNotes: y",
    "Title: X\nDraft-no: 3\nRating (US): R\nGenre/tone: noir\nDirector's cut: yes\n№: 5\nN°, b.: 6\n作者: 李",
    "Title:\nThe Long Way\nHome\nAuthor: Y",
    "TITLE:\tX\n\tof two\nRevision: blue",
    "Title:\nThe Long Way Home",
    "Title:\n  The Long Way Home",
    "Title:\nThe Long Way: Home\nAuthor:\nY",
    "Author:\nY\nContact:\nhttps://example.org",
    "Title: X\nContact:\n@x@example.social\ny",
  ])("is all of %j", (page) => {
    for (const rest of ["", "\n", "\n\nAction: none."]) expect(pageOf(page + rest)).toBe(page);
  });

  it.each(["INT. HOUSE: DAY", "# Act", ".HOUSE", "CUT TO:", "> THE END <", "===", "!He goes."])(
    "ends at the marked line %s where the blank line is missing",
    (line) => {
      expect(pageOf(`Title: X\n${line}\nNotes: none`)).toBe("Title: X");
    },
  );

  it.each([
    "FADE IN:\n\nINT. HOUSE",
    "BOB:\nTitle\n",
    "He says: Title: X",
    "Title:\n\nINT. HOUSE",
    "!Title: X",
    "INT. HOUSE: DAY\nTitle: X",
    "Notes:\nHe reads them.",
    "Title:\nINT. HOUSE",
    "Notes:\nContact:\nHe reads them.",
    "",
  ])("is not seen in %j", (source) => {
    expect(pageOf(source)).toBe("");
  });
});

describe("the title", () => {
  it("is plain words on one line", () => {
    expect(titleOf(PAGE)).toBe("BRICK & STEEL FULL RETIRED");
    expect(titleOf('Author: X\ntitle: *Love* <3 & "more"')).toBe('Love <3 & "more"');
  });

  it.each([
    ["Title:\nThe Long Way\nHome\nAuthor: Y", "The Long Way Home"],
    ["Title: The Long Way\nstray\nAuthor: Y", "The Long Way"],
    ["Title:\nThe Long Way: Home\nAt last\nAuthor: Y", "The Long Way: Home At last"],
    ["Title:\n  The Long Way Home", "The Long Way Home"],
    ["Title: 2 * 3 & \\*so\\* on", "2 * 3 & *so* on"],
    ["Title: /* working */ The Bus", "The Bus"],
  ])("of %j is %s", (page, title) => {
    expect(titleOf(page)).toBe(title);
  });

  it.each([
    ["😀", 100],
    ["👩‍👧", 40],
    ["e\u0301", 100],
    ["🇫🇷", 50],
  ])("is cut between two of %s", (character, count) => {
    expect(titleOf(`Title: ${character.repeat(300)}`)).toBe(character.repeat(count));
    expect(titleOf(`Title: a${character.repeat(300)}`)).toBe(`a${character.repeat(count - 1)}`);
  });

  it("is cut, and not lost, where it begins with a longer character", () => {
    expect(titleOf(`Title: a${"\u0301".repeat(300)}`)).toBe(`a${"\u0301".repeat(199)}`);
    const family = ["👩", ...Array.from({ length: 100 }, () => "\u200d👧")].join("");
    expect(titleOf(`Title: ${family}`)).toBe(family.slice(0, 200));
  });

  it("is empty when the title page names none", () => {
    expect(titleOf("Author: X")).toBe("");
    expect(titleOf("Title:\nAuthor: X")).toBe("");
    expect(titleOf("")).toBe("");
  });
});

describe("another title", () => {
  it("takes the place of the old one, however many lines that had", () => {
    expect(replaceTitle(PAGE, "Wood")).toBe(PAGE.replace(/Title:(\n {4}_.*){2}/, "Title: Wood"));
    expect(replaceTitle("Author: X\ntitle: Y", "Z")).toBe("Author: X\nTitle: Z");
  });

  it("may have several lines, each of which is kept", () => {
    expect(replaceTitle("Title: X\nAuthor: Y", "The Long\nWay Home")).toBe(
      "Title:\n    The Long\n    Way Home\nAuthor: Y",
    );
  });

  it("leaves the blank lines before the page and the boneyard in it", () => {
    expect(replaceTitle("\n\nAuthor: X /* or Z */\nTitle: /* old */ Y", "Z")).toBe(
      "\n\nAuthor: X /* or Z */\nTitle: Z /* old */",
    );
    expect(replaceTitle("\n\nAuthor: X", "Y")).toBe("\n\nTitle: Y\nAuthor: X");
  });

  it.each([
    "Rock * & * Roll",
    "*Star*",
    "**A & B**",
    "_under_ snake_case",
    "back\\slash *x*",
    "M*A*S*H",
    "/* x */",
    "a /\\* b",
    '<&> "q"',
    `${"x".repeat(199)}😀`.slice(1),
  ])("reads back as it was given: %s", (title) => {
    expect(titleOf(replaceTitle("Title: X\nAuthor: Y", title))).toBe(title);
  });

  it("is put on a page that had none, and makes a page where there was none", () => {
    expect(replaceTitle("Author: X", "Y")).toBe("Title: Y\nAuthor: X");
    expect(replaceTitle("", "Y")).toBe("Title: Y");
  });

  it("changes nothing when it is the title already", () => {
    expect(replaceTitle(PAGE, titleOf(PAGE))).toBe(PAGE);
    expect(replaceTitle("", "")).toBe("");
  });

  it("may be none, as long as the rest is still a title page", () => {
    expect(replaceTitle("Title: X\nAuthor: Y", "")).toBe("Author: Y");
    expect(replaceTitle("Title: X", " \n ")).toBe("");
    expect(replaceTitle("\n\nTitle: X", "")).toBe("");
    expect(replaceTitle("Title: X\nFoo: bar", "")).toBe("Title: X\nFoo: bar");
  });

  it.each(["two\nlines", ":", "INT. HOUSE", "a\ud800b", "\u0000", "/* x */", "x".repeat(500), "*emphasis*"])(
    "leaves a title page and the same elements behind: %j",
    (title) => {
      const page = replaceTitle(PAGE, title);
      expect(pageOf(`${page}\n\nINT. HOUSE`)).toBe(page);
      expect(page).toContain("Author: Stu");
    },
  );
});
