import { describe, expect, test } from "vitest";
import { normalizeRecoveryCode } from "../recovery-codes/recovery-code.ts";
import { parseOneTimeCode } from "../sent-codes/one-time-code.ts";
import { parseTotpCode } from "../totp/totp.ts";
import { normalizeTypedCode } from "./typed-code.ts";

const everyCharacter = Array.from({ length: 0x110000 }, (_, codePoint) => String.fromCodePoint(codePoint));
const charactersOf = (property: RegExp): string[] => everyCharacter.filter((character) => property.test(character));

/** What stands between or around the characters of a code when it is pasted. */
const GAPS = [
  ...charactersOf(/\p{White_Space}/u),
  ...charactersOf(/\p{Dash}/u),
  ...charactersOf(/\p{Default_Ignorable_Code_Point}/u),
  "\u200e",
  "\u2066",
  "\ufeff",
  "\u00a0",
  "\u202f",
  "\ufffd",
];

describe("gaps of every kind, in every code", () => {
  test("do not count", () => {
    for (const gap of GAPS) {
      const name = `U+${gap.codePointAt(0)?.toString(16)}`;
      expect(parseTotpCode(`${gap}123${gap}456${gap}`), name).toBe("123456");
      expect(parseOneTimeCode(`${gap}1234${gap}5678${gap}`), name).toBe("12345678");
      expect(normalizeRecoveryCode(`${gap}abcde${gap}12345${gap}`), name).toBe("abcde12345");
    }
  });
});

describe("digits", () => {
  const SCRIPTS = [
    "٠١٢٣٤٥٦٧٨٩",
    "۰۱۲۳۴۵۶۷۸۹",
    "०१२३४५६७८९",
    "０１２３４５６７８９",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",
    "𞥐𞥑𞥒𞥓𞥔𞥕𞥖𞥗𞥘𞥙",
  ];

  test.each(SCRIPTS)("as in %s are read by their value", (digits) => {
    expect(normalizeTypedCode(digits)).toBe("0123456789");
    expect(parseTotpCode([...digits].slice(1, 7).join(""))).toBe("123456");
    expect(parseOneTimeCode([...digits].slice(1, 9).join(""))).toBe("12345678");
    expect(normalizeRecoveryCode([...digits].join("-"))).toBe("0123456789");
  });

  test("of all scripts come as blocks of ten", () => {
    const digits = charactersOf(/\p{Nd}/u);
    expect(digits.length % 10).toBe(0);
    for (let at = 0; at < digits.length; at += 10)
      expect(normalizeTypedCode(digits.slice(at, at + 10).join(""))).toBe("0123456789");
  });
});

test.each([
  "357-889",
  "357 889",
  "357\u00a0889",
  "357\u202f889",
  "357889\n",
  "\t357889",
  "３５７８８９",
  "357–889",
  "\u2066357889\u2069",
])("%j is the code 357889", (typed) => {
  expect(parseTotpCode(typed)).toBe("357889");
});

test("full-width letters are letters", () => {
  expect(normalizeRecoveryCode("ＡＢＣＤＥ－１２３４５")).toBe("abcde12345");
});

test.each([
  "",
  " ",
  "12345",
  "1234567",
  "12345a",
  "123+456",
  "123.456",
  "0x1234",
  "一二三四五六",
  "½23456",
  "123456\u0301",
])("%j is no code of an authenticator app", (typed) => {
  expect(parseTotpCode(typed)).toBeUndefined();
});
