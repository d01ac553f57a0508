import { drizzle } from "drizzle-orm/libsql/http";
import { importJWK, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTokenVerifier } from "#shared/auth/verify.ts";
import { LONGEST_TOKEN_SECONDS, TOKEN_TYPE } from "#shared/contracts/access-token.ts";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { createTestRecorder } from "../../../../tests/support/kms/recorder.ts";
import { auditEntry, ISSUER, randomBytes } from "../../../../tests/support/kms.ts";
import { testClaims } from "../../../../tests/support/tokens.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { KmsDatabase } from "../db/connection.ts";
import * as schema from "../db/schema.ts";
import { createKeyRing, KNOWN_EVERYWHERE_MS, PUBLISHED_BEFORE_MS, TRUST_MEMORY_MS } from "./key-ring.ts";
import { isPublishable, SIGNING_ALGORITHMS, type SigningAlgorithm } from "./signing-key.ts";
import { createSigningKeyStore } from "./signing-keys.store.ts";
import { createSigningKeys, SIGNING_KEY_OVERLAP_MS } from "./signing-keys.ts";
import { createTrustStore } from "./trust.store.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const wrapping = createSealer(Buffer.alloc(32, 1), randomBytes);

let opened: TestDatabase;
let database: KmsDatabase;
let nowMs: number;
const now = (): number => nowMs;

/** One isolate of the kms, with a memory of its own. */
const openIsolate = (algorithm: SigningAlgorithm = "EdDSA") => {
  const common = { wrapping, algorithm, now };
  const keyRing = createKeyRing({
    ...common,
    store: createTrustStore(database),
    recorder: createTestRecorder().recorder,
  });
  const { recorder, recorded } = createTestRecorder();
  const keys = createSigningKeys({
    ...common,
    recorder,
    store: createSigningKeyStore(database),
    keyRing,
    rotationDays: 30,
  });
  return { keyRing, keys, recorded };
};

const kidIn = async (state: string): Promise<string | undefined> => {
  const { rows } = await database.client.execute({
    sql: "SELECT kid FROM signing_keys WHERE state = ?",
    args: [state],
  });
  expect(rows.length).toBeLessThanOrEqual(1);
  return rows[0] && String(rows[0]["kid"]);
};

const auditedActions = async (): Promise<string[]> => {
  const { rows } = await database.client.execute("SELECT action FROM audit_entries ORDER BY id");
  return rows.map((row) => String(row["action"]));
};

/** Long enough for all memories to have been renewed. */
const letUpdatesSpread = (): void => {
  nowMs += KNOWN_EVERYWHERE_MS;
};

beforeAll(async () => {
  opened = await openTestDatabase("kms");
  database = { client: opened.client, orm: drizzle({ client: opened.client, schema }) };
});
afterAll(() => opened.close());

beforeEach(async () => {
  nowMs = Date.parse("2026-11-23T10:00:00Z");
  await database.client.batch(["DELETE FROM signing_keys", "DELETE FROM audit_entries"], "write");
});

test("a new ring has one key that signs and one that is published to be the next", async () => {
  const { keyRing } = openIsolate();
  const { kid } = await keyRing.signer();
  expect(await kidIn("current")).toBe(kid);
  expect((await keyRing.trust()).keys.map((key) => key.kid)).toEqual(
    expect.arrayContaining([kid, await kidIn("next")]),
  );
  expect(await auditedActions()).toEqual(["signing-key.create", "signing-key.create"]);
});

test("twelve isolates that need the first keys at once agree on them", async () => {
  const signers = await Promise.all(Array.from({ length: 12 }, () => openIsolate().keyRing.signer()));
  expect(new Set(signers.map(({ kid }) => kid)).size).toBe(1);
  expect(await auditedActions()).toHaveLength(2);
});

test("a current key that has lost its next one gets another, and still signs", async () => {
  const { kid } = await openIsolate().keyRing.signer();
  await database.client.execute("DELETE FROM signing_keys WHERE state = 'next'");
  expect((await openIsolate().keyRing.signer()).kid).toBe(kid);
  expect(await kidIn("next")).toBeDefined();
});

test("a rotation lets the published key sign, and keeps the one before until its last token has expired", async () => {
  const { keyRing, keys } = openIsolate();
  const { kid: first } = await keyRing.signer();
  const second = await kidIn("next");
  letUpdatesSpread();
  const rotated = await keys.rotate("administrator");
  expect(rotated).toMatchObject({ ok: true, value: { kid: second, state: "current" } });
  expect((await keyRing.signer()).kid).toBe(second);
  const kidsTrusted = async () => (await keyRing.trust()).keys.map((key) => key.kid);
  expect(await kidsTrusted()).toEqual(expect.arrayContaining([first, second, await kidIn("next")]));

  nowMs += SIGNING_KEY_OVERLAP_MS;
  await keys.maintain();
  expect(await kidsTrusted()).toContain(first);
  nowMs += TRUST_MEMORY_MS;
  await keys.maintain();
  nowMs += TRUST_MEMORY_MS;
  expect(await kidsTrusted()).not.toContain(first);
});

