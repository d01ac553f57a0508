import { CompactSign, exportSPKI, importJWK, UnsecuredJWT } from "jose";
import { beforeAll, expect, test } from "vitest";
import { createTestSigner, type TestSigner } from "../../../tests/support/tokens.ts";
import { createPublisher, ISSUER, type Publisher } from "../../../tests/support/verify/publisher.ts";
import { Refusal } from "./refusal.ts";
import { createVerifier, type Demand, type VerifierOptions } from "./verifier.ts";

let signer: TestSigner;
let other: TestSigner;
beforeAll(async () => {
  signer = await createTestSigner("k1");
  other = await createTestSigner("k2");
});

const verifierOf = (publisher: Publisher, options: Partial<VerifierOptions> = {}) =>
  createVerifier({ issuer: ISSUER, audience: "notes", fetch: publisher.fetch, now: publisher.now, ...options });

const refusalOf = async (attempt: Promise<unknown>): Promise<Refusal> => {
  const refusal = await attempt.then(
    () => expect.unreachable("it was accepted"),
    (error: unknown) => error,
  );
  if (!(refusal instanceof Refusal)) throw refusal;
  return refusal;
};

test("returns who calls", async () => {
  const publisher = createPublisher(signer.jwk);
  const act = { sub: "service:films", sid: "key-1" };
  const token = await signer.sign(publisher.claims({ act, client_id: "films", scope: "notes:read notes:write" }));
  const caller = await verifierOf(publisher).verify(token);
  expect(caller).toMatchObject({
    subject: "user-1",
    kind: "user",
    service: "films",
    roles: ["user"],
    scopes: ["notes:read", "notes:write"],
    acr: "aal1",
    authenticatedAt: new Date(publisher.now()),
    claims: { sid: "session-1" },
  });
  const service = await signer.sign(publisher.claims({ sub: "service:films", client_id: "films" }));
  expect(await verifierOf(publisher).verify(service)).toMatchObject({ kind: "service", service: "films" });
});

test.each(["ES256", "RS256"])("accepts what Fountain signs with %s", async (algorithm) => {
  const signs = await createTestSigner("k3", algorithm);
  const publisher = createPublisher(signer.jwk, signs.jwk);
  await verifierOf(publisher).verify(await signs.sign(publisher.claims()));
});

const signedWithPublicKey = async ({ claims }: Publisher): Promise<string> => {
  const key = await importJWK(signer.jwk, "EdDSA", { extractable: true });
  if (!(key instanceof CryptoKey)) throw new Error("not a public key");
  const secret = new TextEncoder().encode(await exportSPKI(key));
  const header = { alg: "HS256", typ: "at+jwt", kid: "k1" };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims()))).setProtectedHeader(header).sign(secret);
};

const claimed = (replaced: Record<string, unknown>) => (publisher: Publisher) =>
  signer.sign(publisher.claims(replaced));
const past = (seconds: number) => (publisher: Publisher) =>
  signer.sign(publisher.claims({ exp: Math.floor(publisher.now() / 1000) - seconds }));

const INVALID: [string, (publisher: Publisher) => Promise<string> | string][] = [
  ["for another audience", claimed({ aud: "billing" })],
  ["for Fountain itself", claimed({ aud: "fountain" })],
  ["without an audience", claimed({ aud: undefined })],
  ["of another issuer", claimed({ iss: "https://fountain.example.net" })],
  ["of an issuer that looks alike", claimed({ iss: `${ISSUER}/` })],
  ["that expires now", past(0)],
  ["that has expired", past(1)],
  ["that never expires", claimed({ exp: undefined })],
  ["that is not valid yet", claimed({ nbf: 4_000_000_000 })],
  ...["iat", "sub", "jti", "roles", "scope", "acr", "auth_time"].map(
    (name): [string, (publisher: Publisher) => Promise<string>] => [`without ${name}`, claimed({ [name]: undefined })],
  ),
  ["with roles that are no texts", claimed({ roles: [1] })],
  ["with an actor that is none", claimed({ act: { sub: "service:films" } })],
  ["valid only for a search", claimed({ search_filter: "" })],
  ["bound to a key", claimed({ cnf: { jkt: "x".repeat(43) } })],
  ["valid only for one request", claimed({ authorization_details: [{ type: "request" }] })],
  ["of another type", ({ claims }) => signer.sign(claims(), { typ: "JWT" })],
  ["without a type", ({ claims }) => signer.sign(claims(), { typ: undefined })],
  ["signed with another key under the same name", ({ claims }) => other.sign(claims(), { kid: "k1" })],
  ["signed with a key that it brings along", ({ claims }) => other.sign(claims(), { jwk: other.jwk })],
  ["signed with HS256 and the public key as the secret", signedWithPublicKey],
  ["that is not signed", ({ claims }) => new UnsecuredJWT(claims()).encode()],
  [
    "whose claims were changed",
    async ({ claims }) => {
      const [header, , signature] = (await signer.sign(claims())).split(".");
      const changed = Buffer.from(JSON.stringify(claims({ scope: "notes:write" }))).toString("base64url");
      return `${header}.${changed}.${signature}`;
    },
  ],
  ["that is none", () => "a.b.c"],
  ["longer than any", claimed({ scope: "x".repeat(8_192) })],
];

test.each(INVALID)("refuses a token %s", async (_, make) => {
  const publisher = createPublisher(signer.jwk);
  const refusal = await refusalOf(verifierOf(publisher).verify(await make(publisher)));
  const response = refusal.toResponse();
  expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, 'Bearer error="invalid_token"']);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toEqual({
    type: "urn:fountain:problem:unauthenticated",
    title: "Valid credentials are required",
    status: 401,
    detail: expect.any(String),
    code: "unauthenticated",
  });
});

