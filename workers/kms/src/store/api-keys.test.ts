import { drizzle } from "drizzle-orm/libsql/http";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { SCOPES, type Scope } from "#shared/contracts/rights.ts";
import { type Fountain, startFountain } from "../../../../tests/harness.ts";
import { createTokenIssuer } from "../domain/access-token.ts";
import { type ApiKeyRepository, type ApiKeys, type Caller, createApiKeys, type NewApiKey } from "../domain/api-keys.ts";
import type { AuditEvent } from "../domain/audit.ts";
import { type Clients, createClients } from "../domain/clients.ts";
import { createSealer } from "../domain/sealing.ts";
import type { ServiceRepository } from "../domain/service.ts";
import { generateSigningKey, unwrapSigningKey } from "../domain/signing-key.ts";
import { auditEntry, randomBytes } from "../testing.ts";
import { createApiKeyRepository } from "./api-keys.ts";
import type { KmsDatabase } from "./connection.ts";
import * as schema from "./schema.ts";
import { createServiceRepository } from "./services.ts";

const START_MS = Date.parse("2026-11-23T10:00:00Z");
const ALL: Caller = { subject: "administrator", scopes: new Set(SCOPES) };
const audit = { prepare: async (event: AuditEvent) => auditEntry(event) };
const FROM_ANYWHERE = { address: undefined };

let fountain: Fountain;
let database: KmsDatabase;
let repository: ApiKeyRepository;
let services: ServiceRepository;
let apiKeys: ApiKeys;
let clients: Clients;
let nowMs: number;
let service: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  const client = fountain.databases["kms"];
  if (!client) throw new Error("the kms has no database");
  database = { client, orm: drizzle({ client, schema }) };
});
afterAll(() => fountain?.stop());

beforeEach(async () => {
  nowMs = START_MS;
  const now = () => nowMs;
  const wrapping = createSealer(Buffer.alloc(32, 1), randomBytes);
  const signingKey = await generateSigningKey(wrapping, new Date(nowMs));
  repository = createApiKeyRepository(database);
  services = createServiceRepository(database);
  apiKeys = createApiKeys({ repository, services, audit, macKey: Buffer.alloc(32, 3), randomBytes, now });
  const issueToken = createTokenIssuer({
    issuer: "https://fountain.example",
    signer: () => unwrapSigningKey(wrapping, signingKey),
    now,
    createId: () => crypto.randomUUID(),
  });
  clients = createClients({ apiKeys, issueToken, now });
  service = `films-${crypto.randomUUID()}`;
  await addService();
});

const addService = (): Promise<boolean> =>
  services.insert(
    {
      name: service,
      scopes: ["sequence:read", "search:read"],
      rotateAfterDays: null,
      createdAt: new Date(nowMs),
      webhook: null,
    },
    auditEntry(),
  );

const create = async (wanted: Partial<NewApiKey> = {}) => {
  const created = await apiKeys.create({ service, ...wanted }, ALL);
  if (!created.ok) throw new Error(created.error);
  return created.value;
};

const rotate = async (graceSeconds: number) => {
  const rotated = await apiKeys.rotate(service, graceSeconds, ALL);
  if (!rotated.ok) throw new Error(rotated.error);
  return rotated.value;
};

const codeOf = async (key: string): Promise<string> => (await apiKeys.check(key, FROM_ANYWHERE)).code;

const revokedAt = async (keyId: string): Promise<unknown> => {
  const { rows } = await database.client.execute({
    sql: "SELECT revoked_at FROM revocations WHERE session_id = ?",
    args: [keyId],
  });
  return rows[0]?.["revoked_at"];
};

test("recognises a key it made, and not the same key with another secret", async () => {
  const [one, other] = [await create(), await create()];
  expect(await apiKeys.check(one.key, FROM_ANYWHERE)).toEqual({ code: "valid", apiKey: one.apiKey });
  expect(await codeOf("ftn_nonsense")).toBe("malformed");
  await repository.revoke(service, undefined, new Date(nowMs), auditEntry());
  expect(await codeOf(other.key)).toBe("revoked");
});

test("gives a key all scopes of its service unless told, and never more", async () => {
  expect((await create()).apiKey.scopes).toEqual(["sequence:read", "search:read"]);
  expect((await create({ scopes: ["search:read"] })).apiKey.scopes).toEqual(["search:read"]);
  expect(await apiKeys.create({ service, scopes: ["users:admin"] }, ALL)).toEqual({
    ok: false,
    error: "not-of-service",
  });
});

