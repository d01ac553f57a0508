/**
 * Cuts texts and queries into the tokens that are compared: words, emoji, and pairs of characters where words are written
 * without spaces between them. Everything else separates tokens.
 */
import { eachInSteps, type Steps } from "#shared/lang/steps.ts";
import { foldEmoji, foldWord } from "./fold.ts";

/**
 * `word`: letters and digits. `emoji`: one, with all that it is joined of. `pair`: two neighbours in a run of characters
 * without spaces, so that every part of the run can be found. `end`: the last character of such a run.
 */
export type TokenKind = "word" | "emoji" | "pair" | "end";

export interface Token {
  kind: TokenKind;
  /** As it is compared. */
  folded: string;
  /** Where it stands: `from` is its first character, `to` the one after its last. */
  from: number;
  to: number;
}

/**
 * Letters with their marks and with invisible characters among them; else an emoji: a pictogram with tags and with further
 * ones joined to it, a flag, or a keycap.
 */
const PIECES =
  /(?<letters>[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}\p{Default_Ignorable_Code_Point}]*)|\p{Extended_Pictographic}[\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]?[\u{e0020}-\u{e007f}]*(?:\u200d\p{Extended_Pictographic}[\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]?)*|\p{Regional_Indicator}{1,2}|[#*]\ufe0f?\u20e3/gu;

/** Pictograms by their property, but signs of text. */
const NO_EMOJI: ReadonlySet<string> = new Set(["©", "®", "™", "‼", "⁉"]);

/**
 * Letters that are written without spaces between words: Thai, Lao, Burmese, Khmer, Tai Le, New Tai Lue, Tai Tham, Chinese,
 * kana, bopomofo, Yi, Tai Viet.
 */
const UNSPACED =
  /[\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59\u0e81-\u0edf\u1000-\u1049\u1050-\u109d\u1780-\u17d3\u17d7\u17dc-\u17e9\u1950-\u1974\u1980-\u19da\u1a20-\u1a99\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\ua9e0-\ua9fe\uaa60-\uaadd\uf900-\ufaff\uff66-\uff9f\u{1aff0}-\u{1b16f}\u{20000}-\u{3ffff}]/u;
/** Letters by their property, but used as apostrophes, which part words. */
const APOSTROPHE = /[\u02b9-\u02bf\u02c8]/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/** A character with what belongs to it: marks, and the voicing of halfwidth kana. */
const CHARACTERS = /.[\p{M}\p{Default_Ignorable_Code_Point}\uff9e\uff9f]*/gsu;
const BELONGING = /[\p{M}\p{Default_Ignorable_Code_Point}\uff9e\uff9f]/u;

interface Part {
  isRun: boolean;
  text: string;
  from: number;
}

/** Letters, cut where those that are written without spaces begin and end, and at apostrophes. */
const partsOf = (letters: string, start: number): Part[] => {
  if (!UNSPACED.test(letters) && !APOSTROPHE.test(letters)) return [{ isRun: false, text: letters, from: start }];
  const parts: Part[] = [];
  let open: Part | undefined;
  let from = start;
  for (const letter of letters) {
    const isRun = UNSPACED.test(letter);
    if (APOSTROPHE.test(letter)) open = undefined;
    else if (open && (open.isRun === isRun || INVISIBLE.test(letter))) open.text += letter;
    else {
      open = { isRun, text: letter, from };
      parts.push(open);
    }
    from += letter.length;
  }
  return parts;
};

/** The few characters that texts have, folded: to do so each time takes ten times as long. */
const knownCharacters = new Map<string, string>();
const MAX_KNOWN_CHARACTERS = 5_000;
const MAX_KNOWN_LENGTH = 8;

const foldCharacter = (character: string): string => {
  const known = knownCharacters.get(character);
  if (known !== undefined) return known;
  const folded = foldWord(character);
  if (knownCharacters.size < MAX_KNOWN_CHARACTERS && character.length <= MAX_KNOWN_LENGTH)
    knownCharacters.set(character, folded);
  return folded;
};

/** All pairs of neighbours, and the last character alone. Marks are characters, but stand where their letter does. */
function* tokensOfRun(run: string, start: number): Generator<Token, void> {
  const isPlain = !BELONGING.test(run) && foldWord(run) === run;
  let last: Omit<Token, "kind"> | undefined;
  let from = start;
  for (const text of isPlain ? run : (run.match(CHARACTERS) ?? [])) {
    const to = from + text.length;
    for (const folded of isPlain ? [text] : foldCharacter(text)) {
      if (last) yield { kind: "pair", folded: last.folded + folded, from: last.from, to };
      last = { folded, from, to };
    }
    from = to;
  }
  if (last) yield { kind: "end", ...last };
}

/** More than a query can ask for: the rest of a longer word is of no use, and a longer run is cut, to do it in steps. */
const LONGEST_COMPARED = 8_192;

/** Letters in pieces that are soon done; no piece begins with half a surrogate pair. */
function* slicesOf(letters: string, start: number): Generator<{ slice: string; from: number }, void> {
  if (letters.length <= LONGEST_COMPARED || !UNSPACED.test(letters)) {
    yield { slice: letters, from: start };
    return;
  }
  for (let at = 0; at < letters.length; ) {
    const isHalf = /[\udc00-\udfff]/.test(letters.charAt(at + LONGEST_COMPARED));
    const slice = letters.slice(at, at + LONGEST_COMPARED + (isHalf ? 1 : 0));
    yield { slice, from: start + at };
    at += slice.length;
  }
}

function* tokensOfLetters(letters: string, start: number): Generator<Token, void> {
  for (const { isRun, text, from } of partsOf(letters, start)) {
    if (isRun) yield* tokensOfRun(text, from);
    else {
      const folded = foldWord(text.slice(0, LONGEST_COMPARED));
      if (folded !== "") yield { kind: "word", folded, from, to: from + text.length };
    }
  }
}

/** The tokens of a text, one at a time. */
export function* tokensOf(text: string): Generator<Token, void> {
  for (const { 0: piece, index, groups } of text.matchAll(PIECES)) {
    if (groups?.["letters"] !== undefined)
      for (const { slice, from } of slicesOf(piece, index)) yield* tokensOfLetters(slice, from);
    else if (!NO_EMOJI.has(piece))
      yield { kind: "emoji", folded: foldEmoji(piece), from: index, to: index + piece.length };
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the whole of ASCII that is meant.
const ASCII = /^[\x00-\x7f]*$/;
const ASCII_WORDS = /[a-z0-9]+/g;

/** The tokens of a text, with a space between them; adds the words among them to `words`. ASCII is done much faster. */
export function* indexText(text: string, words: Set<string>): Steps<string> {
  const tokens: string[] = [];
  const keepWord = (word: string): void => {
    tokens.push(word);
    words.add(word);
  };
  const keepToken = ({ kind, folded }: Token): void => {
    if (kind === "word") keepWord(folded);
    else tokens.push(folded);
  };
  if (ASCII.test(text)) yield* eachInSteps(text.toLowerCase().matchAll(ASCII_WORDS), ([word]) => keepWord(word));
  else yield* eachInSteps(tokensOf(text), keepToken, ({ from, to }) => to - from);
  return tokens.join(" ");
}
