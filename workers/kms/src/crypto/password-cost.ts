/** What it costs to hash a password, and to guess it. In a file of its own, as tests of other things hash at less. */

/** Of Argon2id (RFC 9106): memory in KiB, passes over it, lanes. */
export interface Argon2idCost {
  algorithm: "argon2id";
  m: number;
  t: number;
  p: number;
}

/** Of scrypt (RFC 7914), at which passwords used to be hashed; `ln` is log2 of N. */
export interface ScryptCost {
  algorithm: "scrypt";
  ln: number;
  r: number;
  p: number;
}

export type Cost = Argon2idCost | ScryptCost;

/** OWASP's first choice, and to them as hard to guess as scrypt at N = 2^14, r = 8, p = 5. */
export const CURRENT_COST: Argon2idCost = { algorithm: "argon2id", m: 19_456, t: 2, p: 1 };
