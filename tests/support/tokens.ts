/** Access tokens and proofs of keys for tests: well-formed ones, and ones with exactly one thing wrong. */
import { createHash } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import {
  ACCESS_TOKEN_TTL_SECONDS,
  FIRST_PARTY_CLIENT,
  TOKEN_AUDIENCE,
  TOKEN_TYPE,
} from "../../shared/contracts/access-token.ts";

/** The claims of a user's token that is good for fifteen minutes, with some replaced; `undefined` removes one. */
export const testClaims = (
  issuer: string,
  nowSeconds: number,
  replaced: Record<string, unknown> = {},
): Record<string, unknown> => ({
  iss: issuer,
  aud: TOKEN_AUDIENCE,
  sub: "user-1",
  exp: nowSeconds + ACCESS_TOKEN_TTL_SECONDS,
  iat: nowSeconds,
  jti: crypto.randomUUID(),
  sid: "session-1",
  client_id: FIRST_PARTY_CLIENT,
  roles: ["user"],
  scope: "sequence:read search:read",
  acr: "aal1",
  amr: ["pwd"],
  auth_time: nowSeconds,
  ...replaced,
});

export interface TestSigner {
  /** The public half, as the kms would publish it. */
  jwk: JWK & { kid: string; alg: string };
  /** Signs claims as they are; the header says `at+jwt` and this key unless told otherwise; `undefined` removes a parameter. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

const createHalves = async (alg: string): Promise<{ publicJwk: JWK; privateKey: CryptoKey | Uint8Array }> => {
  if (alg === "HS256") {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    return { publicJwk: { kty: "oct", k: Buffer.from(secret).toString("base64url") }, privateKey: secret };
  }
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { publicJwk: await exportJWK(publicKey), privateKey };
};

/** A new key that signs access tokens: with Ed25519, unless told otherwise. */
export const createTestSigner = async (kid: string, alg = "EdDSA"): Promise<TestSigner> => {
  const { publicJwk, privateKey } = await createHalves(alg);
  return {
    jwk: { ...publicJwk, kid, alg, use: "sig" },
    sign: (claims, header) =>
      new SignJWT(claims).setProtectedHeader({ alg, typ: TOKEN_TYPE, kid, ...header }).sign(privateKey),
  };
};

/** A client's key, and its proofs (RFC 9449). */
export interface ProofKey {
  jwk: JWK;
  /** Its private half, as no proof may show it. */
  privateJwk: JWK;
  jkt: string;
  /** A proof of now; `undefined` removes a claim or a parameter of the header. */
  prove(
    method: string,
    url: string,
    more?: { token?: string; claims?: Record<string, unknown>; header?: Record<string, unknown> },
  ): Promise<string>;
}

export const createProofKey = async (alg = "ES256"): Promise<ProofKey> => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    jwk,
    privateJwk: await exportJWK(privateKey),
    jkt: await calculateJwkThumbprint(jwk),
    prove: (htm, htu, { token, claims, header } = {}) =>
      new SignJWT({
        jti: crypto.randomUUID(),
        htm,
        htu,
        iat: Math.floor(Date.now() / 1000),
        ...(token !== undefined && { ath: createHash("sha256").update(token).digest("base64url") }),
        ...claims,
      })
        .setProtectedHeader({ alg, typ: "dpop+jwt", jwk, ...header })
        .sign(privateKey),
  };
};
