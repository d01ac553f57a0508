/** What words find whatever they are written in, and whatever signs stand in them. */
import type { Case } from "./case.ts";

const TEXT = { query_by: "text" };
/** Just what is typed. */
const EXACT = { ...TEXT, num_typos: 0, drop_tokens_threshold: 0, split_join_tokens: "off" };

const ANYWHERE =
  "In a script without spaces (Chinese, Japanese, Thai, …) the embedded engine finds any part of a run; Typesense finds its beginning.";
const SIGNS =
  "Punctuation beyond ASCII (`—`, `’`) separates words on the embedded engine; Typesense leaves it out and joins them.";
const ACCENTS =
  "The embedded engine ignores the accents of Greek and Cyrillic letters; Typesense compares those letters as they are.";

export const SCRIPTS: readonly Case[] = [
  ...[
    ["a sharp s", "strasse", "folded"],
    ["a Polish l", "lodz", "folded"],
    ["a ligature of letters", "aero", "folded"],
    ["a thorn", "thorshofn", "folded"],
    ["letters of full width", "abc", "compatible"],
    ["a fraction", "12 x2", "compatible"],
    ["a superscript", "x2", "compatible"],
    ["a ligature of print", "office", "compatible"],
    ["an apostrophe", "O'Brien", "signs"],
    ["a hyphen", "well-known", "signs"],
    ["vowel signs", "किताब", "hindi"],
    ["an emoji", "👻", "emoji"],
    ["a joined emoji", "👩‍👩‍👧‍👦", "emoji"],
    ["the beginning of Chinese", "他走进", "chinese"],
  ].map(
    ([what, q = "", id = ""]): Case => ({ that: `${what} is found`, search: { q, ...EXACT }, expect: { ids: [id] } }),
  ),
  ...[
    ["a sharp s", "strase", "folded"],
    ["Cyrillic with й", "чайнек", "cyrillic"],
    ["Greek with an accent", "Αθήνη", "greek"],
    ["a word with an apostrophe", "O'Brein", "signs"],
    ["a word with a hyphen", "well-knwon", "signs"],
    ["a part with a hyphen that is left out", "middle-school", "signs"],
    ["a number with a hyphen that is nowhere", "XYZ-124", "signs"],
    ["an apostrophe left out", "its", "signs"],
  ].map(
    ([what, q = "", id = ""]): Case => ({
      that: `errors are forgiven: ${what}`,
      search: { q, ...TEXT },
      expect: { ids: [id] },
    }),
  ),
  ...[
    ["Chinese", "咖啡馆", "chinese"],
    ["one Chinese character", "窗", "chinese"],
    ["Japanese", "東京都", "japanese"],
    ["katakana", "ドリル", "japanese"],
    ["Thai", "ตัวอย่าง", "thai"],
  ].map(
    ([what, q = "", id = ""]): Case => ({
      that: `${what} in the middle of a run`,
      search: { q, ...EXACT },
      differs: { because: ANYWHERE, libsql: { ids: [id] }, typesense: { ids: [] } },
    }),
  ),
  ...[
    ["Cyrillic", "ежик", "cyrillic"],
    ["Greek", "αθηνα", "greek"],
  ].map(
    ([what, q = "", id = ""]): Case => ({
      that: `${what} without its accents`,
      search: { q, ...EXACT },
      differs: { because: ACCENTS, libsql: { ids: [id] }, typesense: { ids: [] } },
    }),
  ),
  {
    that: "a dash that is not in ASCII separates words",
    search: { q: "noonday", ...EXACT },
    differs: { because: SIGNS, libsql: { ids: ["compatible"] }, typesense: { ids: [] } },
  },
  {
    that: "no part of a word with vowel signs is a word",
    search: { q: "ताब", ...EXACT },
    expect: { ids: [] },
  },
  {
    that: "folded letters are marked as they stand in the text",
    search: { q: "strasse", ...TEXT },
    expect: { snippets: { folded: { text: "Große <mark>Straße</mark> in Łódź, Ærø und Þórshöfn" } } },
  },
];
