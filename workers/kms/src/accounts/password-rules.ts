/**
 * Which passwords are accepted (NIST SP 800-63B §3.1.1.2): long ones that no guesser tries first. Nothing is demanded of
 * their characters.
 */
import { guessesOf } from "./password-strength.ts";

const MIN_PASSWORD_CHARACTERS = 12;
const MAX_PASSWORD_BYTES = 1024;
/** Whatever is longer than this normalizes to no accepted password: not to be attempted. */
export const MAX_PASSWORD_INPUT = 4 * MAX_PASSWORD_BYTES;
/** Fewer different characters are a pattern, not a password. */
const MIN_DIFFERENT_CHARACTERS = 5;
/** Beside a well-known name, so much must be left. */
const MIN_CHARACTERS_BESIDE_NAME = 8;
const MIN_NAME_CHARACTERS = 4;
/**
 * As a power of ten. Attempts are few and slow, and hashes are of no use without the pepper: who has both of them needs
 * years for so many.
 */
const MIN_GUESSES = 9;
const PRODUCT = "fountain";

/** The form in which a password is hashed: the same however a keyboard composes its characters. */
export const normalizePassword = (password: string): string => password.normalize("NFKC");

const plain = (text: string): string => text.normalize("NFKC").toLowerCase();

const isName = (password: string, name: string): boolean => {
  const [text, known] = [plain(password), plain(name)];
  if (text === known) return true;
  return (
    [...known].length >= MIN_NAME_CHARACTERS &&
    text.includes(known) &&
    [...text.replaceAll(known, "")].length < MIN_CHARACTERS_BESIDE_NAME
  );
};

/** What is known of the user who chooses the password: their username, their address, and where the account is. */
export interface PasswordOwner {
  username: string;
  email?: string | null | undefined;
  /** Where the installation is reached, an URL. */
  issuer: string;
}

const partsOfAddress = (text: string): string[] => (text.includes("@") ? [text, text.split("@")[0] ?? ""] : []);

/** The host, and each of its labels but the top-level domain. */
const namesOfHost = (issuer: string): string[] => {
  const { hostname } = new URL(issuer);
  return [hostname, ...hostname.split(".").slice(0, -1)];
};

const isNotEmpty = (text: string): boolean => text !== "";

/** Why a password is not accepted, or `undefined` when it is. */
export const passwordFault = (password: string, { username, email, issuer }: PasswordOwner): string | undefined => {
  if (password.length > MAX_PASSWORD_INPUT) return `must have at most ${MAX_PASSWORD_BYTES} bytes`;
  const normalized = normalizePassword(password);
  if (!password.isWellFormed()) return "must be Unicode text";
  if ([...normalized].length < MIN_PASSWORD_CHARACTERS)
    return `must have at least ${MIN_PASSWORD_CHARACTERS} characters`;
  if (Buffer.byteLength(normalized, "utf8") > MAX_PASSWORD_BYTES)
    return `must have at most ${MAX_PASSWORD_BYTES} bytes`;
  const own = [username, ...partsOfAddress(username), ...partsOfAddress(email ?? "")].filter(isNotEmpty);
  if (own.some((name) => isName(password, name)))
    return "must not be or be derived from the username or the email address";
  const installation = [PRODUCT, ...namesOfHost(issuer)].filter(isNotEmpty);
  if (installation.some((name) => isName(password, name)))
    return "must not be or be derived from the name of this installation";
  if (new Set(plain(password)).size < MIN_DIFFERENT_CHARACTERS)
    return `must have at least ${MIN_DIFFERENT_CHARACTERS} different characters`;
  if (guessesOf(normalized, [...own, ...installation]) < MIN_GUESSES)
    return "is too easy to guess, because it consists of common passwords, words, names, dates or keyboard patterns: use more unrelated words, or a password manager";
  return undefined;
};
