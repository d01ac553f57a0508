/**
 * How many guesses a password takes with knowledge of which ones are common, how they are varied, where keys lie on
 * keyboards, and what dates, sequences and repetitions look like (zxcvbn). It is rated in several readings: as it stands,
 * without its repetitions, without its separators, as words run together, and as a walk over a keyboard. The fewest
 * guesses count.
 */
import { ZxcvbnFactory, type ZxcvbnResult } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";
import germanWords from "@zxcvbn-ts/language-de/src/commonWords.json" with { type: "json" };
import englishWords from "./english-words.json" with { type: "json" };
import { guessesOfWalk } from "./keyboard-walk.ts";
import { shorten } from "./repetition.ts";

/** Run together, as they stand in the lists of those who guess. */
const PHRASES = [
  ...["correcthorsebatterystaple", "maytheforcebewithyou", "iamyourfather", "winteriscoming", "onceuponatime"],
  ...["thequickbrownfox", "thequickbrownfoxjumpsoverthelazydog", "loremipsumdolor", "loremipsumdolorsitamet"],
  ...["tobeornottobe", "tobeornottobethatisthequestion", "inthebeginning", "inthebeginningwastheword"],
  ...["allyourbasearebelongtous", "openthepodbaydoors", "onering", "oneringtorulethemall", "wearethechampions"],
];

/** What addresses of the web are made of, besides names. */
const WEB = ["www.", "http://", "https://", ".com", ".net", ".org", ".html", "@gmail.com", "@example.com", "localhost"];

/** The time for one rating grows with the square of the length, and faster with the signs that stand for letters. */
const RATED_CHARACTERS = 32;
const MAX_SUBSTITUTIONS = 10;
/** As a power of ten: which earlier part is repeated, and for how long. */
const COST_OF_COPY = 1.5;
const COST_OF_SEPARATOR = 1;
/** Below, separators stand between signs; above, between words. */
const MAX_SEPARATED_CHARACTERS = 2.5;
/** Words run together take so many guesses less than the rating says, which expects that their number is not known. */
const WORDS_KNOWN = 1.5;
/** So much of a password is words, years and sequences when it is made of them, and so much of that is letters. */
const MIN_SHARE_OF_WORDS = 0.75;
const MIN_SHARE_OF_LETTERS = 0.5;
/** Signs read as letters make a word of nearly any three characters: `73d`, `H4d`. */
const MIN_CHARACTERS_OF_SUBSTITUTED_WORD = 4;

/** As German is typed on keyboards without umlauts. */
const withoutUmlauts = (word: string): string =>
  word.replaceAll("ä", "ae").replaceAll("ö", "oe").replaceAll("ü", "ue").replaceAll("ß", "ss");

const createEstimator = (): ZxcvbnFactory =>
  new ZxcvbnFactory({
    dictionary: {
      ...dictionary,
      phrases: PHRASES,
      web: WEB,
      english: englishWords.flatMap((line) => line.split(" ")),
      german: germanWords,
      typedGerman: germanWords.map((word) => (/[äöüß]/.test(word) ? withoutUmlauts(word) : word)),
    },
    graphs: adjacencyGraphs,
    l33tMaxSubstitutions: MAX_SUBSTITUTIONS,
  });

/** Made with the first password: most processes never see one chosen. */
let known: ZxcvbnFactory | undefined;

const estimator = (): ZxcvbnFactory => {
  known ??= createEstimator();
  return known;
};

const SIGNS = new Map(
  Object.entries({ "4": "a", "@": "a", "3": "e", "1": "i", "!": "i", "0": "o", $: "s", "5": "s", "7": "t" }),
);

/** In one case, and without signs that stand for letters; of the same length. */
const plain = (text: string): string =>
  [...text]
    .map((character) =>
      (SIGNS.get(character) ?? character.toLowerCase()).padEnd(character.length).slice(0, character.length),
    )
    .join("");

const LETTER = /\p{L}/u;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/** Without other signs at its beginning and its end. */
const coreOf = (text: string): string[] => {
  const characters = [...text];
  const isInside = (character: string): boolean => LETTER_OR_DIGIT.test(character);
  return characters.slice(characters.findIndex(isInside), characters.findLastIndex(isInside) + 1);
};

const isWord = ({ pattern, token, l33t }: ZxcvbnResult["sequence"][number]): boolean =>
  pattern !== "bruteforce" && !(l33t === true && token.length < MIN_CHARACTERS_OF_SUBSTITUTED_WORD);

/** What words run together take, each by itself; infinity for what is not made of words. */
const guessesOfWords = ({ password, sequence }: ZxcvbnResult): number => {
  const core = coreOf(password);
  const letters = core.filter((character) => LETTER.test(character));
  const words = sequence.filter(isWord);
  const share = words.reduce((sum, { token }) => sum + token.length, 0) / password.length;
  const isOfWords =
    core.every((character) => LETTER_OR_DIGIT.test(character)) &&
    letters.length >= MIN_SHARE_OF_LETTERS * core.length &&
    share >= MIN_SHARE_OF_WORDS;
  if (!isOfWords) return Number.POSITIVE_INFINITY;
  return sequence.reduce((sum, { guessesLog10 }) => sum + guessesLog10, 0) - WORDS_KNOWN;
};

const SEPARATOR = /[^\p{L}\p{N}]/gu;

/** Without the one sign that stands between few others each time, as in `12 34 56`; `undefined` when there is none. */
const withoutSeparators = (text: string): string | undefined => {
  const separators = new Set(text.match(SEPARATOR));
  if (separators.size !== 1) return undefined;
  const parts = text.split(SEPARATOR).filter((part) => part !== "");
  const joined = parts.join("");
  return joined.length / parts.length > MAX_SEPARATED_CHARACTERS ? undefined : joined;
};

/** Of a long text, those for its beginning or its end, whichever takes more. */
const guessesOfText = (text: string, hints: readonly string[]): number => {
  const characters = [...text];
  const parts =
    characters.length <= RATED_CHARACTERS
      ? [characters]
      : [characters.slice(0, RATED_CHARACTERS), characters.slice(-RATED_CHARACTERS)];
  return Math.max(
    ...parts.map((part) => {
      const result = estimator().check(part.join(""), [...hints]);
      return Math.min(result.guessesLog10, guessesOfWords(result));
    }),
  );
};

const guessesOfReading = (text: string, hints: readonly string[]): number => {
  const { rest, copies } = shorten(text, plain(text));
  const withoutCopies = guessesOfText(rest, hints) + copies * COST_OF_COPY;
  const isRatedWhole = copies > 0 && [...text].length <= RATED_CHARACTERS;
  return isRatedWhole ? Math.min(withoutCopies, guessesOfText(text, hints)) : withoutCopies;
};

/** The guesses it takes, as a power of ten. `hints`: what is known of the account. */
export const guessesOf = (password: string, hints: readonly string[]): number => {
  const joined = withoutSeparators(password);
  return Math.min(
    guessesOfWalk(password),
    guessesOfReading(password, hints),
    joined === undefined ? Number.POSITIVE_INFINITY : guessesOfReading(joined, hints) + COST_OF_SEPARATOR,
  );
};
