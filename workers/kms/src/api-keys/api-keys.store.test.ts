import { decodeJwt } from "jose";
import { expect, test } from "vitest";
import type { Scope } from "#shared/contracts/rights.ts";
import { createTestRecorder } from "../../../../tests/support/kms/recorder.ts";
import { auditEntry, grantor, randomBytes } from "../../../../tests/support/kms.ts";
import { ALL, FROM_ANYWHERE, useApiKeys } from "../../../../tests/support/kms-store.ts";
import { createSealer } from "../crypto/sealing.ts";
import { createClients } from "../oauth/clients.ts";
import { createTokenIssuer } from "../tokens/access-token.ts";
import { generateSigningKey, unwrapSigningKey } from "../tokens/signing-key.ts";

const bench = useApiKeys();
const { clock, now, keys, services, apiKeys, addService, service, create, rotate, tryRotate, codeOf, revokedAt } =
  bench;

const wrapping = createSealer(Buffer.alloc(32, 1), randomBytes);
const signingKey = generateSigningKey(wrapping, new Date(0));

const clients = () =>
  createClients({
    apiKeys: apiKeys(),
    issueToken: createTokenIssuer({
      issuer: "https://fountain.example",
      signer: async () => unwrapSigningKey(wrapping, await signingKey),
      now,
      createId: () => crypto.randomUUID(),
    }),
    recorder: createTestRecorder().recorder,
    now,
  });

test("recognises a key it made, and not the same key with another secret", async () => {
  const [one, other] = [await create(), await create()];
  expect(await apiKeys().check(one.key, FROM_ANYWHERE)).toEqual({ ok: true, value: one.apiKey });
  expect(await codeOf("ftn_nonsense")).toBe("malformed");
  await keys().revoke(service(), undefined, new Date(clock.nowMs), auditEntry());
  expect(await codeOf(other.key)).toBe("revoked");
});

test("gives a key all scopes of its service by default, and never more", async () => {
  expect((await create()).apiKey.scopes).toEqual(["sequence:read", "search:read"]);
  expect((await create({ scopes: ["search:read"] })).apiKey.scopes).toEqual(["search:read"]);
  expect(await apiKeys().create({ service: service(), scopes: ["users:admin"] }, ALL)).toEqual({
    ok: false,
    error: { kind: "not-of-service" },
  });
});

test("gives no caller a key with more scopes than their own, by creation or by rotation", async () => {
  const held = grantor("someone", new Set<Scope>(["keys:write", "search:read"]));
  expect(await apiKeys().create({ service: service() }, held)).toEqual({ ok: false, error: { kind: "not-held" } });
  const made = await create();
  expect(await tryRotate({}, held)).toEqual({ ok: false, error: { kind: "not-held" } });
  expect(await tryRotate({ id: made.apiKey.id }, held)).toEqual({
    ok: false,
    error: { kind: "not-held" },
  });
  expect((await apiKeys().create({ service: service(), scopes: ["search:read"] }, held)).ok).toBe(true);
});

test("refuses a key from the instant it expires, and one that would be born expired", async () => {
  const { key } = await create({ expiresAt: new Date(clock.nowMs + 1000) });
  expect(await apiKeys().create({ service: service(), expiresAt: new Date(clock.nowMs) }, ALL)).toEqual({
    ok: false,
    error: { kind: "expired" },
  });
  clock.nowMs += 999;
  expect(await codeOf(key)).toBe("valid");
  clock.nowMs += 1;
  expect(await codeOf(key)).toBe("expired");
});

test("revokes a key in its grace period at once on demand", async () => {
  const old = await create();
  clock.nowMs += 1;
  await rotate(3600);
  await keys().revoke(service(), old.apiKey.id, new Date(clock.nowMs), auditEntry());
  expect(await codeOf(old.key)).toBe("revoked");
  expect(await revokedAt(old.apiKey.id)).toBe(clock.nowMs);
});

test("revokes one key of a service without touching the others", async () => {
  const [one, other] = [await create(), await create()];
  expect(await keys().revoke(service(), one.apiKey.id, new Date(clock.nowMs), auditEntry())).toBe(true);
  expect([await codeOf(one.key), await codeOf(other.key)]).toEqual(["revoked", "valid"]);
  expect(await revokedAt(other.apiKey.id)).toBeUndefined();
  expect(await keys().revoke("another-service", other.apiKey.id, new Date(clock.nowMs), auditEntry())).toBe(false);
});

