/**
 * Refresh tokens: opaque, `ftr_` and 256 bits; only a keyed hash of them is stored. A successor follows from its
 * predecessor under a key that only the kms has, so that it can be issued again without being stored.
 */
import { hmac, macInContext } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";

const PREFIX = "ftr_";
const SECRET_BYTES = 32;
const PATTERN = /^ftr_[\w-]{43}$/;
const SUCCESSION = "refresh-token/successor";

export interface RefreshToken {
  token: string;
  /** What is stored of it. */
  hash: string;
}

export interface RefreshTokens {
  /** The first one of a session. */
  create(): RefreshToken;
  /** The one that follows this one: always the same, and not to be derived from this one alone. */
  successorOf(token: string): RefreshToken;
  /** The hash it would be stored as; `undefined` when it cannot be one of ours. */
  hashOf(token: string): string | undefined;
}

export const createRefreshTokens = (key: Uint8Array, randomBytes: RandomBytes): RefreshTokens => {
  const withHash = (secret: string): RefreshToken => {
    const token = PREFIX + secret;
    return { token, hash: hmac(key, token) };
  };
  return {
    create: () => withHash(Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url")),
    successorOf: (token) => withHash(macInContext(key, SUCCESSION, token)),
    hashOf: (token) => (PATTERN.test(token) ? hmac(key, token) : undefined),
  };
};
