/** One-time codes that are sent: eight random digits, valid for one challenge. */
import { normalizeTypedCode } from "../model/typed-code.ts";

const DIGITS = 8;
const CODES = 10 ** DIGITS;
/** Numbers beyond the last whole multiple would make some codes likelier than others. */
const UNBIASED_BELOW = Math.floor(2 ** 32 / CODES) * CODES;

const CODE = /^\d{8}$/;

/** A code as typed or pasted; `undefined` when it cannot be one. */
export const parseOneTimeCode = (typed: string): string | undefined => {
  const code = normalizeTypedCode(typed);
  return CODE.test(code) ? code : undefined;
};

/** A new code, every one as likely as every other. */
export const createOneTimeCode = (randomBytes: (count: number) => Uint8Array): string => {
  for (;;) {
    const number = randomBytes(4).reduce((sum, byte) => sum * 256 + byte, 0);
    if (number < UNBIASED_BELOW) return String(number % CODES).padStart(DIGITS, "0");
  }
};
