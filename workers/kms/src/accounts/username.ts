/**
 * Usernames: what is accepted, when two of them are the same, and when one could be taken for another (UTS #39: no
 * invisible characters, the restriction level "highly restrictive", and skeletons from Unicode's table of confusables).
 */

import confusables from "unhomoglyph/data.json" with { type: "json" };
import { HOLDS_CREDENTIAL, holdsCredential } from "#shared/contracts/credential-shape.ts";
import { hasInvisible, hasPiledMarks } from "#shared/contracts/visible-text.ts";

const MAX_USERNAME_CHARACTERS = 64;
/** Whatever is longer than this normalizes to no accepted username; a character can normalize to eighteen. */
export const MAX_USERNAME_INPUT = 4 * MAX_USERNAME_CHARACTERS;
const PATTERN = /^[\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}._@+-]*$/u;
/** A mark needs a letter to stand on, and stands there once. */
const STRAY_MARK = /[^\p{L}\p{M}]\p{M}|(\p{M})\1/u;
/** Letters of phonetics and of history, where Unicode keeps adding look-alikes of letters in use: first and last. */
const UNCOMMON = [
  [0x2b9, 0x2ba],
  [0x2bd, 0x2ff],
  [0x870, 0x89f],
  [0x1ab0, 0x1aff],
  [0x1d00, 0x1dff],
  [0x2c60, 0x2c7f],
  [0xa640, 0xa69f],
  [0xa720, 0xa7ff],
  [0xab30, 0xab6f],
  [0x10000, 0x1ffff],
] as const;

/** In common modern use: Unicode's recommended scripts (UAX #31, table 5). */
const SCRIPTS = [
  ...[
    "Arabic",
    "Armenian",
    "Bengali",
    "Bopomofo",
    "Cyrillic",
    "Devanagari",
    "Ethiopic",
    "Georgian",
    "Greek",
    "Gujarati",
  ],
  ...["Gurmukhi", "Hangul", "Han", "Hebrew", "Hiragana", "Kannada", "Katakana", "Khmer", "Lao", "Latin", "Malayalam"],
  ...["Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thaana", "Thai", "Tibetan"],
];
/** Written together (UTS #39 §5.2). */
const MIXTURES = [
  ["Latin", "Han", "Hiragana", "Katakana"],
  ["Latin", "Han", "Bopomofo"],
  ["Latin", "Han", "Hangul"],
];

const isUncommon = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  return UNCOMMON.some(([first, last]) => first <= code && code <= last);
};

const writtenIn = (scripts: readonly string[]): RegExp =>
  new RegExp(`^[${["Common", "Inherited", ...scripts].map((script) => `\\p{scx=${script}}`).join("")}]*$`, "u");

const WAYS_OF_WRITING = [...SCRIPTS.map((script) => [script]), ...MIXTURES].map(writtenIn);

/** No character takes more; another round changes nothing. */
const MAX_ROUNDS = 4;

const LOOKS_LIKE: ReadonlyMap<string, string> = new Map(Object.entries(confusables));

/** The digit zero of the decimal system that this digit belongs to. */
const zeroOf = (digit: string): number => {
  const value = digit.codePointAt(0) ?? 0;
  let zero = value;
  while (value - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return zero;
};

const mixesDigits = (name: string): boolean =>
  new Set([...name.matchAll(/\p{Nd}/gu)].map(([digit]) => zeroOf(digit))).size > 1;

/** The form a username is kept in: compatibility variants (full-width letters, ligatures) become the plain ones. */
export const normalizeUsername = (username: string): string => username.normalize("NFKC");

/** Lower case, then upper, then lower: there is a capital ẞ, which is its own upper case, and "SS" that of ß. */
const fold = (text: string): string => text.toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");

/**
 * Two usernames are the same when their keys are: case, compatibility variants and the blanks around do not distinguish users
 * apart. What is no Unicode text, which the database could not compare, has the key of no username.
 */
export const usernameKey = (username: string): string =>
  username.length > MAX_USERNAME_INPUT ? "" : fold(username.toWellFormed().normalize("NFKC").trim());

const LATIN = /^[A-Za-z]+$/;
const ASCII = /^\p{ASCII}$/u;
/** Missing in Unicode's table, which compares upright letters: in italics and in many fonts п is an n. */
const ALSO_LOOKS_LIKE: ReadonlyMap<string, string> = new Map([["π", "n"]]);

/** A letter whose capital is one of Latin, as м is M's, passes for that letter in whole words of its script. */
const prototypeOfCharacter = (character: string): string => {
  const own = LOOKS_LIKE.get(character);
  const ofCapital = ASCII.test(character) ? undefined : LOOKS_LIKE.get(character.toUpperCase());
  if (own !== undefined && LATIN.test(own)) return own;
  if (ofCapital !== undefined && LATIN.test(ofCapital)) return ofCapital;
  return ALSO_LOOKS_LIKE.get(character) ?? own ?? character;
};

const prototypeOf = (text: string): string => [...text.normalize("NFD")].map(prototypeOfCharacter).join("");

/** Two usernames look alike when their skeletons are the same (UTS #39 §4), whatever their case. */
export const usernameSkeleton = (username: string): string => {
  let skeleton = normalizeUsername(username);
  // Folding makes new look-alikes: M is none of "rn", m is.
  for (let round = 0; round < MAX_ROUNDS; round += 1) skeleton = fold(prototypeOf(skeleton));
  return skeleton;
};

/** Why a username is not accepted, or `undefined` when it is. */
export const usernameFault = (username: string): string | undefined => {
  const name = username.length <= MAX_USERNAME_INPUT ? normalizeUsername(username) : "";
  const characters = [...name].length;
  if (characters < 1 || characters > MAX_USERNAME_CHARACTERS)
    return `must have 1 to ${MAX_USERNAME_CHARACTERS} characters`;
  if (hasInvisible(username) || hasInvisible(name)) return "must not have invisible characters";
  if (!PATTERN.test(name)) return "must start with a letter or digit, followed by letters, digits and . _ @ + -";
  if (holdsCredential(name)) return HOLDS_CREDENTIAL;
  if (STRAY_MARK.test(name.normalize("NFD")) || hasPiledMarks(name))
    return "must have accents only on letters, without repetition, and at most four per letter";
  if ([...name].some(isUncommon)) return "must use letters of modern scripts";
  if (mixesDigits(name)) return "must not mix digits of several scripts";
  if (!WAYS_OF_WRITING.some((way) => way.test(name)))
    return "must use one script; Chinese, Japanese and Korean can be mixed with Latin letters";
  return undefined;
};
