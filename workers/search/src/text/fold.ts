/**
 * How words are compared, the same in the index, in the list of words and in a query: without case, without accents, and
 * in one spelling where Unicode has several. Latin letters become the ASCII ones that Typesense makes of them.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the whole of ASCII that is meant.
const ASCII = /^[\x00-\x7f]*$/;

/**
 * Marks that a reader leaves out when typing: accents of Latin, Greek and Cyrillic, Hebrew points, Arabic and Syriac
 * vowels, and styles of emoji. In other scripts marks are letters: vowels in Hindi and Thai, and the voicing of kana.
 */
const ACCENTS =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: it is the marks themselves that are meant.
  /[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;

/** What is left of signs, such as the slash in ½; the tatweel, which lengthens Arabic words; and what is invisible. */
const NO_LETTERS = /[^\p{L}\p{N}\p{M}\p{Co}]|[\u0640\p{Default_Ignorable_Code_Point}]/gu;

/** Letters that Unicode does not decompose. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ð: "d",
  đ: "d",
  ɖ: "d",
  ɗ: "d",
  þ: "th",
  ħ: "h",
  ı: "i",
  ĸ: "k",
  ƙ: "k",
  ł: "l",
  ŋ: "n",
  ŧ: "t",
  ɓ: "b",
  ƴ: "y",
  ς: "σ",
};
const UNDECOMPOSED = /[ßæœøðđɖɗþħıĸƙłŋŧɓƴς]/g;

/** The word as it is compared; empty if nothing of it counts. Folding the result again changes nothing. */
export const foldWord = (word: string): string => {
  if (ASCII.test(word)) return word.toLowerCase();
  return word
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .toLowerCase()
    .replace(UNDECOMPOSED, (letter) => LETTERS[letter] ?? letter)
    .normalize("NFC")
    .replace(NO_LETTERS, "");
};

/** Emoji are compared without the tone of the skin, and whether they are shown in colour. */
const VARIANTS = /[\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]/gu;

export const foldEmoji = (emoji: string): string => emoji.replace(VARIANTS, "");
