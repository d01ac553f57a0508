/**
 * What SECRET_KEY is the root of (HKDF-SHA-256, RFC 5869): key-encryption keys, and under them one key per purpose, so
 * that what is made for one purpose is worthless for another.
 */
import { hkdfSync } from "node:crypto";

/** Below this SECRET_KEY could be guessed offline by whoever copies the database. */
export const MIN_SECRET_KEY_BYTES = 32;
const DERIVED_KEY_BYTES = 32;
const NO_SALT = "";

/** HKDF-SHA-256: a key of so many bytes, 32 unless told, for the purpose that `info` names (RFC 5869 §2). */
export const hkdf = (
  keyMaterial: Uint8Array | string,
  salt: Uint8Array | string,
  info: Uint8Array | string,
  sizeBytes = DERIVED_KEY_BYTES,
): Uint8Array => new Uint8Array(hkdfSync("sha256", keyMaterial, salt, info, sizeBytes));

/** What the kms has a key of its own for, and the `info` that it was once derived with. */
const PURPOSES = {
  passwordPepper: "password-pepper",
  apiKeyMac: "api-key-mac",
  refreshTokenMac: "refresh-token-mac",
  sealing: "sealing",
  mac: "mac",
  signingKeyWrapping: "signing-key-wrapping",
  auditMac: "audit-mac",
  auditKeyWrapping: "audit-key-wrapping",
  wrappingTokenMac: "wrapping-token-mac",
  emailSealing: "email-sealing",
  emailMac: "email-mac",
} as const;

export type KeyName = keyof typeof PURPOSES;

/** One key of 32 bytes per purpose. */
export type InternalKeys = Record<KeyName, Uint8Array>;

const isKeyName = (name: string): name is KeyName => name in PURPOSES;

export const KEY_NAMES = Object.keys(PURPOSES).filter(isKeyName);

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

/** All keys derived from SECRET_KEY directly, as the first installations had them. */
export const deriveKeys = (secretKey: string): InternalKeys =>
  internalKeysFrom(KEY_NAMES.map((name) => [name, hkdf(secretKey, NO_SALT, `fountain/kms/v1/${PURPOSES[name]}`)]));

/** The key-encryption key that follows from SECRET_KEY and a salt. */
export const deriveKek = (secretKey: string, salt: Uint8Array): Uint8Array =>
  hkdf(secretKey, salt, "fountain/kms/v2/key-encryption");
