import { createHmac, generateKeyPairSync } from "node:crypto";
import { exportSPKI, importJWK } from "jose";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestSigner, type TestSigner, testClaims } from "../../tests/support/tokens.ts";
import { TOKEN_TYPE } from "../contracts/access-token.ts";
import { type CurrentTrust, EVERYONE } from "./trust.ts";
import { createTokenVerifier, type TokenVerifier } from "./verify.ts";

const ISSUER = "https://fountain.example";
const NOW_SECONDS = 1_800_000_000;

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

let signer: TestSigner;
let stranger: TestSigner;
let trust: CurrentTrust | undefined;
let nowMs: number;
let verify: TokenVerifier;

const claims = (replaced: Record<string, unknown> = {}) => testClaims(ISSUER, NOW_SECONDS, replaced);
const trusting = (
  keys: CurrentTrust["keys"],
  revoked: [string, number][] = [],
  version = 1,
  changed: [string, number][] = [],
): CurrentTrust => ({
  keys,
  revokedAtSeconds: new Map(revoked),
  issuedBeforeSeconds: new Map(changed),
  version,
});

beforeAll(async () => {
  signer = await createTestSigner("key-1");
  stranger = await createTestSigner("key-1");
});

beforeEach(() => {
  nowMs = NOW_SECONDS * 1000;
  trust = trusting([signer.jwk]);
  verify = createTokenVerifier({ issuer: ISSUER, trust: async () => trust, now: () => nowMs });
});

describe("a good token", () => {
  test("names its principal", async () => {
    expect(
      await verify(await signer.sign(claims({ jti: "token-1", scope: "sequence:write unknown", acr: "aal2" }))),
    ).toEqual({
      ok: true,
      value: {
        kind: "user",
        subject: "user-1",
        clientId: "fountain",
        sessionId: "session-1",
        tokenId: "token-1",
        audiences: ["fountain"],
        roles: ["user"],
        scopes: new Set(["sequence:write"]),
        acr: "aal2",
        amr: ["pwd"],
        authTimeSeconds: NOW_SECONDS,
        issuedAtSeconds: NOW_SECONDS,
        expiresAtSeconds: NOW_SECONDS + 900,
      },
    });
  });

  test("is judged by the clock that was given, to the second", async () => {
    expect((await verify(await signer.sign(claims({ nbf: NOW_SECONDS })))).ok).toBe(true);
  });

  test("of another client than ours is a service's", async () => {
    const verified = await verify(await signer.sign(claims({ client_id: "scripts", sub: "service:scripts" })));
    expect(verified).toMatchObject({ ok: true, value: { kind: "service", subject: "service:scripts" } });
  });
});