test("gives nobody a key for more than he may do himself, by creation or by rotation", async () => {
  const held: Caller = { subject: "someone", scopes: new Set<Scope>(["keys:write", "search:read"]) };
  expect(await apiKeys.create({ service }, held)).toEqual({ ok: false, error: "not-held" });
  expect((await apiKeys.create({ service, scopes: ["search:read"] }, held)).ok).toBe(true);
  nowMs += 1;
  await create();
  expect(await apiKeys.rotate(service, 0, held)).toEqual({ ok: false, error: "not-held" });
});

test("refuses a key from the instant it expires, and one that would be born expired", async () => {
  const { key } = await create({ expiresAt: new Date(nowMs + 1000) });
  expect(await apiKeys.create({ service, expiresAt: new Date(nowMs) }, ALL)).toEqual({ ok: false, error: "expired" });
  nowMs += 999;
  expect(await codeOf(key)).toBe("valid");
  nowMs += 1;
  expect(await codeOf(key)).toBe("expired");
});

test("replaces a key at once when no grace is wanted, and revokes its tokens from then on", async () => {
  const old = await create({ name: "laptop", scopes: ["search:read"] });
  nowMs += 1;
  const young = await rotate(0);
  expect(await codeOf(old.key)).toBe("revoked");
  expect(await codeOf(young.key)).toBe("valid");
  expect(young.apiKey).toMatchObject({ name: "laptop", scopes: ["search:read"], service });
  expect(await revokedAt(old.apiKey.id)).toBe(nowMs);
});

test("lets the old key work for its grace, and not a moment longer", async () => {
  const old = await create();
  nowMs += 1;
  const young = await rotate(60);
  nowMs += 59_999;
  expect([await codeOf(old.key), await codeOf(young.key)]).toEqual(["valid", "valid"]);
  nowMs += 1;
  expect([await codeOf(old.key), await codeOf(young.key)]).toEqual(["revoked", "valid"]);
});

test("never lets a grace outlive the old key's own expiry, nor a rotation prolong it", async () => {
  const expiresAt = new Date(nowMs + 10_000);
  const old = await create({ expiresAt });
  const young = await rotate(3600);
  expect(young.apiKey.expiresAt).toEqual(expiresAt);
  nowMs += 10_000;
  expect(await codeOf(old.key)).toBe("expired");
});

test("ends all older keys of the service by a rotation, and shortens a longer grace", async () => {
  const [one, two] = [await create(), await create()];
  nowMs += 1;
  const three = await rotate(3600);
  nowMs += 1;
  const four = await rotate(60);
  nowMs += 60_000;
  const codes = await Promise.all([one, two, three, four].map(({ key }) => codeOf(key)));
  expect(codes).toEqual(["revoked", "revoked", "revoked", "valid"]);
  expect(await revokedAt(one.apiKey.id)).toBe(nowMs);
});

test("does not prolong a shorter grace by a later rotation", async () => {
  const old = await create();
  nowMs += 1;
  await rotate(60);
  await rotate(3600);
  nowMs += 60_000;
  expect(await codeOf(old.key)).toBe("revoked");
});

test("leaves one usable key after ten rotations at once", async () => {
  await create();
  nowMs += 1;
  const results = await Promise.all(Array.from({ length: 10 }, () => apiKeys.rotate(service, 0, ALL)));
  const keys = results.flatMap((result) => (result.ok ? [result.value.key] : []));
  const codes = await Promise.all(keys.map(codeOf));
  expect(codes.filter((code) => code === "valid")).toHaveLength(1);
});

test("never lets a rotation bring a revoked service key back", async () => {
  const { key } = await create();
  nowMs += 1;
  const source = await repository.findYoungestActive(service, new Date(nowMs));
  if (!source) throw new Error("there is no active key");
  await repository.revoke(service, undefined, new Date(nowMs), auditEntry());
  const successor = { apiKey: { ...source, id: "successor" }, hash: "hash" };
  expect(await repository.rotate({ source, successor, graceEndsAt: new Date(nowMs + 60_000) }, auditEntry())).toBe(
    false,
  );
  expect(await codeOf(key)).toBe("revoked");
  expect(await repository.find("successor")).toBeUndefined();
  expect(await apiKeys.rotate(service, 0, ALL)).toEqual({ ok: false, error: "no-active-key" });
});

test("revokes a key in its grace at once when told so", async () => {
  const old = await create();
  nowMs += 1;
  await rotate(3600);
  await repository.revoke(service, old.apiKey.id, new Date(nowMs), auditEntry());
  expect(await codeOf(old.key)).toBe("revoked");
  expect(await revokedAt(old.apiKey.id)).toBe(nowMs);
});