test("keeps the instant of the first revocation", async () => {
  const { apiKey } = await create();
  await keys().revoke(service(), apiKey.id, new Date(clock.nowMs), auditEntry());
  await keys().revoke(service(), apiKey.id, new Date(clock.nowMs + 5000), auditEntry());
  expect(await revokedAt(apiKey.id)).toBe(clock.nowMs);
  expect((await keys().find(apiKey.id))?.apiKey.revokedAt).toEqual(new Date(clock.nowMs));
});

test("ends a service's keys with the service, and does not bring them back with its name", async () => {
  const { key, apiKey } = await create();
  expect(await services().remove(service(), new Date(clock.nowMs), auditEntry())).toBe(true);
  expect(await revokedAt(apiKey.id)).toBe(clock.nowMs);
  expect(await services().remove(service(), new Date(clock.nowMs), auditEntry())).toBe(false);
  clock.nowMs += 1;
  await addService();
  expect(await codeOf(key)).toBe("unknown");
});

test("makes no key for a service that is deleted, or replaced by another of its name, meanwhile", async () => {
  const before = await services().find(service());
  if (!before) throw new Error("there is no service");
  await services().remove(service(), new Date(clock.nowMs), auditEntry());
  clock.nowMs += 1;
  await addService();
  const { apiKey } = await create();
  const orphan = { apiKey: { ...apiKey, id: "orphan" }, hash: "hash" };
  expect(await keys().insert(orphan, before, auditEntry())).toBe(false);
  expect(await keys().find("orphan")).toBeUndefined();
});

test("trades a key for a token of its service that never outlives it", async () => {
  const { key, apiKey } = await create({ expiresAt: new Date(clock.nowMs + 100_500) });
  const exchanged = await clients().exchange(key, undefined);
  if (!exchanged.ok) throw new Error(exchanged.error.kind);
  expect(exchanged.value.access.expiresInSeconds).toBe(100);
  expect(decodeJwt(exchanged.value.access.accessToken)).toMatchObject({
    sub: `service:${service()}`,
    client_id: service(),
    sid: apiKey.id,
    roles: [],
    scope: "sequence:read search:read",
    acr: "aal1",
    amr: ["api-key"],
    exp: clock.nowMs / 1000 + 100,
  });
});

test("ends a token from a key in its grace with the grace", async () => {
  const { key } = await create();
  clock.nowMs += 1000;
  await rotate(60);
  const exchanged = await clients().exchange(key, undefined);
  expect(exchanged.ok && exchanged.value.access.expiresInSeconds).toBe(60);
});

test("trades no key for another service's token, nor for more scopes than the key has", async () => {
  const { key } = await create({ scopes: ["search:read"] });
  expect(await clients().authenticate("another", key, {}, undefined)).toEqual({
    ok: false,
    error: { kind: "other-service" },
  });
  expect(await clients().authenticate(service(), key, { scopes: ["sequence:read"] }, undefined)).toEqual({
    ok: false,
    error: { kind: "scope-exceeded" },
  });
  const wanted = { scopes: ["search:read" as const], audiences: ["search" as const] };
  const narrowed = await clients().authenticate(service(), key, wanted, undefined);
  expect(narrowed.ok && decodeJwt(narrowed.value.access.accessToken)).toMatchObject({
    aud: "search",
    scope: "search:read",
  });
});

test("trades no key that is revoked, expired or unknown", async () => {
  const { key, apiKey } = await create();
  await keys().revoke(service(), apiKey.id, new Date(clock.nowMs), auditEntry());
  expect(await clients().exchange(key, undefined)).toEqual({
    ok: false,
    error: { kind: "revoked", service: service() },
  });
  expect(await clients().exchange("ftn_x", undefined)).toEqual({ ok: false, error: { kind: "malformed" } });
});

test("lists keys in the order of their creation, page by page", async () => {
  const made = [];
  for (let index = 0; index < 5; index += 1) {
    if (index % 2 === 0) clock.nowMs += 1;
    made.push((await create()).apiKey);
  }
  const expected = made.toSorted((a, b) => Number(a.createdAt) - Number(b.createdAt) || (a.id < b.id ? -1 : 1));
  const page = { service: service(), limit: 3, now: new Date(clock.nowMs) };
  const first = await keys().list({ ...page, after: undefined });
  const last = first.at(-1);
  const rest = await keys().list({ ...page, after: last && { at: last.createdAt, id: last.id } });
  expect([...first, ...rest]).toEqual(expected);
});
