import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import { claimsSchema } from "#shared/contracts/access-token.ts";
import { failure } from "#shared/lang/result.ts";
import { createTestRecorder } from "../../../../tests/support/kms/recorder.ts";
import { randomBytes } from "../../../../tests/support/kms.ts";
import type { ApiKey } from "../api-keys/api-key.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { Session } from "../sessions/session.ts";
import { createTokenIssuer } from "../tokens/access-token.ts";
import { generateSigningKey, unwrapSigningKey } from "../tokens/signing-key.ts";
import { createSearchKeys } from "./search-key.ts";

const NOW_SECONDS = 1_800_000_000;
const NOW_MS = NOW_SECONDS * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

const opened = (ageMs: number, endedAt: Date | null = null): Session => ({
  id: "session-1",
  userId: "user-1",
  createdAt: new Date(NOW_MS - ageMs),
  usedAt: new Date(NOW_MS),
  endedAt,
  acr: "aal2",
  amr: ["pwd", "otp"],
  authenticatedAt: new Date(NOW_MS),
  clientId: "fountain",
  sealedOrigin: null,
  parentId: null,
  grantedScopes: null,
  audiences: null,
  jkt: null,
});

const stored = (changed: Partial<ApiKey> = {}): ApiKey => ({
  id: "key-1",
  service: "site",
  name: null,
  scopes: ["search:read", "search:write"],
  createdAt: new Date(NOW_MS),
  expiresAt: null,
  revokedAt: null,
  sessionId: "key-1",
  disabledAt: null,
  disabledReason: null,
  allowedAddresses: null,
  lastUsedAt: null,
  ...changed,
});

const wrapping = createSealer(Buffer.alloc(32, 1), randomBytes);
const signingKey = await generateSigningKey(wrapping, new Date(NOW_MS));

const keysOver = ({ session, apiKey }: { session?: Session; apiKey?: ApiKey }) =>
  createSearchKeys({
    sessions: { find: async (id) => (session && id === session.id ? { session } : undefined) },
    apiKeys: { find: async (id) => (apiKey && id === apiKey.id ? { apiKey, hash: "" } : undefined) },
    issueToken: createTokenIssuer({
      issuer: "https://fountain.example",
      signer: () => unwrapSigningKey(wrapping, signingKey),
      now: () => NOW_MS,
      createId: () => "token-1",
    }),
    recorder: createTestRecorder().recorder,
    now: () => NOW_MS,
  });

const ofUser = { sessionId: "session-1", subject: "user-1", clientId: "fountain", filter: "script_id:=1" };
const ofService = { sessionId: "key-1", subject: "service:site", clientId: "site", filter: "script_id:=1" };

test("a scoped key says whose it is and may search, within its filter, and nothing else", async () => {
  const issued = await keysOver({ session: opened(0) }).issue({ ...ofUser, expiresAtSeconds: NOW_SECONDS + 600 });
  if (!issued.ok) throw new Error(issued.error.kind);
  expect(issued.value.expiresAtSeconds).toBe(NOW_SECONDS + 600);
  const claims = decodeJwt(issued.value.key);
  expect(claimsSchema.parse(claims)).toEqual(claims);
  expect(claims).toEqual({
    iss: "https://fountain.example",
    aud: "fountain",
    sub: "user-1",
    exp: NOW_SECONDS + 600,
    iat: NOW_SECONDS,
    jti: "token-1",
    sid: "session-1",
    client_id: "fountain",
    roles: [],
    scope: "search:read",
    acr: "aal1",
    amr: [],
    auth_time: 0,
    search_filter: "script_id:=1",
  });
});

test("a scoped key says what else it is limited to, and needs no filter then", async () => {
  const limits = { fields: ["id", "text"], omitted: ["out_of"], max_hits: 5 };
  const grant = { ...ofUser, filter: "", limits, expiresAtSeconds: NOW_SECONDS + 600 };
  const issued = await keysOver({ session: opened(0) }).issue(grant);
  if (!issued.ok) throw new Error(issued.error.kind);
  const claims = decodeJwt(issued.value.key);
  expect(claimsSchema.parse(claims)).toEqual(claims);
  expect(claims).toMatchObject({ search_filter: "", search_limits: limits });
});

test.each([
  ["an hour, whatever is asked for", { session: opened(0) }, ofUser, 3600],
  ["the session's ninety days", { session: opened(90 * DAY_MS - 60_000) }, ofUser, 60],
  ["an hour under an API key without an end", { apiKey: stored() }, ofService, 3600],
  ["the API key's expiry", { apiKey: stored({ expiresAt: new Date(NOW_MS + 90_000) }) }, ofService, 90],
  ["the grace of a rotated API key", { apiKey: stored({ revokedAt: new Date(NOW_MS + 30_500) }) }, ofService, 30],
])("a scoped key ends with %s", async (_what, holders, grant, seconds) => {
  const issued = await keysOver(holders).issue({ ...grant, expiresAtSeconds: NOW_SECONDS + 100_000 });
  expect(issued).toMatchObject({ ok: true, value: { expiresAtSeconds: NOW_SECONDS + seconds } });
});

test.each([
  ["a session that has ended", { session: opened(0, new Date(NOW_MS)) }, ofUser],
  ["an unknown session", {}, ofUser],
  ["a session that is too old", { session: opened(91 * DAY_MS) }, ofUser],
  ["an API key that was revoked", { apiKey: stored({ revokedAt: new Date(NOW_MS) }) }, ofService],
  ["an API key that has expired", { apiKey: stored({ expiresAt: new Date(NOW_MS) }) }, ofService],
  ["another service's API key", { apiKey: stored({ service: "other" }) }, ofService],
  ["a deleted API key", {}, ofService],
])("no scoped key is issued under %s", async (_what, holders, grant) => {
  const issued = await keysOver(holders).issue({ ...grant, expiresAtSeconds: NOW_SECONDS + 60 });
  expect(issued).toEqual(failure("session-ended"));
});
