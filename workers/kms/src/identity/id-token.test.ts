import { createHash } from "node:crypto";
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  authorizationsOf,
  codeFor,
  createClient,
  createPerson,
  redeem,
  requestOf,
  type TestClient,
  type TestPerson,
} from "../../../../tests/support/kms/authorization.ts";
import { ISSUER, send, sendForm, signToken, tokensSchema } from "../../../../tests/support/kms.ts";
import type { Authorizations } from "../authorization/authorizations.ts";

let fountain: Fountain;
let authorizations: Authorizations;
let client: TestClient;
let person: TestPerson;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  authorizations = await authorizationsOf(fountain);
  client = await createClient(fountain, { trusted: true });
  person = await createPerson(fountain);
});
afterAll(() => fountain?.stop());

const tokens = async (scope: string, more: Record<string, string> = {}) => {
  const code = await codeFor(authorizations, requestOf(client.clientId, { scope, ...more }), person.sessionId);
  return tokensSchema.required({ refresh_token: true }).parse(await (await redeem(fountain, client, code)).json());
};
const keySet = async () =>
  createLocalJWKSet(await (await fountain.fetch("/.well-known/jwks.json")).json<JSONWebKeySet>());
const verified = async (idToken: string | undefined) =>
  (await jwtVerify(idToken ?? "", await keySet(), { issuer: ISSUER, audience: client.clientId, algorithms: ["RS256"] }))
    .payload;
const userInfo = (token: string, method = "GET") => send(fountain, method, "/userinfo", { token });

test("makes no keys before the first ID token, and publishes them then", async () => {
  const before = await (await fountain.fetch("/.well-known/jwks.json")).json<JSONWebKeySet>();
  expect(before.keys.map(({ alg }) => alg)).not.toContain("RS256");
  const { id_token } = await tokens("openid");
  await expect.poll(async () => verified(id_token).catch(() => undefined)).toBeTruthy();
});

test("says who logged in, how, when, for whom, and with which access token", async () => {
  const { id_token, access_token } = await tokens("openid profile email", { nonce: "n-1" });
  const claims = await verified(id_token);
  const hash = createHash("sha256").update(access_token).digest().subarray(0, 16).toString("base64url");
  expect(claims).toMatchObject({
    sub: person.userId,
    azp: client.clientId,
    nonce: "n-1",
    acr: "aal1",
    amr: ["pwd"],
    at_hash: hash,
    preferred_username: expect.any(String),
  });
  expect(Math.abs(Number(claims["auth_time"]) - Date.now() / 1000)).toBeLessThan(600);
  expect(Number(claims.exp) - Number(claims.iat)).toBe(300);
});

test("gives no ID token without openid, and no names without their scopes", async () => {
  expect((await tokens("search:read")).id_token).toBeUndefined();
  const { id_token, access_token } = await tokens("openid");
  expect(await verified(id_token)).not.toHaveProperty("preferred_username");
  expect(await (await userInfo(access_token)).json()).toEqual({ sub: person.userId });
});

test("gives another on refresh, of the same login and without the nonce", async () => {
  const first = await tokens("openid", { nonce: "n-2" });
  const { clientId: client_id, clientSecret: client_secret = "" } = client;
  const form = { grant_type: "refresh_token", refresh_token: first.refresh_token, client_id, client_secret };
  const second = tokensSchema.parse(await (await sendForm(fountain, form)).json());
  const [one, other] = [await verified(first.id_token), await verified(second.id_token)];
  expect(other).toMatchObject({ sub: one.sub, auth_time: one["auth_time"], sid: one["sid"] });
  expect(other).not.toHaveProperty("nonce");
});

test("tells the userinfo endpoint's callers as much as their token may know, by GET and POST", async () => {
  const { access_token } = await tokens("openid profile");
  const claims = { sub: person.userId, preferred_username: expect.any(String) };
  expect(await (await userInfo(access_token)).json()).toEqual(claims);
  expect(await (await userInfo(access_token, "POST")).json()).toEqual(claims);
  expect((await userInfo((await tokens("search:read")).access_token)).status).toBe(403);
  expect(await (await userInfo(person.accessToken)).json()).toEqual(claims);
});

test("is no access token, and its keys sign none", async () => {
  const { id_token = "", access_token } = await tokens("openid");
  expect((await userInfo(id_token)).status).toBe(401);
  expect(decodeProtectedHeader(id_token).kid).not.toBe(decodeProtectedHeader(access_token).kid);
  const trusted = await fountain.databases["kms"]?.execute(
    "SELECT purpose, algorithm, COUNT(*) AS keys FROM signing_keys GROUP BY purpose, algorithm ORDER BY purpose",
  );
  expect(trusted?.rows).toMatchObject([
    { purpose: "access-token", algorithm: "EdDSA", keys: 2 },
    { purpose: "id-token", algorithm: "RS256", keys: 2 },
  ]);
});

test("is verified after its key was rotated, and not after it was revoked", async () => {
  const token = await signToken(fountain);
  const { id_token = "" } = await tokens("openid");
  const { kid } = decodeProtectedHeader(id_token);
  expect((await send(fountain, "POST", "/signing-keys/rotate?purpose=id-token", { token })).status).toBe(200);
  expect((await verified(id_token)).sub).toBe(person.userId);
  expect((await send(fountain, "POST", `/signing-keys/${kid}/revoke`, { token })).status).toBe(200);
  await expect(verified(id_token)).rejects.toThrow();
  const { id_token: next = "" } = await tokens("openid");
  await expect.poll(async () => verified(next).catch(() => undefined)).toBeTruthy();
});

test("is described by discovery", async () => {
  const configuration = await (await fountain.fetch("/.well-known/openid-configuration")).json();
  expect(configuration).toMatchObject({
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/oauth/authorize`,
    userinfo_endpoint: `${ISSUER}/kms/userinfo`,
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    code_challenge_methods_supported: ["S256"],
  });
  expect(await (await fountain.fetch("/.well-known/oauth-authorization-server")).json()).toEqual(configuration);
});
