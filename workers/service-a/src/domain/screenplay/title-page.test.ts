import { describe, expect, it } from "vitest";
import { splitTitlePage, titleOf } from "./title-page.ts";

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