describe("a token is refused", () => {
  const cases: [string, string, () => Promise<string>][] = [
    ["that is no token", "malformed", async () => "not-a-token"],
    ["that is empty", "malformed", async () => ""],
    ["whose header is no JSON", "malformed", async () => `${Buffer.from("{").toString("base64url")}.e30.AA`],
    ["without a key id", "malformed", () => signer.sign(claims(), { kid: undefined })],
    ["with a key id nobody knows", "unknown-key", () => signer.sign(claims(), { kid: "key-9" })],
    ["that has expired", "expired", () => signer.sign(claims({ exp: NOW_SECONDS }))],
    ["that never ends", "invalid", () => signer.sign(claims({ exp: undefined }))],
    ["for another audience", "invalid", () => signer.sign(claims({ aud: "elsewhere" }))],
    ["for two audiences, ours among them", "invalid", () => signer.sign(claims({ aud: ["fountain", "elsewhere"] }))],
    ["of another issuer", "invalid", () => signer.sign(claims({ iss: "https://evil.example" }))],
    ["of no issuer", "invalid", () => signer.sign(claims({ iss: undefined }))],
    ["of another type", "invalid", () => signer.sign(claims(), { typ: "JWT" })],
    ["of no type", "invalid", () => signer.sign(claims(), { typ: undefined })],
    ["that is not good yet", "invalid", () => signer.sign(claims({ nbf: NOW_SECONDS + 60 }))],
    ["without a session", "invalid", () => signer.sign(claims({ sid: undefined }))],
    ["with an assurance nobody knows", "invalid", () => signer.sign(claims({ acr: "aal3" }))],
    ["signed by another key of the same id", "invalid", () => stranger.sign(claims())],
    [
      "whose claims were changed",
      "invalid",
      async () => (await signer.sign(claims())).replace(/\.[^.]+\./, `.${segment(claims({ sub: "admin" }))}.`),
    ],
    ["whose signature was cut off", "invalid", async () => (await signer.sign(claims())).replace(/\.[^.]+$/, ".")],
    [
      "that is not signed at all",
      "invalid",
      async () => `${segment({ alg: "none", typ: TOKEN_TYPE, kid: "key-1" })}.${segment(claims())}.`,
    ],
    [
      "whose algorithm is spelt to slip through",
      "invalid",
      async () => `${segment({ alg: "nOnE", typ: TOKEN_TYPE, kid: "key-1" })}.${segment(claims())}.`,
    ],
    [
      "that says HS256 and used our public key as the secret",
      "invalid",
      async () => {
        const input = `${segment({ alg: "HS256", typ: TOKEN_TYPE, kid: "key-1" })}.${segment(claims())}`;
        const publicKey = await importJWK({ ...signer.jwk, ext: true }, "EdDSA", { extractable: true });
        if (publicKey instanceof Uint8Array) throw new Error("an Ed25519 key was expected");
        const secret = await exportSPKI(publicKey);
        return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
      },
    ],
    [
      "that brings its own key along",
      "invalid",
      () => stranger.sign(claims(), { jwk: stranger.jwk, jku: "https://evil.example/jwks" }),
    ],
  ];

  test.each(cases)("%s: %s", async (_, kind, token) => {
    expect(await verify(await token())).toEqual({ ok: false, error: { kind } });
  });

  test("when its key is published for an algorithm that nobody here signs with", async () => {
    trust = trusting([{ ...signer.jwk, alg: "HS256" }]);
    expect(await verify(await signer.sign(claims()))).toEqual({ ok: false, error: { kind: "unknown-key" } });
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    trust = trusting([{ ...publicKey.export({ format: "jwk" }), kid: "key-1", alg: "RS256" }]);
    expect(await verify(await signer.sign(claims()))).toEqual({ ok: false, error: { kind: "invalid" } });
  });

  test("when nothing is known that could be relied on", async () => {
    const token = await signer.sign(claims());
    expect((await verify(token)).ok).toBe(true);
    trust = undefined;
    expect(await verify(token)).toEqual({ ok: false, error: { kind: "trust-unavailable" } });
  });
});

