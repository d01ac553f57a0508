/** Refresh tokens: opaque, `ftr_` and 256 random bits; only a keyed hash of them is stored. */
import { hmac } from "./mac.ts";
import type { RandomBytes } from "./random.ts";

const PREFIX = "ftr_";
const SECRET_BYTES = 32;
const PATTERN = /^ftr_[\w-]{43}$/;

export interface RefreshTokens {
  create(): { token: string; hash: string };
  /** The hash it would be stored as; `undefined` when it cannot be one of ours. */
  hashOf(token: string): string | undefined;
}

export const createRefreshTokens = (key: Uint8Array, randomBytes: RandomBytes): RefreshTokens => ({
  create: () => {
    const token = PREFIX + Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
    return { token, hash: hmac(key, token) };
  },
  hashOf: (token) => (PATTERN.test(token) ? hmac(key, token) : undefined),
});