test("a key does not sign before every cached key set can hold it, however soon it is rotated in", async () => {
  const { keyRing, keys } = openIsolate();
  await keyRing.signer();
  letUpdatesSpread();
  const cached = new Set((await keyRing.trust()).keys.map(({ kid }) => kid));
  for (let rotation = 0; rotation < 3; rotation += 1) {
    await keys.rotate("administrator");
    nowMs += KNOWN_EVERYWHERE_MS + 300;
    expect(cached).toContain((await keyRing.signer()).kid);
  }
  nowMs += PUBLISHED_BEFORE_MS;
  expect((await keyRing.signer()).kid).toBe(await kidIn("current"));
});

test("what signs while keys are revoked in quick succession was published for the longest time", async () => {
  const { keyRing, keys } = openIsolate();
  const { kid: first } = await keyRing.signer();
  letUpdatesSpread();
  await keys.rotate("administrator");
  const { kid: second } = await keyRing.signer();
  nowMs += 1_000;
  await keys.revoke(second, "administrator");
  expect((await keyRing.signer()).kid).toBe(first);
  const [third] = [await kidIn("current")];
  await keys.revoke(first, "administrator");
  expect((await keyRing.signer()).kid).toBe(third);
});

test("rotations in quick succession on a new ring let one of its first two keys sign, for as long as it takes", async () => {
  const { keyRing, keys } = openIsolate();
  const { kid: first } = await keyRing.signer();
  const second = await kidIn("next");
  const startedAtMs = nowMs;
  for (const secondsLater of [1, 2, 3]) {
    nowMs = startedAtMs + secondsLater * 1000;
    await keys.rotate("administrator");
    expect((await keyRing.signer()).kid).toBe(first);
  }
  for (const secondsLater of [5, 60, 120]) {
    nowMs = startedAtMs + secondsLater * 1000;
    expect((await keyRing.signer()).kid).toBe(second);
  }
  nowMs = startedAtMs + 3_000 + PUBLISHED_BEFORE_MS;
  expect((await keyRing.signer()).kid).toBe(await kidIn("current"));
});

test("a key that was replaced signs no token that outlives its publication", () => {
  expect(PUBLISHED_BEFORE_MS + LONGEST_TOKEN_SECONDS * 1000).toBeLessThan(SIGNING_KEY_OVERLAP_MS);
});

test("ten rotations at once leave one current and one next key, each rotation recorded once", async () => {
  const isolates = Array.from({ length: 10 }, () => openIsolate());
  await Promise.all(isolates.map(({ keyRing }) => keyRing.signer()));
  const results = await Promise.all(isolates.map(({ keys }) => keys.rotate("administrator")));
  const done = results.filter((result) => result.ok).length;
  expect(done).toBeGreaterThan(0);
  expect(await kidIn("current")).toBeDefined();
  expect(await kidIn("next")).toBeDefined();
  expect((await auditedActions()).filter((action) => action === "signing-key.rotate")).toHaveLength(done);
});

test("the schedule rotates after thirty days, once for two schedulers at the same time, and not a moment before", async () => {
  const [one, other] = [openIsolate(), openIsolate()];
  const { kid: first } = await one.keyRing.signer();
  nowMs += 30 * DAY_MS - 1;
  await one.keys.maintain();
  expect(await kidIn("current")).toBe(first);
  nowMs += 1;
  const second = await kidIn("next");
  await Promise.all([one.keys.maintain(), other.keys.maintain()]);
  expect(await kidIn("current")).toBe(second);
  expect(await kidIn("retiring")).toBe(first);
  expect((await auditedActions()).filter((action) => action === "signing-key.rotate")).toHaveLength(1);
  expect([...one.recorded, ...other.recorded]).toHaveLength(1);
});

test("the schedule lets no key sign that has not been published for longer than the key set may be cached", async () => {
  const { keyRing, keys } = openIsolate();
  const { kid: first } = await keyRing.signer();
  nowMs += 30 * DAY_MS;
  await database.client.execute("DELETE FROM signing_keys WHERE state = 'next'");
  await keys.maintain();
  expect(await kidIn("current")).toBe(first);
  nowMs += PUBLISHED_BEFORE_MS;
  await keys.maintain();
  expect(await kidIn("retiring")).toBe(first);
});

