/** Usernames: what is accepted, and when two of them are the same. */

export const MAX_USERNAME_CHARACTERS = 64;
/** Whatever is longer than this normalizes to no accepted username; a character can normalize to eighteen. */
export const MAX_USERNAME_INPUT = 4 * MAX_USERNAME_CHARACTERS;
const PATTERN = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]*$/u;

/** The form a username is kept in: compatibility variants (full-width letters, ligatures) become the plain ones. */
export const normalizeUsername = (username: string): string => username.normalize("NFKC");

/**
 * Two usernames are the same when their keys are: case and compatibility variants do not tell users apart. What is no
 * Unicode text, which the database could not compare, has the key of no username.
 */
export const usernameKey = (username: string): string =>
  username.toWellFormed().normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");

/** Why a username is not accepted, or `undefined` when it is. */
export const usernameFault = (username: string): string | undefined => {
  const characters = [...normalizeUsername(username)].length;
  if (characters < 1 || characters > MAX_USERNAME_CHARACTERS)
    return `must have 1 to ${MAX_USERNAME_CHARACTERS} characters`;
  if (!PATTERN.test(normalizeUsername(username)))
    return "must begin with a letter or digit and go on with letters, digits and . _ @ + -";
  return undefined;
};
