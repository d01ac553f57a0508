/** Codes as people type and paste them: in one normal form, without what a clipboard, a keyboard or an app added. */

/**
 * White space of every kind, dashes of every kind, and invisible characters: zero-width characters, direction marks, soft
 * hyphens, variation selectors. U+FFFD is what workerd makes of the byte 0xA0 in a header: a browser's no-break space.
 */
const GAPS = /[\p{White_Space}\p{Dash}\p{Default_Ignorable_Code_Point}\p{Cf}\ufffd]/gu;
const DECIMAL_DIGIT = /\p{Nd}/u;
const NOT_ASCII_DIGIT = /[^\P{Nd}0-9]/gu;
const BASE = 10;

/** Its value: Unicode has the digits of every script as a block of ten, from 0 to 9 (Unicode 17, §4.6). */
const digitValue = (digit: string): string => {
  const codePoint = digit.codePointAt(0) ?? 0;
  let first = codePoint;
  while (DECIMAL_DIGIT.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((codePoint - first) % BASE);
};

/**
 * The normal form of a code: no gaps, digits of every script as 0 to 9, compatibility forms (full-width) as plain ones. The
 * caller bounds the length of what was typed beforehand.
 */
export const normalizeTypedCode = (typed: string): string =>
  typed.normalize("NFKC").replace(GAPS, "").replace(NOT_ASCII_DIGIT, digitValue);
