import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalizeUsername, usernameFault, usernameKey, usernameSkeleton } from "./username.ts";

/** No character is assigned in the planes from the fourth on, but for the tags and selectors of the fourteenth. */
const isEmptyPlane = (code: number): boolean => code >= 0x40000 && !(code >= 0xe0000 && code < 0xf0000);

/** Every character there is, and some that there is not. */
function* characters(): Generator<string> {
  for (let code = 0; code <= 0x10ffff; code += isEmptyPlane(code) ? 0x100 : 1) {
    const character = String.fromCodePoint(code);
    if (character.isWellFormed()) yield character;
  }
}

const failing = (isRight: (character: string) => boolean): string[] => {
  const wrong: string[] = [];
  for (const character of characters())
    if (!isRight(character)) wrong.push(`U+${character.codePointAt(0)?.toString(16)}`);
  return wrong;
};

const isStable = (of: (text: string) => string, text: string): boolean => of(of(text)) === of(text);

describe("the key of a username", () => {
  test("is the same for names that differ only in case or compatibility form", () => {
    expect(usernameKey("ADMIN")).toBe(usernameKey("admin"));
    expect(usernameKey("ａｄｍｉｎ")).toBe(usernameKey("admin"));
    expect(usernameKey("Straße")).toBe(usernameKey("STRASSE"));
    expect(usernameKey("weiß")).toBe(usernameKey("WEIẞ"));
    expect(usernameKey("ﬁona")).toBe(usernameKey("fiona"));
    expect(usernameKey("e\u0301ve")).toBe(usernameKey("éve"));
    expect(usernameKey("eve")).not.toBe(usernameKey("eva"));
  });

  test("is its own key, for every character, in a word and by itself", () => {
    expect(failing((character) => isStable(usernameKey, character) && isStable(usernameKey, `a${character}b`))).toEqual(
      [],
    );
  });

  test("is that of the stored form, whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        expect(usernameKey(normalizeUsername(name))).toBe(usernameKey(name));
        expect(usernameKey(usernameKey(name))).toBe(usernameKey(name));
      }),
      { numRuns: 500 },
    );
  });

  test.each([" admin", "admin ", "\tadmin\r\n", "\u00a0admin\u3000"])("leaves out the blanks around: %j", (typed) => {
    expect(usernameKey(typed)).toBe("admin");
  });

  test("of what is too long for a username is the key of none", () => {
    expect(usernameKey("\ufdfa".repeat(340_000))).toBe("");
    expect(usernameKey(`admin${" ".repeat(600)}x`)).toBe("");
  });
});

describe("what is accepted", () => {
  test.each([
    ...[
      "a",
      "eve",
      "Eve.O-Connor_2",
      "eve@example.com",
      "eve+films@example.com",
      "Søren",
      "x".repeat(64),
      "4711",
      "Nguyễn",
    ],
    ...[
      "東京",
      "ひらがなカタカナ漢字",
      "山田taro",
      "김철수",
      "kim철수",
      "ㄅㄆㄇ",
      "Иван",
      "Οδυσσέας",
      "محمد",
      "עִבְרִית",
      "हिन्दी",
      "ไทย",
      "አማርኛ",
    ],
    ...["Müller", "e\u0301ve", "İpek", "ɛdɛm", "O\u02bbahu", "١٢٣علي"],
  ])("takes %s", (name) => {
    expect(usernameFault(name)).toBeUndefined();
  });

  test.each([
    ...[
      "",
      "x".repeat(65),
      " eve",
      "e ve",
      "eve ",
      "eve\n",
      "eve\u0000",
      "<eve>",
      ".eve",
      "-eve",
      "eve/admin",
      "\u{1f3ac}",
    ],
    ...["eve\u202e", "\ud800", "\ufdfa".repeat(340_000)],
  ])("refuses emptiness, excess, spaces, control characters and what could pass for markup: %j", (name) => {
    expect(usernameFault(name)).toBeDefined();
  });

  test("refuses what cannot be seen, every such character, anywhere", () => {
    const invisible = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cc}\p{Cf}\p{Cn}\p{Co}]/u;
    const isRefused = (character: string) =>
      [character, `admin${character}`, `ad${character}min`].every((name) => usernameFault(name) !== undefined);
    expect(failing((character) => !invisible.test(character) || isRefused(character))).toEqual([]);
  });

  test.each([
    ["Cyrillic among Latin", "\u0430dmin"],
    ["Greek among Latin", "\u03bfscar"],
    ["Cyrillic among Greek", "\u03bf\u0430"],
    ["Latin among Hebrew", "עivrit"],
    ["a script of history", "\u{10400}\u{10401}"],
    ["phonetic letters", "a\u1d05min"],
    ["accents piled up", `a${"\u0316\u0317\u0318\u0319\u0323"}`],
    ["one accent twice", "e\u0301\u0301ve"],
    ["accents on a digit", "a1\u0301"],
    ["digits of two kinds", "ali1\u0662"],
  ])("refuses %s", (_, name) => {
    expect(usernameFault(name)).toBeDefined();
  });
});

describe("the skeleton of a username", () => {
  test.each([
    ["adrnin", "admin"],
    ["\u0430\u0441\u0435", "ace"],
    ["ВОР", "bop"],
    ["pauI", "paul"],
    ["pau1", "paul"],
    ["b0b", "bob"],
    ["vvilma", "vvilrna"],
    ["ɑdmin", "admin"],
    ["ADMIN", "ADMlN"],
    ["аԁміп", "admin"],
    ["том", "tom"],
    ["ткнв", "TKHB"],
    ["ΤΟΜ", "tom"],
    ["τομ", "tom"],
  ])("is the same for %s and %s", (one, other) => {
    expect(usernameSkeleton(one)).toBe(usernameSkeleton(other));
  });

  test.each([
    ["maria", "marla"],
    ["bianca", "blanca"],
    ["eve", "eva"],
    ["user-1", "user-2"],
    ["田中", "中田"],
    ["иван", "ивана"],
  ])("distinguishes %s and %s", (one, other) => {
    expect(usernameSkeleton(one)).not.toBe(usernameSkeleton(other));
  });

  test("is its own skeleton, for every character", () => {
    expect(failing((character) => isStable(usernameSkeleton, character))).toEqual([]);
  });
});
