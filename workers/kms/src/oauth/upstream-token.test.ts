/** Tokens for upstreams, made of tokens that the kms issued, with its own keys in a database, by its own verifier. */
import { drizzle } from "drizzle-orm/libsql/http";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTrustSource } from "#shared/auth/trust.ts";
import { createTokenVerifier, type TokenVerifier } from "#shared/auth/verify.ts";
import { isResourceOf } from "#shared/contracts/upstreams.ts";
import { WORKERS } from "#shared/contracts/workers.ts";
import { success } from "#shared/lang/result.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { createTestRecorder } from "../../../../tests/support/kms/recorder.ts";
import { ISSUER, randomBytes } from "../../../../tests/support/kms.ts";
import { createSealer } from "../crypto/sealing.ts";
import * as schema from "../db/schema.ts";
import { createTokenIssuer, type Grant, type IssueToken } from "../tokens/access-token.ts";
import { createKeyRing } from "../tokens/key-ring.ts";
import type { SigningAlgorithm } from "../tokens/signing-key.ts";
import { createTrustStore } from "../tokens/trust.store.ts";
import { createUpstreamTokens, type IssueUpstreamToken } from "./upstream-token.ts";

const START_MS = 1_800_000_000_000;
const STALENESS_SECONDS = 60;

let nowMs: number;
/** How often the database was asked, and whether it answers. */
const asked = { count: 0, isAway: false };
let opened: TestDatabase;
let issueToken: IssueToken;
let issueUpstreamToken: IssueUpstreamToken;
let verify: TokenVerifier;

/** A kms that signs with this algorithm. */
const open = async (algorithm: SigningAlgorithm): Promise<void> => {
  await opened.client.execute("DELETE FROM signing_keys");
  const now = (): number => nowMs;
  const store = createTrustStore({ client: opened.client, orm: drizzle({ client: opened.client, schema }) });
  const keyRing = createKeyRing({
    store: {
      ...store,
      read: (...args) => {
        asked.count += 1;
        if (asked.isAway) throw new Unavailable("the database is away");
        return store.read(...args);
      },
    },
    wrapping: createSealer(Buffer.alloc(32, 1), randomBytes),
    algorithm,
    recorder: createTestRecorder().recorder,
    now,
  });
  const common = { issuer: ISSUER, now, createId: () => crypto.randomUUID() };
  const kms = { trust: async (position?: number) => success(await keyRing.trust(position)) };
  const trust = createTrustSource({ kms, now, maxStalenessSeconds: STALENESS_SECONDS });
  verify = createTokenVerifier({ issuer: ISSUER, trust, now });
  issueToken = createTokenIssuer({ ...common, signer: keyRing.signer });
  issueUpstreamToken = createUpstreamTokens({
    verify,
    issueToken: createTokenIssuer({ ...common, signer: () => keyRing.signer(STALENESS_SECONDS * 1000) }),
    maxStalenessSeconds: STALENESS_SECONDS,
    now,
  });
};

beforeAll(async () => {
  opened = await openTestDatabase("kms");
});
afterAll(() => opened?.close());
beforeEach(async () => {
  nowMs = START_MS;
  asked.isAway = false;
  await open("EdDSA");
});

const tokenOf = async (grant: Partial<Grant> = {}, ttlSeconds?: number): Promise<string> => {
  const whole: Grant = {
    subject: "user-1",
    clientId: "fountain",
    sessionId: "session-1",
    roles: ["editor"],
    scopes: ["sequence:read", "search:read"],
    acr: "aal2",
    amr: ["pwd", "otp", "mfa"],
    authenticatedAt: new Date(START_MS - 5_000),
    ...grant,
  };
  return (await issueToken(whole, ttlSeconds)).accessToken;
};

/** Where callers reach the upstream. */
const RESOURCE = `${ISSUER}/notes`;
const scopes = ["sequence:read", "sequence:write", "notes:read"];

const resourcesAt = (...paths: string[]) => {
  const urls = paths.map((path) => ISSUER + path);
  return urls.filter((url) => isResourceOf(ISSUER, url));
};

const issuedFor = async (token: string) => {
  const issued = await issueUpstreamToken({ token, audience: "notes", resource: RESOURCE, scopes });
  if (!issued.ok) throw new Error(issued.error.kind);
  return { ...issued.value, claims: decodeJwt(issued.value.accessToken) };
};

const outcomeOf = async (token: string, audience = "notes"): Promise<string> => {
  const issued = await issueUpstreamToken({ token, audience, resource: RESOURCE, scopes });
  return issued.ok ? "issued" : issued.error.kind;
};

