import { describe, expect, it } from "vitest";
import { replaceTitle, splitTitlePage, titleOf } from "../../../../tests/support/screenplay.ts";

const PAGE = `Title:
    _**BRICK & STEEL**_
    _**FULL RETIRED**_
Credit: Written by
Author: Stu
Draft date: 1/20/2012
Contact:
\tNext Level: Productions
    Solvang, CA 93463`;

describe("the title page", () => {
  it("is kept word for word, up to the blank line", () => {
    expect(splitTitlePage(`\n\n${PAGE}\n\nINT. HOUSE`)).toEqual({ titlePage: PAGE, body: "\nINT. HOUSE" });
  });

  it("ends at the first line that is neither key nor indented value", () => {
    expect(splitTitlePage("Title: X\nstray\nAuthor: Y")).toEqual({ titlePage: "Title: X", body: "stray\nAuthor: Y" });
  });

  it("may have unknown and empty keys beside the known ones", () => {
    const page = "Format: film\nTitle: X\nContact:\nÉpoque: 1900";
    expect(splitTitlePage(`${page}\n\nAction.`).titlePage).toBe(page);
  });

  it.each(["FADE IN:\n\nINT. HOUSE", "BOB:\nTitle\n", "He says: Title: X", "Title:\n\nINT. HOUSE", "!Title: X", ""])(
    "is not seen in %j",
    (source) => {
      expect(splitTitlePage(source)).toEqual({ titlePage: "", body: source });
    },
  );
});

describe("the title", () => {
  it("is plain words on one line", () => {
    expect(titleOf(PAGE)).toBe("BRICK & STEEL FULL RETIRED");
    expect(titleOf('Author: X\ntitle: *Love* <3 & "more"')).toBe('Love <3 & "more"');
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
    expect(replaceTitle("Title: X\nFoo: bar", "")).toBe("Title: X\nFoo: bar");
  });

  it.each(["two\nlines", ":", "INT. HOUSE", "a\ud800b", "\u0000", "/* x */", "x".repeat(500), "*emphasis*"])(
    "leaves a title page and the same elements behind: %j",
    (title) => {
      const page = replaceTitle(PAGE, title);
      expect(splitTitlePage(`${page}\n\nINT. HOUSE`)).toEqual({ titlePage: page, body: "\nINT. HOUSE" });
      expect(page).toContain("Author: Stu");
    },
  );
});
