/** What it costs to hash a password, and to guess it. In a file of its own, as tests of other things hash at less. */

export interface Cost {
  /** log2 of N. */
  ln: number;
  r: number;
  p: number;
}

/** N·r·p = 655,360; Cloudflare allows up to 2^20. OWASP's equivalent of N = 2^17, r = 8, p = 1 with less memory. */
export const CURRENT_COST: Cost = { ln: 14, r: 8, p: 5 };
