/** RFC 9449 §4.3, with the examples of the RFC and for every algorithm that is offered. */
import { createHmac } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { createProofKey, type ProofKey } from "../../tests/support/tokens.ts";
import { DPOP_ALGORITHMS, type ProvenRequest, verifyProof } from "./proof.ts";

const URL = "https://fountain.example/kms/me";
const TOKEN = "the.access.token";
const REQUEST: ProvenRequest = { method: "GET", url: URL, token: TOKEN };

let key: ProofKey;
beforeAll(async () => {
  key = await createProofKey();
});

const verify = (proof: string, request = REQUEST) => verifyProof(proof, request, Date.now());
const faultOf = async (proof: string, request = REQUEST): Promise<string | undefined> => {
  const verified = await verify(proof, request);
  return verified.ok ? undefined : verified.error.kind;
};

describe("the examples of RFC 9449", () => {
  const HEADER =
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19";
  const JKT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

  test("are good for their requests: at the token endpoint (§4.1), and with an access token (§7.1)", async () => {
    const atToken = `${HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg`;
    expect(
      await verifyProof(atToken, { method: "POST", url: "https://server.example.com/token" }, 1562262616_000),
    ).toEqual({ ok: true, value: { jkt: JKT, id: `${JKT}.-BwC3ESc6acc2lTc` } });

    const atResource = `${HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA`;
    const request = {
      method: "GET",
      url: "https://resource.example.org/protectedresource",
      token: "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU",
    };
    expect(await verifyProof(atResource, request, 1562262618_000)).toEqual({
      ok: true,
      value: { jkt: JKT, id: `${JKT}.e1j3V_bKic8-LAEB` },
    });
  });
});

test.each(DPOP_ALGORITHMS)("a proof by %s is good for its request, and names its key", async (alg) => {
  const { prove, jkt } = await createProofKey(alg);
  expect(await verify(await prove("GET", URL, { token: TOKEN }))).toMatchObject({ ok: true, value: { jkt } });
});

test("the query does not count, nor how the same URL is written", async () => {
  for (const [htu, url] of [
    ["HTTPS://Fountain.Example:443/kms/me?x=1#y", URL],
    [URL, `${URL}?limit=1`],
    ["https://fountain.example/kms/%6de", URL],
    ["https://fountain.example/kms/../kms/me", URL],
    ["https://fountain.example", "https://fountain.example/"],
  ] as const)
    expect(await faultOf(await key.prove("GET", htu, { token: TOKEN }), { ...REQUEST, url }), htu).toBeUndefined();
});

test("a proof for another request, or with another token, is refused", async () => {
  for (const [method, htu, token] of [
    ["POST", URL, TOKEN],
    ["get", URL, TOKEN],
    ["GET", "https://fountain.example/kms/me/", TOKEN],
    ["GET", "http://fountain.example/kms/me", TOKEN],
    ["GET", "https://evil.example/kms/me", TOKEN],
    ["GET", "https://fountain.example:8443/kms/me", TOKEN],
    ["GET", "/kms/me", TOKEN],
    ["GET", "", TOKEN],
    ["GET", URL, "another.access.token"],
    ["GET", URL, undefined],
  ] as const) {
    const proof = await key.prove(method, htu, token === undefined ? {} : { token });
    expect(await faultOf(proof), `${method} ${htu} ${token}`).toBe("proof-of-other-request");
  }
});

test("a proof is good for a minute, and a little before its time", async () => {
  const at = async (seconds: number) =>
    faultOf(await key.prove("GET", URL, { token: TOKEN, claims: { iat: Date.now() / 1000 - seconds } }));
  for (const age of [0, 55, -10]) expect(await at(age), String(age)).toBeUndefined();
  for (const age of [65, 3600, -20, -3600]) expect(await at(age), String(age)).toBe("proof-stale");
});

test("a proof that lacks something, or has it of another kind, is refused", async () => {
  for (const claims of [
    { jti: undefined },
    { jti: "" },
    { jti: "x".repeat(257) },
    { jti: 1 },
    { htm: undefined },
    { htu: undefined },
    { iat: undefined },
    { iat: "1" },
    { exp: 1 },
  ])
    expect(await faultOf(await key.prove("GET", URL, { token: TOKEN, claims })), JSON.stringify(claims)).toBe(
      "proof-invalid",
    );
});

test("only a public key can be shown, of no more than a signature of it is worth", async () => {
  const headers = [
    { jwk: key.privateJwk },
    { jwk: undefined },
    { jwk: "x" },
    { jwk: { kty: "oct", k: "c2VjcmV0" } },
    { jwk: { ...key.jwk, crv: "secp256k1" } },
    { jwk: { kty: "RSA", n: "x".repeat(1_024), e: "AQAB" } },
    { jwk: { kty: "RSA", n: "x".repeat(342), e: "x".repeat(342) } },
  ];
  for (const header of headers)
    expect(await faultOf(await key.prove("GET", URL, { token: TOKEN, header })), JSON.stringify(header)).toBe(
      "proof-malformed",
    );
});

test("what is signed by another key, of another type, or not at all, is no proof", async () => {
  const good = await key.prove("GET", URL, { token: TOKEN });
  const [header = "", payload = "", signature = ""] = good.split(".");
  const other = await createProofKey();
  const withHeader = (changed: object): string =>
    Buffer.from(JSON.stringify({ alg: "ES256", typ: "dpop+jwt", jwk: key.jwk, ...changed })).toString("base64url");
  const hmacInput = `${withHeader({ alg: "HS256" })}.${payload}`;
  const hmac = createHmac("sha256", JSON.stringify(key.jwk)).update(hmacInput).digest("base64url");
  for (const proof of [
    await key.prove("GET", URL, { token: TOKEN, header: { jwk: other.jwk } }),
    await key.prove("GET", URL, { token: TOKEN, header: { typ: "JWT" } }),
    await key.prove("GET", URL, { token: TOKEN, header: { typ: undefined } }),
    `${withHeader({ alg: "none" })}.${payload}.`,
    `${withHeader({ alg: "PS256" })}.${payload}.${signature}`,
    `${hmacInput}.${hmac}`,
    `${header}.${payload}.`,
    `${good}, ${good}`,
    `${good}${"x".repeat(4_096)}`,
    "x",
    "",
  ])
    expect(await faultOf(proof), proof.slice(0, 80)).toMatch(/^proof-(invalid|malformed)$/);
});
