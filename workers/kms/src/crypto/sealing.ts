/** Authenticated encryption of text for storage (AES-256-GCM, NIST SP 800-38D), bound to an AAD context: where it is stored. */
import type { RandomBytes } from "./random.ts";

const FORMAT_VERSION = "v1";
/** NIST SP 800-38D §8.2.2: random nonces of 96 bits, good for 2^32 messages under one key. */
export const NONCE_BYTES = 12;

export interface Sealer {
  /** `v1.` and base64url of nonce, ciphertext and tag. */
  seal(context: string, plaintext: string): Promise<string>;
  /** The plaintext, or `undefined` when this key, this context and this text do not belong together. */
  open(context: string, sealed: string): Promise<string | undefined>;
}

const importKey = (key: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);

/** AES-256-GCM; the 16-byte tag follows the ciphertext. */
export const encrypt = async (
  key: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  plaintext: Uint8Array,
): Promise<Uint8Array> =>
  new Uint8Array(
    await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData }, await importKey(key), plaintext),
  );

/** The plaintext, or `undefined` when the tag does not fit. */
export const decrypt = async (
  key: Uint8Array,
  nonce: Uint8Array,
  additionalData: Uint8Array,
  ciphertext: Uint8Array,
): Promise<Uint8Array | undefined> => {
  const imported = await importKey(key);
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce, additionalData }, imported, ciphertext).then(
    (plaintext) => new Uint8Array(plaintext),
    () => undefined,
  );
};

/** A sealer under one 256-bit key. */
export const createSealer = (key: Uint8Array, randomBytes: RandomBytes): Sealer => ({
  seal: async (context, plaintext) => {
    const nonce = randomBytes(NONCE_BYTES);
    const ciphertext = await encrypt(key, nonce, Buffer.from(context, "utf8"), Buffer.from(plaintext, "utf8"));
    return `${FORMAT_VERSION}.${Buffer.concat([nonce, ciphertext]).toString("base64url")}`;
  },
  open: async (context, sealed) => {
    const [version, body, ...rest] = sealed.split(".");
    if (version !== FORMAT_VERSION || body === undefined || rest.length > 0) return undefined;
    const bytes = Buffer.from(body, "base64url");
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const plaintext = await decrypt(key, nonce, Buffer.from(context, "utf8"), bytes.subarray(NONCE_BYTES));
    return plaintext && Buffer.from(plaintext).toString("utf8");
  },
});