test("refuses a key of a shared secret, even where it is published", async () => {
  const shared = await createTestSigner("k4", "HS256");
  const publisher = createPublisher(signer.jwk, shared.jwk);
  expect((await refusalOf(verifierOf(publisher).verify(await shared.sign(publisher.claims())))).status).toBe(401);
});

test.each([undefined, null])("asks for a token where the header field is %s", async (header) => {
  const refusal = await refusalOf(verifierOf(createPublisher(signer.jwk)).verifyHeader(header));
  expect([refusal.status, refusal.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
});

test("reads the Bearer scheme in any case, and no other", async () => {
  const publisher = createPublisher(signer.jwk);
  const token = await signer.sign(publisher.claims());
  const verifier = verifierOf(publisher);
  await verifier.verifyHeader(`bearer ${token}`);
  for (const header of ["", token, "Bearer", "Bearer ", `Basic ${token}`, `Bearer ${token}, Bearer ${token}`])
    expect((await refusalOf(verifier.verifyHeader(header))).headers["www-authenticate"]).toContain("invalid_token");
});

const AAL2 = { acr: "aal2", amr: ["pwd", "otp"] };
const STEP_UP = 'Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"';
const UNMET: [string, Demand, Record<string, unknown>, number, string][] = [
  ["a scope", { scopes: ["notes:write"] }, {}, 403, 'Bearer error="insufficient_scope", scope="notes:write"'],
  [
    "one of two scopes",
    { scopes: ["notes:read", "notes:write"] },
    {},
    403,
    'Bearer error="insufficient_scope", scope="notes:read notes:write"',
  ],
  ["a second factor", { maxAgeSeconds: 300 }, {}, 401, STEP_UP],
  [
    "a recent second factor",
    { maxAgeSeconds: 300 },
    { ...AAL2, auth_time: Date.parse("2026-11-29T09:54:59Z") / 1000 },
    401,
    STEP_UP,
  ],
];

test.each(UNMET)("demands %s, of a request or of all", async (_, demand, claims, status, challenge) => {
  const publisher = createPublisher(signer.jwk);
  const token = await signer.sign(publisher.claims(claims));
  for (const attempt of [
    () => verifierOf(publisher).verify(token, demand),
    () => verifierOf(publisher, demand).verify(token),
    () => verifierOf(publisher, demand).verify(token, { scopes: [], maxAgeSeconds: 86_400 }),
  ]) {
    const refusal = await refusalOf(attempt());
    expect([refusal.status, refusal.headers["www-authenticate"]]).toEqual([status, challenge]);
  }
});

test("accepts a caller who meets the demands", async () => {
  const publisher = createPublisher(signer.jwk);
  const authTime = Math.floor(publisher.now() / 1000) - 300;
  const token = await signer.sign(publisher.claims({ ...AAL2, auth_time: authTime }));
  await verifierOf(publisher, { scopes: ["notes:read"] }).verify(token, { maxAgeSeconds: 300 });
});

test("follows the keys: a new one is known at once, a revoked one refused within a minute", async () => {
  const publisher = createPublisher(signer.jwk);
  const verifier = verifierOf(publisher);
  const old = await signer.sign(publisher.claims());
  await verifier.verify(old);
  publisher.keys = [other.jwk];
  publisher.advance(6);
  await verifier.verify(await other.sign(publisher.claims()));
  expect((await refusalOf(verifier.verify(old))).status).toBe(401);
  expect(publisher.requests).toHaveLength(2);
});

test("tokens with unknown keys make it request the keys every five seconds at most", async () => {
  const publisher = createPublisher(signer.jwk);
  const verifier = verifierOf(publisher);
  const token = await other.sign(publisher.claims());
  for (let attempts = 0; attempts < 100; attempts += 1) await refusalOf(verifier.verify(token));
  expect(publisher.requests).toHaveLength(1);
});

test("refuses with 503 when the keys are older than a minute, and recovers", async () => {
  const publisher = createPublisher(signer.jwk);
  const failures: unknown[] = [];
  const verifier = verifierOf(publisher, { onError: (error) => failures.push(error) });
  const token = await signer.sign(publisher.claims());
  await verifier.verify(token);
  publisher.outage = "refuses";
  publisher.advance(60);
  await verifier.verify(token);
  publisher.advance(2);
  const refusal = await refusalOf(verifier.verify(token));
  expect([refusal.status, refusal.headers["retry-after"], failures.length]).toEqual([503, "2", 2]);
  publisher.outage = undefined;
  publisher.advance(2);
  await verifier.verify(token);
});

test("says that it cannot verify where a key is not understood, and holds it against no caller", async () => {
  const publisher = createPublisher({ kty: "OKP", crv: "Ed25519", kid: "k1", alg: "EdDSA", x: "AA" });
  const refusal = await refusalOf(verifierOf(publisher).verify(await signer.sign(publisher.claims())));
  expect(refusal.status).toBe(503);
});

test.each([
  { issuer: "fountain.example" },
  { issuer: "ftp://fountain.example" },
  { audience: "" },
  { audience: [] },
  { scopes: ["notes:read notes:write"] },
  { scopes: ['"'] },
  { maxAgeSeconds: 0 },
  { maxAgeSeconds: Number.NaN },
  { revocations: { key: "" } },
  { revocations: { key: "ftn_x", maxStalenessSeconds: -1 } },
] satisfies Partial<VerifierOptions>[])("options that cannot be meant are refused at the start: %j", (options) => {
  expect(() => verifierOf(createPublisher(), options)).toThrow(TypeError);
});
