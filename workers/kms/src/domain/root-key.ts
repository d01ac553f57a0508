/**
 * Derives every key of the kms from SECRET_KEY (HKDF-SHA-256, RFC 5869): one key per purpose, so that what is made for
 * one purpose is worthless for another.
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

export interface DerivedKeys {
  passwordPepper: Uint8Array;
  apiKeyMac: Uint8Array;
  refreshTokenMac: Uint8Array;
  sealing: Uint8Array;
  mac: Uint8Array;
  signingKeyWrapping: Uint8Array;
  auditMac: Uint8Array;
  auditKeyWrapping: Uint8Array;
}

/** Whether the text has enough bytes. Its own UTF-8 bytes are the key material, be they hex, base64url or anything else. */
export const isStrongSecretKey = (secretKey: string): boolean =>
  Buffer.byteLength(secretKey, "utf8") >= MIN_SECRET_KEY_BYTES;

/** All derived keys, 32 bytes each. The purpose is the `info` of RFC 5869 §2.3. */
export const deriveKeys = (secretKey: string): DerivedKeys => {
  const derive = (purpose: string): Uint8Array => hkdf(secretKey, NO_SALT, `fountain/kms/v1/${purpose}`);
  return {
    passwordPepper: derive("password-pepper"),
    apiKeyMac: derive("api-key-mac"),
    refreshTokenMac: derive("refresh-token-mac"),
    sealing: derive("sealing"),
    mac: derive("mac"),
    signingKeyWrapping: derive("signing-key-wrapping"),
    auditMac: derive("audit-mac"),
    auditKeyWrapping: derive("audit-key-wrapping"),
  };
};

/** The key-encryption key that follows from SECRET_KEY and a salt. */
export const deriveKek = (secretKey: string, salt: Uint8Array): Uint8Array =>
  hkdf(secretKey, salt, "fountain/kms/v2/key-encryption");