test("the current key, revoked, is trusted no more, and the next one signs at once", async () => {
  const { keyRing, keys, recorded } = openIsolate();
  const { kid } = await keyRing.signer();
  const next = await kidIn("next");
  letUpdatesSpread();
  expect(await keys.revoke(kid, "administrator")).toMatchObject({ ok: true, value: { kid, state: "revoked" } });
  expect((await keyRing.signer()).kid).toBe(next);
  expect((await keyRing.trust()).keys.map((key) => key.kid)).not.toContain(kid);
  expect(recorded).toEqual([
    { action: "signing-key.revoke", outcome: "success", actor: "administrator", target: kid, reason: "current" },
  ]);
  expect(await keys.revoke(kid, "administrator")).toMatchObject({ ok: true });
  expect(recorded).toHaveLength(1);
});

test("a next or retiring key can be revoked too, and an unknown one not", async () => {
  const { keyRing, keys } = openIsolate();
  const { kid: first } = await keyRing.signer();
  const revokedNext = String(await kidIn("next"));
  await keys.revoke(revokedNext, "administrator");
  expect(await kidIn("current")).toBe(first);
  expect(await kidIn("next")).not.toBe(revokedNext);
  await keys.rotate("administrator");
  await keys.revoke(first, "administrator");
  expect(await kidIn("retiring")).toBeUndefined();
  expect(await keys.revoke("unknown", "administrator")).toEqual({ ok: false, error: { kind: "unknown" } });
});

test("a current key that is revoked with nothing to follow it is followed by a new one", async () => {
  const { keyRing, keys } = openIsolate();
  const { kid } = await keyRing.signer();
  await database.client.execute("DELETE FROM signing_keys WHERE state = 'next'");
  const store = createSigningKeyStore(database);
  const [successor] = await store.list();
  if (!successor) throw new Error("no key exists");
  const made = { ...successor, kid: "made-in-haste", state: "next" as const };
  expect(await store.revoke(kid, made, new Date(nowMs), auditEntry())).toBe(true);
  expect(await kidIn("current")).toBe("made-in-haste");
  expect((await keys.list()).map(({ state }) => state).toSorted()).toEqual(["current", "revoked"]);
});

test("another JWT_ALG takes effect by a rotation, and tokens of the one before stay good", async () => {
  const before = openIsolate("EdDSA");
  const { kid: first } = await before.keyRing.signer();
  const after = openIsolate("ES256");
  await after.keys.maintain();
  expect((await after.keyRing.signer()).kid).toBe(first);
  nowMs += PUBLISHED_BEFORE_MS;
  await after.keys.maintain();
  expect(await after.keyRing.signer()).toMatchObject({ algorithm: "ES256" });
  expect((await after.keyRing.trust()).keys.map((key) => key.alg).toSorted()).toEqual(["ES256", "ES256", "EdDSA"]);
});

test.for(SIGNING_ALGORITHMS)("what a ring of %s signs verifies with what it sends the workers", async (algorithm) => {
  const { keyRing } = openIsolate(algorithm);
  const { kid, privateKey } = await keyRing.signer();
  const token = await new SignJWT({ hello: "world" }).setProtectedHeader({ alg: algorithm, kid }).sign(privateKey);
  const jwk = (await keyRing.trust()).keys.find((key) => key.kid === kid);
  if (!jwk) throw new Error("the key is not trusted");
  await expect(jwtVerify(token, await importJWK(jwk), { algorithms: [algorithm] })).resolves.toBeDefined();
});

test("the shared secret of HS256 is recorded to workers only, and stored nowhere in the clear", async () => {
  const { keyRing } = openIsolate("HS256");
  await keyRing.signer();
  const { keys } = await keyRing.trust();
  const [secret] = keys.map((key) => String(key.k));
  expect(Buffer.from(secret ?? "", "base64url")).toHaveLength(32);
  expect(keys.filter(isPublishable)).toEqual([]);
  const { rows } = await database.client.execute("SELECT * FROM signing_keys");
  for (const row of rows) expect(JSON.stringify(row)).not.toContain(secret);
});

test("a verifier refuses the tokens of a revoked key as soon as it hears of it", async () => {
  const { keyRing, keys } = openIsolate();
  const { kid, privateKey } = await keyRing.signer();
  const trust = async () => ({
    ...(await keyRing.trust()),
    revokedAtSeconds: new Map(),
    issuedBeforeSeconds: new Map(),
    version: nowMs,
  });
  const verify = createTokenVerifier({ issuer: ISSUER, trust, now });
  const token = await new SignJWT(testClaims(ISSUER, nowMs / 1000))
    .setProtectedHeader({ alg: "EdDSA", kid, typ: TOKEN_TYPE })
    .sign(privateKey);
  expect((await verify(token)).ok).toBe(true);
  nowMs += 1;
  await keys.revoke(kid, "administrator");
  expect(await verify(token)).toEqual({ ok: false, error: { kind: "unknown-key" } });
});
