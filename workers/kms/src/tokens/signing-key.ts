/**
 * Signing keys (RFC 7517, RFC 7518, RFC 8037): what they are made of, and their states. The private half, or the shared
 * secret of HS256, is never stored in the clear.
 */

import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { z } from "zod";
import { Unavailable } from "#shared/lang/unavailable.ts";
import type { Sealer } from "../crypto/sealing.ts";

export const SIGNING_ALGORITHMS = ["EdDSA", "ES256", "RS256", "HS256"] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** RFC 7518 §3.2: as long as the hash, at least. */
const SHARED_SECRET_BYTES = 32;

/**
 * `next` is published and does not sign yet, `current` signs, `retiring` signs no more but its tokens are still good, and
 * of `revoked` no token is.
 */
export const SIGNING_KEY_STATES = ["next", "current", "retiring", "revoked"] as const;
export type SigningKeyState = (typeof SIGNING_KEY_STATES)[number];

/** What a key signs. One for ID tokens verifies no access token, which every client could else make of the other. */
export const SIGNING_KEY_PURPOSES = ["access-token", "id-token"] as const;
export type SigningKeyPurpose = (typeof SIGNING_KEY_PURPOSES)[number];

export interface SigningKey {
  kid: string;
  purpose: SigningKeyPurpose;
  state: SigningKeyState;
  algorithm: SigningAlgorithm;
  /** With `kid`, `alg` and `use`, as published; of a shared secret nothing else. */
  publicJwk: JWK;
  /** The private JWK, sealed for this row. */
  wrappedPrivateJwk: string;
  createdAt: Date;
  /** When it began to sign. */
  activatedAt: Date | null;
  /** When it signed last, or was revoked. */
  endedAt: Date | null;
}

/** As much of a key as it takes to sign with it. */
export type WrappedSigningKey = Pick<SigningKey, "kid" | "wrappedPrivateJwk">;

/** A key ready to sign. */
export interface Signer {
  kid: string;
  algorithm: string;
  privateKey: CryptoKey | Uint8Array;
}

/** SECRET_KEY is not the one this database was written under. Nothing in it can be used until the right one is given. */
export class WrongSecretKey extends Unavailable {
  override readonly name = "WrongSecretKey";

  /** `what` cannot be decrypted. */
  constructor(what: string) {
    super(`SECRET_KEY does not match this database: ${what} cannot be decrypted`, {
      detail: "SECRET_KEY does not match this database. Restart the kms with the right key.",
    });
  }
}

/** The AAD context of a private key: in another row it does not open. */
const wrappingContext = (kid: string): string => `signing_keys/${kid}/wrapped_private_jwk`;

interface Halves {
  kid: string;
  publicJwk: JWK;
  privateJwk: JWK;
}

const createSharedSecret = (): Halves => {
  const k = Buffer.from(crypto.getRandomValues(new Uint8Array(SHARED_SECRET_BYTES))).toString("base64url");
  // Not the thumbprint, which of a secret had better not be published (RFC 7638 §7).
  return { kid: crypto.randomUUID(), publicJwk: { kty: "oct" }, privateJwk: { kty: "oct", k } };
};

const createKeyPair = async (algorithm: SigningAlgorithm): Promise<Halves> => {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  return { kid: await calculateJwkThumbprint(publicJwk), publicJwk, privateJwk: await exportJWK(privateKey) };
};

export interface NewSigningKey {
  purpose?: SigningKeyPurpose;
  algorithm?: SigningAlgorithm;
  state?: "next" | "current";
}

/** A new key, sealed with `wrapping`: by default an Ed25519 key that signs from now on. */
export const generateSigningKey = async (
  wrapping: Sealer,
  createdAt: Date,
  { purpose = "access-token", algorithm = "EdDSA", state = "current" }: NewSigningKey = {},
): Promise<SigningKey> => {
  const { kid, publicJwk, privateJwk } = algorithm === "HS256" ? createSharedSecret() : await createKeyPair(algorithm);
  return {
    kid,
    purpose,
    state,
    algorithm,
    publicJwk: { ...publicJwk, kid, alg: algorithm, use: "sig" },
    wrappedPrivateJwk: await wrapping.seal(wrappingContext(kid), JSON.stringify({ ...privateJwk, alg: algorithm })),
    createdAt,
    activatedAt: state === "current" ? createdAt : null,
    endedAt: null,
  };
};

const privateJwkSchema = z.looseObject({ alg: z.enum(SIGNING_ALGORITHMS) });

const openPrivateJwk = async (wrapping: Sealer, key: WrappedSigningKey): Promise<z.infer<typeof privateJwkSchema>> => {
  const privateJwk = await wrapping.open(wrappingContext(key.kid), key.wrappedPrivateJwk);
  if (privateJwk === undefined) throw new WrongSecretKey("the signing key");
  return privateJwkSchema.parse(JSON.parse(privateJwk));
};

/** The private key of a stored one; fails with `WrongSecretKey` when it cannot be opened. */
export const unwrapSigningKey = async (wrapping: Sealer, key: WrappedSigningKey): Promise<Signer> => {
  const { alg, ...jwk } = await openPrivateJwk(wrapping, key);
  return { kid: key.kid, algorithm: alg, privateKey: await importJWK(jwk, alg) };
};

/**
 * What its tokens are verified with: the public half, or the shared secret itself, which only the other workers may see.
 * Fails with `WrongSecretKey`.
 */
export const verificationJwk = async (wrapping: Sealer, key: SigningKey): Promise<JWK> =>
  key.algorithm === "HS256" ? { ...(await openPrivateJwk(wrapping, key)), ...key.publicJwk } : key.publicJwk;

/** Whether it may be published: a shared secret has no public half. */
export const isPublishable = ({ kty }: JWK): boolean => kty !== "oct";