describe("a remembered token", () => {
  test("ends to the second", async () => {
    const token = await signer.sign(claims());
    expect((await verify(token)).ok).toBe(true);
    nowMs = (NOW_SECONDS + 900) * 1000 - 1;
    expect((await verify(token)).ok).toBe(true);
    nowMs += 1;
    expect(await verify(token)).toEqual({ ok: false, error: { kind: "expired" } });
  });

  test("dies with its session", async () => {
    const token = await signer.sign(claims());
    expect((await verify(token)).ok).toBe(true);
    trust = trusting([signer.jwk], [["session-1", NOW_SECONDS]]);
    expect(await verify(token)).toEqual({ ok: false, error: { kind: "revoked" } });
  });

  test("revoked at an instant to come works until then, and not a moment longer", async () => {
    const token = await signer.sign(claims());
    trust = trusting([signer.jwk], [["session-1", NOW_SECONDS + 60]]);
    nowMs = (NOW_SECONDS + 60) * 1000 - 1;
    expect((await verify(token)).ok).toBe(true);
    nowMs += 1;
    expect(await verify(token)).toEqual({ ok: false, error: { kind: "revoked" } });
  });

  test("outlives the revocation of another session", async () => {
    trust = trusting([signer.jwk], [["session-2", NOW_SECONDS]]);
    expect((await verify(await signer.sign(claims()))).ok).toBe(true);
  });

  test("is forgotten when the keys change", async () => {
    const token = await signer.sign(claims());
    expect((await verify(token)).ok).toBe(true);
    trust = trusting([stranger.jwk], [], 2);
    expect(await verify(token)).toEqual({ ok: false, error: { kind: "invalid" } });
    trust = trusting([], [], 3);
    expect(await verify(token)).toEqual({ ok: false, error: { kind: "unknown-key" } });
  });

  test("is not remembered when the keys changed while it was being verified", async () => {
    const token = await signer.sign(claims());
    const other = await stranger.sign(claims());
    const before = verify(token);
    trust = trusting([stranger.jwk], [], 2);
    expect((await verify(other)).ok).toBe(true);
    expect((await before).ok).toBe(true);
    expect(await verify(token)).toEqual({ ok: false, error: { kind: "invalid" } });
  });

  test.each([
    ["whose text is held", {}],
    ["too long for that", { search_filter: `film:=${"1".repeat(1_000)}` }],
  ])("%s is not verified again, which the key's absence would show", async (_, more) => {
    const token = await signer.sign(claims(more));
    expect((await verify(token)).ok).toBe(true);
    trust = trusting([]);
    expect((await verify(token)).ok).toBe(true);
  });
});

describe("a token of somebody whose rights changed", () => {
  test("is void when it was issued before, and good when after", async () => {
    const token = await signer.sign(claims());
    for (const holder of ["user:user-1", "role:user", EVERYONE]) {
      trust = trusting([signer.jwk], [], 1, [[holder, NOW_SECONDS + 1]]);
      expect(await verify(token), holder).toEqual({ ok: false, error: { kind: "revoked" } });
      trust = trusting([signer.jwk], [], 1, [[holder, NOW_SECONDS]]);
      expect((await verify(token)).ok, holder).toBe(true);
    }
  });

  test("is not void for what happened to others", async () => {
    trust = trusting([signer.jwk], [], 1, [
      ["user:user-2", NOW_SECONDS + 1],
      ["role:editor", NOW_SECONDS + 1],
      ["user-1", NOW_SECONDS + 1],
    ]);
    expect((await verify(await signer.sign(claims()))).ok).toBe(true);
  });
});

test("a token is refused when it was revoked by itself, and when the key of the service that acts was", async () => {
  const act = { sub: "service:films", sid: "api-key-1" };
  const token = await signer.sign(claims({ jti: "token-1", client_id: "films", act }));
  expect(await verify(token)).toMatchObject({ ok: true, value: { kind: "delegate", subject: "user-1" } });
  for (const id of ["token-1", "api-key-1", "session-1"]) {
    trust = trusting([signer.jwk], [[id, NOW_SECONDS]]);
    expect(await verify(token), id).toEqual({ ok: false, error: { kind: "revoked" } });
  }
});

test("an application that someone logged in to acts for them, learns of their factor, and never passes for them", async () => {
  const ofClient = (more: object) => signer.sign(claims({ client_id: "client_1", acr: "aal2", ...more }));
  expect(await verify(await ofClient({}))).toMatchObject({
    ok: true,
    value: { kind: "delegate", subject: "user-1", clientId: "client_1", acr: "aal2" },
  });
  const authorization_details = [{ type: "fountain_request", actions: ["GET"], locations: ["/kms/me"] }];
  for (const more of [
    { authorization_details },
    { authorization_details, acr: "aal1", factorless: true },
    { search_filter: "film:=1" },
    { sub: "service:films" },
    { client_id: "films" },
  ])
    expect(await verify(await ofClient(more)), JSON.stringify(more)).toEqual({ ok: false, error: { kind: "invalid" } });
});
