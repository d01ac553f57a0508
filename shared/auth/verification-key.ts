/**
 * Finds the key that a token is to be verified with (RFC 7517 §4, RFC 7518 §3, RFC 8725 §3.1): one that is fit for its
 * algorithm, meant for signatures, and unambiguous. With anything else there is no key.
 */
import { decodeProtectedHeader, type JWK } from "jose";

/** RFC 7518 §3.2: as long as the hash, at least. */
const MIN_SHARED_SECRET_BYTES = 32;
const RSA_MODULUS_BITS = [2048, 3072, 4096];
/** 65537, as in NIST SP 800-56B; small exponents enable attacks. */
const RSA_EXPONENT = "AQAB";

const bytesOf = (text = ""): Buffer => Buffer.from(text, "base64url");

const bitsOf = (text: string | undefined): number => {
  const bytes = bytesOf(text);
  return bytes.length === 0 ? 0 : bytes.length * 8 - Math.clz32(bytes.readUInt8(0)) + 24;
};

/** What the kms may sign with, and what a key for it is; `none` above all is not among it. */
const FITS: ReadonlyMap<string, (key: JWK) => boolean> = new Map<string, (key: JWK) => boolean>([
  ["EdDSA", ({ kty, crv }) => kty === "OKP" && crv === "Ed25519"],
  ["ES256", ({ kty, crv }) => kty === "EC" && crv === "P-256"],
  ["RS256", ({ kty, n, e }) => kty === "RSA" && e === RSA_EXPONENT && RSA_MODULUS_BITS.includes(bitsOf(n))],
  ["HS256", ({ kty, k }) => kty === "oct" && bytesOf(k).length >= MIN_SHARED_SECRET_BYTES],
]);

const isForSignatures = ({ use = "sig", key_ops = ["verify"] }: JWK): boolean =>
  use === "sig" && key_ops.includes("verify");

export interface VerificationKey {
  jwk: JWK;
  algorithm: string;
}

/** Whether it is a shared secret, which never stands in one set with public keys. */
export const isShared = ({ kty }: JWK): boolean => kty === "oct";

const isBase64Url = (text: string): boolean => Buffer.from(text, "base64url").toString("base64url") === text;

/**
 * The key that a token names; `undefined` when it is not a compact JWS whose every part has its one spelling (RFC
 * 7515 §2,
 * RFC 4648 §3.5): else the same token could be sent as many texts.
 */
export const keyIdOf = (token: string): string | undefined => {
  const parts = token.split(".");
  if (parts.length !== 3 || !parts.every(isBase64Url)) return undefined;
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
};

/** The key of that id. A set of shared secrets and public keys has none, nor has one that gives the id twice. */
export const findVerificationKey = (keys: readonly JWK[], kid: string): VerificationKey | undefined => {
  const [jwk, ...others] = keys.filter((key) => key.kid === kid);
  if (!jwk?.alg || others.length > 0 || keys.some((key) => isShared(key) !== isShared(jwk))) return undefined;
  const isFit = FITS.get(jwk.alg)?.(jwk) ?? false;
  return isFit && isForSignatures(jwk) ? { jwk, algorithm: jwk.alg } : undefined;
};
