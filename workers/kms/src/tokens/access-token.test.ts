import { randomBytes } from "node:crypto";
import { decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { claimsSchema, MAX_TOKEN_CHARACTERS } from "#shared/contracts/access-token.ts";
import { fitsToken, SCOPES } from "#shared/contracts/rights.ts";
import { createSealer } from "../crypto/sealing.ts";
import { createTokenIssuer, type Grant, TokenTooLong } from "./access-token.ts";
import { generateSigningKey, unwrapSigningKey, WrongSecretKey } from "./signing-key.ts";

const NOW_MS = Date.parse("2026-11-23T10:00:00.789Z");
const wrapping = createSealer(Buffer.alloc(32, 1), randomBytes);

const GRANT: Grant = {
  subject: "user-1",
  clientId: "fountain",
  sessionId: "session-1",
  roles: ["user"],
  scopes: ["sequence:read", "search:read"],
  acr: "aal1",
  amr: ["pwd"],
  authenticatedAt: new Date(NOW_MS - 60_000),
};

const createIssuer = async () => {
  const signingKey = await generateSigningKey(wrapping, new Date(NOW_MS));
  const issue = createTokenIssuer({
    issuer: "https://fountain.example",
    signer: () => unwrapSigningKey(wrapping, signingKey),
    now: () => NOW_MS,
    createId: () => "token-1",
  });
  return { signingKey, issue };
};

test("issues exactly the claims that were agreed, signed with EdDSA by a named key", async () => {
  const { signingKey, issue } = await createIssuer();
  const { accessToken, expiresInSeconds, scope } = await issue(GRANT);
  const { payload } = await jwtVerify(accessToken, await importJWK(signingKey.publicJwk), {
    currentDate: new Date(NOW_MS),
  });
  expect(decodeProtectedHeader(accessToken)).toEqual({ alg: "EdDSA", typ: "at+jwt", kid: signingKey.kid });
  const issuedAt = Math.floor(NOW_MS / 1000);
  expect(payload).toEqual({
    iss: "https://fountain.example",
    aud: "fountain",
    sub: "user-1",
    exp: issuedAt + 900,
    iat: issuedAt,
    jti: "token-1",
    sid: "session-1",
    client_id: "fountain",
    roles: ["user"],
    scope: "sequence:read search:read",
    acr: "aal1",
    amr: ["pwd"],
    auth_time: issuedAt - 60,
  });
  expect(claimsSchema.safeParse(payload).success).toBe(true);
  expect({ expiresInSeconds, scope }).toEqual({ expiresInSeconds: 900, scope: "sequence:read search:read" });
});

test("issues no token that is longer than any that is accepted", async () => {
  const { issue } = await createIssuer();
  const withRoles = (count: number) => issue({ ...GRANT, roles: Array.from({ length: count }, () => "r".repeat(32)) });
  const { accessToken } = await withRoles(150);
  expect(accessToken.length).toBeLessThanOrEqual(MAX_TOKEN_CHARACTERS);
  await expect(withRoles(200)).rejects.toThrow(TokenTooLong);
});

test("has room for all scopes that roles can grant", () => {
  expect(fitsToken(SCOPES)).toBe(true);
});

test("issues a token that lives no longer than asked for", async () => {
  const { issue, signingKey } = await createIssuer();
  const { accessToken, expiresInSeconds } = await issue(GRANT, 60);
  const { payload } = await jwtVerify(accessToken, await importJWK(signingKey.publicJwk), {
    currentDate: new Date(NOW_MS),
  });
  expect([expiresInSeconds, (payload.exp ?? 0) - (payload.iat ?? 0)]).toEqual([60, 60]);
});

test("publishes a signing key without its private half, named by its thumbprint", async () => {
  const { signingKey } = await createIssuer();
  expect(Object.keys(signingKey.publicJwk).toSorted()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
  expect(signingKey.kid).toMatch(/^[\w-]{43}$/);
  expect(signingKey.publicJwk.kid).toBe(signingKey.kid);
});

test("does not open a signing key under another SECRET_KEY, nor in another row", async () => {
  const { signingKey } = await createIssuer();
  const other = createSealer(Buffer.alloc(32, 2), randomBytes);
  await expect(unwrapSigningKey(other, signingKey)).rejects.toThrow(WrongSecretKey);
  await expect(unwrapSigningKey(wrapping, { ...signingKey, kid: "another" })).rejects.toThrow(WrongSecretKey);
});

test("keeps the opened private key where it cannot be exported", async () => {
  const { signingKey } = await createIssuer();
  expect((await unwrapSigningKey(wrapping, signingKey)).privateKey).toMatchObject({ extractable: false });
});
