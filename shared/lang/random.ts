/** Random ids from a pool of random bytes: one call of the runtime serves a hundred ids. */

const POOL_BYTES = 4_096;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Filled at the first call: outside of a request there is no randomness. */
let pool = new Uint8Array(0);
let used = 0;

/** That many random bytes, cryptographically secure, in lower-case hexadecimal digits. No byte is used twice. */
export const randomHex = (bytes: number): string => {
  if (used + bytes > pool.length) {
    pool = crypto.getRandomValues(new Uint8Array(POOL_BYTES));
    used = 0;
  }
  let text = "";
  for (const end = used + bytes; used < end; used += 1) {
    text += HEX[pool[used] ?? 0];
    pool[used] = 0;
  }
  return text;
};