test("revokes one key of a service without touching the others", async () => {
  const [one, other] = [await create(), await create()];
  expect(await repository.revoke(service, one.apiKey.id, new Date(nowMs), auditEntry())).toBe(true);
  expect([await codeOf(one.key), await codeOf(other.key)]).toEqual(["revoked", "valid"]);
  expect(await revokedAt(other.apiKey.id)).toBeUndefined();
  expect(await repository.revoke("another-service", other.apiKey.id, new Date(nowMs), auditEntry())).toBe(false);
});

test("keeps the instant of the first revocation", async () => {
  const { apiKey } = await create();
  await repository.revoke(service, apiKey.id, new Date(nowMs), auditEntry());
  await repository.revoke(service, apiKey.id, new Date(nowMs + 5000), auditEntry());
  expect(await revokedAt(apiKey.id)).toBe(nowMs);
  expect((await repository.find(apiKey.id))?.apiKey.revokedAt).toEqual(new Date(nowMs));
});

test("ends a service's keys with the service, and does not bring them back with its name", async () => {
  const { key, apiKey } = await create();
  expect(await services.remove(service, new Date(nowMs), auditEntry())).toBe(true);
  expect(await revokedAt(apiKey.id)).toBe(nowMs);
  expect(await services.remove(service, new Date(nowMs), auditEntry())).toBe(false);
  nowMs += 1;
  await addService();
  expect(await codeOf(key)).toBe("unknown");
});

test("makes no key for a service that is deleted, or replaced by another of its name, meanwhile", async () => {
  const before = await services.find(service);
  if (!before) throw new Error("there is no service");
  await services.remove(service, new Date(nowMs), auditEntry());
  nowMs += 1;
  await addService();
  const { apiKey } = await create();
  const orphan = { apiKey: { ...apiKey, id: "orphan" }, hash: "hash" };
  expect(await repository.insert(orphan, before, auditEntry())).toBe(false);
  expect(await repository.find("orphan")).toBeUndefined();
});

test("trades a key for a token of its service that never outlives it", async () => {
  const { key, apiKey } = await create({ expiresAt: new Date(nowMs + 100_500) });
  const exchanged = await clients.exchange(key, undefined);
  if (!exchanged.ok) throw new Error(exchanged.error);
  expect(exchanged.value.access.expiresInSeconds).toBe(100);
  expect(decodeJwt(exchanged.value.access.accessToken)).toMatchObject({
    sub: `service:${service}`,
    client_id: service,
    sid: apiKey.id,
    roles: [],
    scope: "sequence:read search:read",
    acr: "aal1",
    amr: ["api-key"],
    exp: nowMs / 1000 + 100,
  });
});

test("ends a token from a key in its grace with the grace", async () => {
  const { key } = await create();
  nowMs += 1000;
  await rotate(60);
  const exchanged = await clients.exchange(key, undefined);
  expect(exchanged.ok && exchanged.value.access.expiresInSeconds).toBe(60);
});

test("trades no key for another service's token, nor for more scopes than the key has", async () => {
  const { key } = await create({ scopes: ["search:read"] });
  expect(await clients.authenticate("another", key, undefined, undefined)).toEqual({
    ok: false,
    error: "other-service",
  });
  expect(await clients.authenticate(service, key, ["sequence:read"], undefined)).toEqual({
    ok: false,
    error: "scope-exceeded",
  });
  expect((await clients.authenticate(service, key, ["search:read"], undefined)).ok).toBe(true);
});

test("trades no key that is revoked, expired or unknown", async () => {
  const { key, apiKey } = await create();
  await repository.revoke(service, apiKey.id, new Date(nowMs), auditEntry());
  expect(await clients.exchange(key, undefined)).toEqual({ ok: false, error: "revoked" });
  expect(await clients.exchange("ftn_x", undefined)).toEqual({ ok: false, error: "malformed" });
});

test("lists keys in the order of their creation, page by page", async () => {
  const made = [];
  for (let index = 0; index < 5; index += 1) {
    if (index % 2 === 0) nowMs += 1;
    made.push((await create()).apiKey);
  }
  const expected = made.toSorted((a, b) => Number(a.createdAt) - Number(b.createdAt) || (a.id < b.id ? -1 : 1));
  const first = await repository.list(service, 3, undefined);
  const rest = await repository.list(service, 3, first.at(-1));
  expect([...first, ...rest]).toEqual(expected);
});
