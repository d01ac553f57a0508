/** Signing keys: Ed25519 (RFC 8037), named by their RFC 7638 thumbprint, the private half never stored in the clear. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import type { Sealer } from "./sealing.ts";

export const SIGNING_ALGORITHM = "EdDSA";

export interface SigningKey {
  kid: string;
  /** With `kid`, `alg` and `use`, as published. */
  publicJwk: JWK;
  /** The private JWK, sealed for this row. */
  wrappedPrivateJwk: string;
  createdAt: Date;
}

/** A private key ready to sign. */
export interface Signer {
  kid: string;
  algorithm: string;
  privateKey: CryptoKey;
}

/** SECRET_KEY is not the one this database was written under. Nothing in it can be used until the right one is given. */
export class WrongSecretKey extends Error {
  override readonly name = "WrongSecretKey";
}

/** The place a private key is bound to: in another row it does not open. */
const wrappingContext = (kid: string): string => `signing_keys/${kid}/wrapped_private_jwk`;

/** A new key, sealed with `wrapping`. */
export const generateSigningKey = async (wrapping: Sealer, createdAt: Date): Promise<SigningKey> => {
  const { publicKey, privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { crv: "Ed25519", extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  return {
    kid,
    publicJwk: { ...publicJwk, kid, alg: SIGNING_ALGORITHM, use: "sig" },
    wrappedPrivateJwk: await wrapping.seal(wrappingContext(kid), JSON.stringify(await exportJWK(privateKey))),
    createdAt,
  };
};

/** The private key of a stored one; fails with `WrongSecretKey` when it cannot be opened. */
export const unwrapSigningKey = async (wrapping: Sealer, key: SigningKey): Promise<Signer> => {
  const privateJwk = await wrapping.open(wrappingContext(key.kid), key.wrappedPrivateJwk);
  if (privateJwk === undefined)
    throw new WrongSecretKey(
      "SECRET_KEY is not the one this database was written under: the signing key does not open",
    );
  const privateKey = await importJWK(JSON.parse(privateJwk), SIGNING_ALGORITHM);
  if (privateKey instanceof Uint8Array) throw new Error("a signing key cannot be symmetric");
  return { kid: key.kid, algorithm: SIGNING_ALGORITHM, privateKey };
};
