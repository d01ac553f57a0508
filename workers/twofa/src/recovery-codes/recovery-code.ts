/** Recovery codes: single-use secrets, written down in case the authenticator is lost. */
import { normalizeTypedCode } from "../model/typed-code.ts";

const RECOVERY_CODE_COUNT = 10;
/** Crockford's Base32: no letter that is taken for a digit, no U. 32 symbols, so a random byte modulo 32 is unbiased. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** Ten symbols of five bits: 50 bits a code. */
const SYMBOLS = 10;
const GROUP = 5;

const createCode = (randomBytes: (count: number) => Uint8Array): string => {
  const symbols = Array.from(randomBytes(SYMBOLS), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join("");
  return `${symbols.slice(0, GROUP)}-${symbols.slice(GROUP)}`;
};

/** Ten new codes, each `xxxxx-xxxxx`. */
export const createRecoveryCodes = (randomBytes: (count: number) => Uint8Array): string[] =>
  Array.from({ length: RECOVERY_CODE_COUNT }, () => createCode(randomBytes));

/** The one spelling of a code, however it was typed: case and punctuation do not count, and O, I, L are digits. */
export const normalizeRecoveryCode = (typed: string): string =>
  normalizeTypedCode(typed)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .replaceAll("o", "0")
    .replace(/[il]/g, "1");