test.each<SigningAlgorithm>(["EdDSA", "ES256", "HS256"])(
  "says what the caller's token says, for the upstream alone: %s",
  async (algorithm) => {
    await open(algorithm);
    const token = await tokenOf();
    nowMs += 1_000;
    const { accessToken, expiresInSeconds, claims } = await issuedFor(token);
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ typ: "at+jwt", alg: algorithm });
    const { aud: _, jti, scope: __, exp, ...same } = decodeJwt(token);
    expect(claims).toEqual({
      ...same,
      aud: "notes",
      scope: "sequence:read",
      jti: expect.any(String),
      exp: Number(same.iat) + 300,
    });
    expect(expiresInSeconds).toBe(299);
    expect(claims.jti).not.toBe(jti);
    expect(exp).toBeGreaterThan(Number(claims.exp));
    expect(await verify(accessToken)).toEqual({ ok: false, error: { kind: "invalid" } });
    expect(await outcomeOf(accessToken)).toBe("refused");
  },
);

test("names the service that acts for the user, and a service that acts for itself", async () => {
  const delegate = {
    clientId: "films",
    acr: "aal1",
    actor: { subject: "service:films", sessionId: "key-1" },
  } as const;
  expect((await issuedFor(await tokenOf(delegate))).claims["act"]).toEqual({ sub: "service:films", sid: "key-1" });
  const service = { subject: "service:films", clientId: "films", roles: [], acr: "aal1" } as const;
  expect((await issuedFor(await tokenOf(service))).claims).toMatchObject({ sub: "service:films", client_id: "films" });
});

test("keeps the second factor that was passed for one request, and not the request", async () => {
  const purpose = { method: "POST", path: "/notes/items" };
  const { claims, expiresInSeconds } = await issuedFor(await tokenOf({ purpose }, 60));
  expect(claims["acr"]).toBe("aal2");
  expect(claims).not.toHaveProperty("authorization_details");
  expect(expiresInSeconds).toBe(60);
});

test("gives an administrator what was declared after their token was issued, unless that is narrowed", async () => {
  const administrator = { roles: ["admin"] };
  expect((await issuedFor(await tokenOf(administrator))).claims["scope"]).toBe("sequence:read notes:read");
  expect((await issuedFor(await tokenOf({ ...administrator, narrowed: true }))).claims["scope"]).toBe("sequence:read");
});

describe("a token for an upstream", () => {
  test("ends with the caller's, and is dated no later than what is known of revocations", async () => {
    const token = await tokenOf();
    nowMs += 400_000;
    const { claims, expiresInSeconds } = await issuedFor(token);
    expect(claims.iat).toBe(nowMs / 1000 - STALENESS_SECONDS - 5);
    expect(Number(claims.exp) - Number(claims.iat)).toBe(300);
    expect(expiresInSeconds).toBe(300 - STALENESS_SECONDS - 5);
    nowMs = START_MS + 890_000;
    expect((await issuedFor(token)).expiresInSeconds).toBe(10);
    nowMs = START_MS + 900_000;
    expect(await outcomeOf(token)).toBe("refused");
  });

  test("is refused for what is no upstream", async () => {
    const token = await tokenOf();
    for (const audience of ["fountain", ...WORKERS, "", "Notes", "no tes", ISSUER])
      expect(await outcomeOf(token, audience), audience).toBe("refused");
    expect(await outcomeOf(token)).toBe("issued");
  });

  test("is refused to a token that is restricted, revoked or none", async () => {
    expect(await outcomeOf(await tokenOf({ acr: "aal1", searchFilter: "", scopes: ["search:read"] }))).toBe("refused");
    expect(await outcomeOf(await tokenOf({ audiences: ["search", "kms"] }))).toBe("refused");
    expect(await outcomeOf(await tokenOf({ audiences: resourcesAt("/other", "/notes/items") }))).toBe("refused");
    expect(await outcomeOf("no token")).toBe("refused");
    const ended = await tokenOf({ sessionId: "ended" });
    expect(await outcomeOf(ended)).toBe("issued");
    await opened.client.execute({ sql: "INSERT INTO revocations VALUES ('ended', ?, 0)", args: [nowMs] });
    nowMs += 3_000;
    expect(await outcomeOf(ended)).toBe("refused");
  });

  test("is issued for one that is good for this upstream alone", async () => {
    const { claims } = await issuedFor(await tokenOf({ audiences: resourcesAt("/other", "/notes") }));
    expect(claims["aud"]).toBe("notes");
  });

  test("costs no call to the database, and is issued without one for as long as tokens are good without", async () => {
    const token = await tokenOf();
    await outcomeOf(token);
    asked.count = 0;
    for (let call = 0; call < 50; call += 1) expect(await outcomeOf(token)).toBe("issued");
    expect(asked.count).toBe(0);
    asked.isAway = true;
    nowMs += STALENESS_SECONDS * 1000 - 1_000;
    expect(await outcomeOf(token)).toBe("issued");
    nowMs += 2_000;
    await expect(outcomeOf(token)).rejects.toThrow(Unavailable);
  });
});
