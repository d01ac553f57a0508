import { exportJWK, generateKeyPair, type JWK } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { findVerificationKey, keyIdOf } from "./verification-key.ts";

const jwkOf = async (alg: string, options: object = {}): Promise<JWK> => {
  const { publicKey } = await generateKeyPair(alg, { extractable: true, ...options });
  return { ...(await exportJWK(publicKey)), kid: alg, alg, use: "sig" };
};
const secret = (bytes: number): JWK => ({
  kty: "oct",
  kid: "HS256",
  alg: "HS256",
  k: Buffer.alloc(bytes, 7).toString("base64url"),
});

let ed25519: JWK;
let p256: JWK;
let rsa: JWK;

beforeAll(async () => {
  [ed25519, p256, rsa] = await Promise.all([jwkOf("EdDSA"), jwkOf("ES256"), jwkOf("RS256")]);
});

const find = (...keys: JWK[]): string | undefined => findVerificationKey(keys, keys[0]?.kid ?? "")?.algorithm;

describe("the key to verify a token with", () => {
  test("is the one of its id", () => {
    expect(find(ed25519, p256, rsa)).toBe("EdDSA");
    expect(find(p256, ed25519)).toBe("ES256");
    expect(find(rsa)).toBe("RS256");
    expect(find(secret(32))).toBe("HS256");
    expect(findVerificationKey([ed25519], "another")).toBeUndefined();
  });

  test("is none where an id stands twice, or secrets stand among public keys", () => {
    expect(find(ed25519, { ...p256, kid: "EdDSA" })).toBeUndefined();
    expect(find(ed25519, secret(32))).toBeUndefined();
    expect(find(secret(32), ed25519)).toBeUndefined();
  });

  test("is none that is not for signatures", () => {
    expect(find({ ...ed25519, use: "enc" })).toBeUndefined();
    expect(find({ ...ed25519, key_ops: ["encrypt"] })).toBeUndefined();
    expect(find({ ...ed25519, key_ops: ["verify"] })).toBe("EdDSA");
  });

  test("is none of another kind than its algorithm wants, nor of an algorithm that is not ours", () => {
    for (const alg of ["ES256", "RS256", "HS256", "none", "PS256", "constructor", ""])
      expect(find({ ...ed25519, alg }), alg).toBeUndefined();
    const { alg: _, ...nameless } = ed25519;
    expect(find(nameless)).toBeUndefined();
    expect(find({ ...p256, crv: "P-384" })).toBeUndefined();
  });

  test("is none that is too weak", async () => {
    expect(find(secret(31))).toBeUndefined();
    expect(find({ ...rsa, e: "Aw" })).toBeUndefined();
    expect(find({ ...rsa, n: Buffer.alloc(128, 255).toString("base64url") })).toBeUndefined();
    expect(find({ ...rsa, n: `AQ${rsa.n}` })).toBeUndefined();
    expect(find({ ...rsa, n: "" })).toBeUndefined();
  });
});

test("only a compact JWS in its one spelling names a key", () => {
  const header = Buffer.from(JSON.stringify({ alg: "EdDSA", kid: "one" })).toString("base64url");
  expect(keyIdOf(`${header}.e30.AAAA`)).toBe("one");
  for (const token of [
    "",
    "a",
    "a.b",
    `${header}.e30.AAAA.AAAA`,
    `${header}=.e30.AAAA`,
    `${header}.e30.AAB`,
    `${header}.e3 0.AAAA`,
  ])
    expect(keyIdOf(token), token).toBeUndefined();
});
