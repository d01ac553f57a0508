/**
 * Key-encryption keys follow from SECRET_KEY (HKDF-SHA-256, RFC 5869); under them stands one key per purpose, so that what
 * is made for one purpose is worthless for another.
 */
import { hkdfSync } from "node:crypto";

/** Below this SECRET_KEY could be guessed offline from a copy of the database. */
export const MIN_SECRET_KEY_BYTES = 32;
const DERIVED_KEY_BYTES = 32;

/** HKDF-SHA-256: a key of so many bytes, by default 32, for the purpose that `info` names (RFC 5869 §2). */
export const hkdf = (
  keyMaterial: Uint8Array | string,
  salt: Uint8Array | string,
  info: Uint8Array | string,
  sizeBytes = DERIVED_KEY_BYTES,
): Uint8Array => new Uint8Array(hkdfSync("sha256", keyMaterial, salt, info, sizeBytes));

/** What the kms has a key of its own for. */
export const KEY_NAMES = [
  "passwordPepper",
  "apiKeyMac",
  "refreshTokenMac",
  "sealing",
  "mac",
  "signingKeyWrapping",
  "auditMac",
  "auditKeyWrapping",
  "wrappingTokenMac",
  "emailSealing",
  "emailMac",
  "sessionOriginSealing",
  "oauthMac",
  "linkMac",
] as const;

export type KeyName = (typeof KEY_NAMES)[number];

/** One key of 32 bytes per purpose. */
export type InternalKeys = Record<KeyName, Uint8Array>;

const isComplete = (keys: Partial<InternalKeys>): keys is InternalKeys =>
  KEY_NAMES.every((name) => keys[name] !== undefined);

/** The keys by their names; throws when one is missing. */
export const internalKeysFrom = (entries: readonly (readonly [KeyName, Uint8Array])[]): InternalKeys => {
  const keys: Partial<InternalKeys> = Object.fromEntries(entries);
  if (!isComplete(keys)) throw new Error("an internal key is missing");
  return keys;
};

/** Whether the text has enough bytes. Its own UTF-8 bytes are the key material, be they hex, base64url or anything else. */
export const isStrongSecretKey = (secretKey: string): boolean =>
  Buffer.byteLength(secretKey, "utf8") >= MIN_SECRET_KEY_BYTES;

/** The key-encryption key that follows from SECRET_KEY and a salt. */
export const deriveKek = (secretKey: string, salt: Uint8Array): Uint8Array =>
  hkdf(secretKey, salt, "fountain/kms/v2/key-encryption");
