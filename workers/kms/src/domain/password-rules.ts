/**
 * Which passwords are accepted (NIST SP 800-63B §3.1.1.2): long ones that nobody would try first. Nothing is demanded of
 * their characters. A password is looked at as people vary it: in any case, with digits for letters, with something
 * before or behind, several times over.
 */
import { commonPasswords } from "./common-passwords.ts";

export const MIN_PASSWORD_CHARACTERS = 12;
export const MAX_PASSWORD_BYTES = 1024;
/** Whatever is longer than this normalizes to no accepted password: nobody shall have us try. */
export const MAX_PASSWORD_INPUT = 4 * MAX_PASSWORD_BYTES;
/** Fewer different characters are a pattern, not a password. */
const MIN_DIFFERENT_CHARACTERS = 5;
/** Beside a name that everybody knows, so much must be left. */
const MIN_CHARACTERS_BESIDE_NAME = 8;
const MIN_NAME_CHARACTERS = 4;
/** That much before and behind a common password makes it no better. */
const MAX_STRIPPED = 8;
/** So short a part is filling; so short a run of neighbours is no sequence. */
const MAX_FILLER = 2;
const MAX_FILLING = 4;

const SUBSTITUTES: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "l",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

/** The form in which a password is hashed: the same however a keyboard composes its characters. */
export const normalizePassword = (password: string): string => password.normalize("NFKC");

const plain = (text: string): string => text.normalize("NFKC").toLowerCase();

const withoutSubstitutes = (text: string): string => text.replace(/[013457@$!]/g, (sign) => SUBSTITUTES[sign] ?? sign);

/** The part that, repeated, is the text; the text itself when there is none. */
const unitOf = (text: string): string => text.slice(0, (text + text).indexOf(text, 1));

const isStep = (from: number, to: number, step: number): boolean =>
  to - from === step || (from === (step > 0 ? 0x39 : 0x30) && to === (step > 0 ? 0x30 : 0x39));

/** `abcdef`, `98765`, `7890123`. */
const isSequence = (text: string): boolean => {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  const goesBy = (step: number): boolean =>
    codes.every((code, at) => at === 0 || isStep(codes[at - 1] ?? 0, code, step));
  return goesBy(1) || goesBy(-1);
};

const isKnown = (text: string): boolean =>
  commonPasswords().has(text) || (text.length > MAX_FILLER && isSequence(text));

/** One common word, once or several times, with fillers and common digits around it. */
const isPatchwork = (text: string): boolean => {
  const parts = (text.match(/\p{L}+|\P{L}+/gu) ?? []).filter((part) => part.length > MAX_FILLER);
  const words = new Set(parts.filter((part) => /\p{L}/u.test(part)));
  const isFilling = text.length - parts.join("").length <= MAX_FILLING;
  return words.size === 1 && isFilling && parts.every(isKnown);
};

const isCommonAsIs = (text: string): boolean => {
  const core = text.replace(/^\P{L}+|\P{L}+$/gu, "");
  const isStripped = core !== "" && text.length - core.length <= MAX_STRIPPED;
  return isKnown(text) || isKnown(unitOf(text)) || isPatchwork(text) || (isStripped && isKnown(core));
};

const isCommon = (password: string): boolean => {
  const text = plain(password);
  // Signs at the end are decoration before they are letters.
  const bare = text.replace(/(?<=\p{L}.*)\P{L}{1,8}$/u, "");
  return [text, withoutSubstitutes(text), withoutSubstitutes(bare)].some(isCommonAsIs);
};

const isName = (password: string, name: string): boolean => {
  const [text, known] = [plain(password), plain(name)];
  if (text === known) return true;
  return (
    [...known].length >= MIN_NAME_CHARACTERS &&
    text.includes(known) &&
    [...text.replaceAll(known, "")].length < MIN_CHARACTERS_BESIDE_NAME
  );
};

/** What is known of whoever chooses the password: his username, his address. */
export interface PasswordOwner {
  username: string;
  email?: string | null | undefined;
}

const namesOf = ({ username, email }: PasswordOwner): string[] => [
  username,
  ...[username, email ?? ""].filter((text) => text.includes("@")).flatMap((text) => [text, text.split("@")[0] ?? ""]),
];

/** Why a password is not accepted, or `undefined` when it is. */
export const passwordFault = (password: string, owner: PasswordOwner): string | undefined => {
  if (password.length > MAX_PASSWORD_INPUT) return `must have at most ${MAX_PASSWORD_BYTES} bytes`;
  const normalized = normalizePassword(password);
  if (!password.isWellFormed()) return "must be Unicode text";
  if ([...normalized].length < MIN_PASSWORD_CHARACTERS)
    return `must have at least ${MIN_PASSWORD_CHARACTERS} characters`;
  if (Buffer.byteLength(normalized, "utf8") > MAX_PASSWORD_BYTES)
    return `must have at most ${MAX_PASSWORD_BYTES} bytes`;
  if (namesOf(owner).some((name) => name !== "" && isName(password, name)))
    return "must not be the username or the email address, nor be made of it";
  if (new Set(plain(password)).size < MIN_DIFFERENT_CHARACTERS)
    return `must have at least ${MIN_DIFFERENT_CHARACTERS} different characters`;
  if (isCommon(password)) return "must not be one of the most common passwords, nor be made of one";
  return undefined;
};
