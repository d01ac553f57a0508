/** Numbers as Typesense takes them: integers of 64 bits. No document has one beyond 53 bits. */

const INTEGER = /^-?\d{1,19}$/;
const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** Beyond all numbers that documents have, and exact. */
const LIMIT = 2 ** 53;

export const isInteger = (text: string): boolean => /^-?\d+$/.test(text);

/** The number, or one beyond all that documents have in its place; `undefined` if it has more than 64 bits, or is none. */
export const toInt64 = (text: string): number | undefined => {
  if (!INTEGER.test(text)) return undefined;
  const value = BigInt(text);
  if (value < MIN || value > MAX) return undefined;
  return Math.min(Math.max(Number(value), -LIMIT), LIMIT);
};
