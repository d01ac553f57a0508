/** Codes that people read from one screen and type into another (RFC 8628 §6.1): no vowels, so no words; nothing looks alike. */
import type { RandomBytes } from "../crypto/random.ts";

const ALPHABET = "BCDFGHJKLMNPQRSTVWXZ";
const GROUP = 4;
const CHARACTERS = 8;
/** Bytes from here on would favour the first letters. */
const FAIR_BYTES = 256 - (256 % ALPHABET.length);

/** A new code, as it is stored: 20^8 there are. */
export const newUserCode = (randomBytes: RandomBytes): string => {
  let code = "";
  while (code.length < CHARACTERS) {
    const fair = [...randomBytes(CHARACTERS)].filter((byte) => byte < FAIR_BYTES);
    code += fair.map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
  }
  return code.slice(0, CHARACTERS);
};

/** As it is shown: in two groups. */
export const shownUserCode = (code: string): string => `${code.slice(0, GROUP)}-${code.slice(GROUP)}`;

/** What was typed, as it is stored; `undefined`: it cannot be a code. */
export const readUserCode = (typed: string): string | undefined => {
  if (typed.length > 4 * CHARACTERS) return undefined;
  const code = typed.toUpperCase().replaceAll(/[\s-]/g, "");
  return code.length === CHARACTERS && [...code].every((letter) => ALPHABET.includes(letter)) ? code : undefined;
};
