import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { INDEX_VERSION } from "../storage/text-index.ts";
import { foldEmoji, foldWord } from "./fold.ts";

describe("a word is compared", () => {
  test.each([
    ["as Typesense folds it", "abcÅà123ß12", "abcaa123ss12"],
    ["without umlauts, with a sharp s", "verläßlich", "verlasslich"],
    ["without case", "ÉCLAIR", "eclair"],
    ["with a capital sharp s", "STRAẞE", "strasse"],
    ["without ligatures", "ﬁœﬀ", "fioeff"],
    ["without ash and o with stroke", "Ærøskøbing", "aeroskobing"],
    ["without a Polish l", "Łódź", "lodz"],
    ["without eth and thorn", "Þórðr", "thordr"],
    ["without a Vietnamese d", "Điện", "dien"],
    ["without dotless and dotted i", "IŞIKİı", "isikii"],
    ["without Sami and Maltese letters", "ŊađđiĦamrun", "naddihamrun"],
    ["without full width", "ＡＢＣ１２", "abc12"],
    ["without superscripts and subscripts", "x²H₂O", "x2h2o"],
    ["with fractions as digits", "1½", "112"],
    ["with Roman and circled numbers as letters and digits", "Ⅳ③", "iv3"],
    ["without the marks of й, ё, ї and ў", "ЧайникёжЇжакдзяўчина", "чаиникежіжакдзяучина"],
    ["without Greek accents and final sigma", "ΑθήναΛΌΓΟΣλόγοςΐ", "αθηναλογοσλογοσι"],
    ["without Hebrew points", "שָׁלוֹם", "שלום"],
    ["without Arabic vowels and tatweel", "مُحَمَّـــد", "محمد"],
    ["with Hindi vowel signs", "हिन्दी", "हिन्दी"],
    ["with Tamil vowel signs", "தமிழ்", "தமிழ்"],
    ["with Thai vowels and tones", "ที่", "ที่"],
    ["with voiced kana, of half width too", "ｶﾞが", "ガが"],
    ["with Korean syllables, decomposed ones too", "한국".normalize("NFD"), "한국"],
    ["without what is invisible", "co\u00adop\u200b\ufeff", "coop"],
    ["without joiners between letters", "می\u200cخواهم", "میخواهم"],
  ])("%s", (_, word, folded) => {
    expect(foldWord(word)).toBe(folded);
    expect(foldWord(word.normalize("NFD"))).toBe(folded);
    expect(foldWord(word.toUpperCase().normalize("NFD"))).toBe(folded);
  });

  test("the same when it is folded again", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (word) => {
        expect(foldWord(foldWord(word))).toBe(foldWord(word));
      }),
      { numRuns: 5_000 },
    );
  });
});

test.each([
  ["👍🏽", "👍"],
  ["❤️", "❤"],
  ["👩🏽‍💻", "👩‍💻"],
  ["🇩🇪", "🇩🇪"],
])("the emoji %s is compared as %s", (emoji, folded) => {
  expect(foldEmoji(emoji)).toBe(folded);
});

/** Of the letter, digit and mark that each code point of the planes in use is folded to. */
const digestOfAll = (): string => {
  const hash = createHash("sha256");
  for (let code = 0; code < 0x20000; code += 1) {
    const character = String.fromCodePoint(code);
    if (/[\p{L}\p{N}\p{M}]/u.test(character)) hash.update(`${code} ${foldWord(character)}\n`);
  }
  return hash.digest("hex").slice(0, 16);
};

test("another folding has another version of the index, so that documents are indexed again", () => {
  expect({ version: INDEX_VERSION, digest: digestOfAll() }).toEqual({ version: 1, digest: "394557dbb29e952a" });
});
