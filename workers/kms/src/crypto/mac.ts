/** Keyed hashes (HMAC-SHA-256, RFC 2104) of what must be recognised but never read again. */
import { createHmac, timingSafeEqual } from "node:crypto";

const LENGTH_BYTES = 4;

/** HMAC-SHA-256 in base64url. */
export const hmac = (key: Uint8Array, data: Uint8Array | string): string =>
  createHmac("sha256", key).update(data).digest("base64url");

/** HMAC of data in a context. The context's length comes first, so that no context and data can pass for another pair. */
export const macInContext = (key: Uint8Array, context: string, data: string): string => {
  const contextBytes = Buffer.from(context, "utf8");
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(contextBytes.length);
  return hmac(key, Buffer.concat([length, contextBytes, Buffer.from(data, "utf8")]));
};

/** Compares two hashes in a time that reveals nothing about where they differ. */
export const isSameHash = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one, "utf8"), Buffer.from(other, "utf8")];
  return a.length === b.length && timingSafeEqual(a, b);
};
