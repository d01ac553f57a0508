/**
 * How many guesses a password takes of somebody who knows which ones are common, how they are varied, where keys lie on
 * keyboards, and what dates, sequences and repetitions look like (zxcvbn).
 */
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

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

const createEstimator = (): ZxcvbnFactory =>
  new ZxcvbnFactory({
    dictionary: { ...dictionary, phrases: PHRASES, web: WEB },
    graphs: adjacencyGraphs,
    l33tMaxSubstitutions: MAX_SUBSTITUTIONS,
  });

/** Made with the first password: most processes never see one chosen. */
let known: ZxcvbnFactory | undefined;

const estimator = (): ZxcvbnFactory => {
  known ??= createEstimator();
  return known;
};

/** The part that, repeated, is the text; the text itself when there is none. */
const unitOf = (text: string): string => text.slice(0, (text + text).indexOf(text, 1));

/**
 * The guesses it takes, as a power of ten; of a long password, those for its beginning or its end, whichever takes more.
 * `hints`: what somebody who guesses knows of the account.
 */
export const guessesOf = (password: string, hints: readonly string[]): number => {
  const characters = [...unitOf(password)];
  const parts =
    characters.length <= RATED_CHARACTERS
      ? [characters]
      : [characters.slice(0, RATED_CHARACTERS), characters.slice(-RATED_CHARACTERS)];
  return Math.max(...parts.map((part) => estimator().check(part.join(""), [...hints]).guessesLog10));
};
