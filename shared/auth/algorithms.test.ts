/** RFC 8725 for every algorithm there is: which key verifies what, and what does not pass for something else. */
import { createHmac } from "node:crypto";
import { CompactSign, exportSPKI, importJWK } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { createTestSigner, type TestSigner, testClaims } from "../../tests/support/tokens.ts";
import { TOKEN_TYPE } from "../contracts/access-token.ts";
import type { CurrentTrust } from "./trust.ts";
import { createTokenVerifier, type TokenVerifier } from "./verify.ts";

const ISSUER = "https://fountain.example";
const NOW_SECONDS = 1_800_000_000;
const ALGORITHMS = ["EdDSA", "ES256", "RS256", "HS256"];

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = (replaced: Record<string, unknown> = {}) => testClaims(ISSUER, NOW_SECONDS, replaced);

const verifierOf = (...keys: CurrentTrust["keys"]): TokenVerifier => {
  const trust = { keys, revokedAtSeconds: new Map(), issuedBeforeSeconds: new Map(), version: 1 };
  return createTokenVerifier({ issuer: ISSUER, trust: async () => trust, now: () => NOW_SECONDS * 1000 });
};

const signers = new Map<string, TestSigner>();
const signerOf = (alg: string): TestSigner => {
  const signer = signers.get(alg);
  if (!signer) throw new Error(`there is no signer for ${alg}`);
  return signer;
};

beforeAll(async () => {
  for (const alg of ALGORITHMS) signers.set(alg, await createTestSigner(`key-${alg}`, alg));
});

describe.each(ALGORITHMS)("%s", (alg) => {
  test("verifies what its key signed, beside the keys of all others", async () => {
    const verify = verifierOf(...[...signers.values()].map(({ jwk }) => jwk));
    expect((await verify(await signerOf(alg).sign(claims()))).ok).toBe(true);
  });

  test("refuses what another key of the same kind signed", async () => {
    const stranger = await createTestSigner(`key-${alg}`, alg);
    expect(await verifierOf(signerOf(alg).jwk)(await stranger.sign(claims()))).toEqual({
      ok: false,
      error: { kind: "invalid" },
    });
  });

  test("refuses its own key under the name of another algorithm (§3.1)", async () => {
    for (const other of ALGORITHMS.filter((name) => name !== alg)) {
      const published = { ...signerOf(alg).jwk, alg: other };
      const verification = await verifierOf(published)(await signerOf(alg).sign(claims()));
      expect(verification, other).toEqual({ ok: false, error: { kind: "unknown-key" } });
    }
  });

  test("refuses a header that names another algorithm than the key has (§3.1)", async () => {
    const verify = verifierOf(signerOf(alg).jwk);
    const [, payload = "", signature = ""] = (await signerOf(alg).sign(claims())).split(".");
    for (const other of ["none", "None", ...ALGORITHMS, "HS512", "PS256", "ES384"].filter((name) => name !== alg)) {
      const header = segment({ alg: other, typ: TOKEN_TYPE, kid: `key-${alg}` });
      for (const forged of [`${header}.${payload}.${signature}`, `${header}.${payload}.`])
        expect(await verify(forged), other).toEqual({ ok: false, error: { kind: "invalid" } });
    }
  });

  test("refuses the kid of one key over the signature of another (§3.10)", async () => {
    const verify = verifierOf(...[...signers.values()].map(({ jwk }) => jwk));
    for (const other of ALGORITHMS.filter((name) => name !== alg)) {
      const token = await signerOf(alg).sign(claims(), { kid: `key-${other}` });
      expect(await verify(token), other).toEqual({ ok: false, error: { kind: "invalid" } });
    }
  });

  test("refuses other kinds of tokens, whoever signed them (§3.11, §3.12)", async () => {
    const verify = verifierOf(signerOf(alg).jwk);
    for (const typ of ["JWT", "logout+jwt", "audit-checkpoint+jwt", "AT+JWS", undefined])
      expect(await verify(await signerOf(alg).sign(claims(), { typ })), typ).toEqual({
        ok: false,
        error: { kind: "invalid" },
      });
  });

  test("refuses headers that ask for more than is understood", async () => {
    const verify = verifierOf(signerOf(alg).jwk);
    const [, payload = "", signature = ""] = (await signerOf(alg).sign(claims())).split(".");
    for (const more of [{ crit: ["exp"], exp: 1 }, { b64: false, crit: ["b64"] }, { crit: [] }]) {
      const header = segment({ alg, typ: TOKEN_TYPE, kid: `key-${alg}`, ...more });
      expect(await verify(`${header}.${payload}.${signature}`)).toEqual({ ok: false, error: { kind: "invalid" } });
    }
  });
});

test.each(["EdDSA", "ES256", "RS256"])("a public key of %s is no shared secret (§2.1)", async (alg) => {
  const { jwk } = signerOf(alg);
  const key = await importJWK({ ...jwk, ext: true }, alg, { extractable: true });
  if (key instanceof Uint8Array) throw new Error("a public key was expected");
  const secrets = [await exportSPKI(key), JSON.stringify(jwk), String(jwk.x ?? jwk.n)];
  const input = `${segment({ alg: "HS256", typ: TOKEN_TYPE, kid: jwk.kid })}.${segment(claims())}`;
  for (const secret of secrets) {
    const token = `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
    expect(await verifierOf(jwk)(token)).toEqual({ ok: false, error: { kind: "invalid" } });
  }
});

test("claims that are no UTF-8 are refused, signed or not (§3.7)", async () => {
  const { jwk } = signerOf("HS256");
  const key = Buffer.from(String(jwk.k), "base64url");
  const text = JSON.stringify(claims({ sub: "user" }));
  const broken = Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff]), Buffer.from("}")]);
  const token = await new CompactSign(broken)
    .setProtectedHeader({ alg: "HS256", typ: TOKEN_TYPE, kid: jwk.kid })
    .sign(key);
  expect(await verifierOf(jwk)(token)).toEqual({ ok: false, error: { kind: "invalid" } });
});

test("a token without one of its claims, or with one of another kind, is refused (§3.8)", async () => {
  const { jwk, sign } = signerOf("EdDSA");
  const verify = verifierOf(jwk);
  for (const name of Object.keys(claims())) {
    expect((await verify(await sign(claims({ [name]: undefined })))).ok, name).toBe(false);
    expect((await verify(await sign(claims({ [name]: { no: "sense" } })))).ok, name).toBe(false);
  }
});

test("a token longer than any of ours is not looked at", async () => {
  const { jwk, sign } = signerOf("EdDSA");
  const long = await sign(claims({ padding: "x".repeat(8_192) }));
  expect(await verifierOf(jwk)(long)).toEqual({ ok: false, error: { kind: "malformed" } });
});
