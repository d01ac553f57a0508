import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { NO_ADMISSION } from "../../../../tests/support/kms/sessions.ts";
import { auditEntry, keysOf, randomBytes } from "../../../../tests/support/kms.ts";
import { createEmailAddresses } from "../accounts/email-addresses.ts";
import { createUserStore } from "../accounts/users.store.ts";
import * as schema from "../db/schema.ts";
import type { SessionStore } from "./session.ts";
import { createSessionStore } from "./sessions.store.ts";

const AT = new Date("2026-11-23T10:00:00Z");
const DAY_MS = 24 * 60 * 60 * 1000;
const later = (seconds: number): Date => new Date(AT.getTime() + seconds * 1000);

let fountain: Fountain;
let store: SessionStore;
let sessionId: string;
let tokenId: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
});
afterAll(() => fountain?.stop());

beforeEach(async () => {
  const client = fountain.databases["kms"];
  if (!client) throw new Error("the kms has no database");
  const database = { client, orm: drizzle({ client, schema }) };
  store = createSessionStore(database);
  const userId = crypto.randomUUID();
  const user = {
    id: userId,
    username: userId,
    email: null,
    emailVerifiedAt: null,
    roles: ["user"],
    createdAt: AT,
    lockedAt: null,
  };
  await createUserStore(database, createEmailAddresses(await keysOf(fountain), randomBytes)).insert(
    { user, hash: "not a hash" },
    auditEntry(),
  );
  sessionId = crypto.randomUUID();
  const ownClient = {
    clientId: "fountain",
    parentId: null,
    grantedScopes: null,
    audiences: null,
    sealedOrigin: null,
    jkt: null,
  } as const;
  const authentication = { acr: "aal1", authenticatedAt: AT, ...ownClient } as const;
  const session = { id: sessionId, userId, createdAt: AT, usedAt: AT, endedAt: null, ...authentication, amr: ["pwd"] };
  const device = { device: "any", notice: undefined };
  const fresh = { passwordChangedAt: null, admission: NO_ADMISSION };
  const opened = { session, refreshTokenHash: crypto.randomUUID(), ...fresh, device };
  await store.insert(opened, auditEntry());
  tokenId = crypto.randomUUID();
  await store.addGrant({ tokenId, sessionId, expiresAt: later(60) });
});

test("a token for one request is used up by one of fifty at once", async () => {
  const redeemed = await Promise.all(Array.from({ length: 50 }, () => store.redeemGrant(tokenId, later(1))));
  expect(redeemed.filter(Boolean)).toHaveLength(1);
  expect(await store.redeemGrant(tokenId, later(1))).toBe(false);
});

test("a token for one request is of no use when it has expired, nor one that was never issued", async () => {
  expect(await store.redeemGrant(tokenId, later(60))).toBe(false);
  expect(await store.redeemGrant(crypto.randomUUID(), later(1))).toBe(false);
  expect(await store.redeemGrant(tokenId, later(59))).toBe(true);
});

test("a token for one request ends with its session, and none is given after that", async () => {
  await store.end(sessionId, later(1), auditEntry());
  expect(await store.redeemGrant(tokenId, later(1))).toBe(false);
  const another = { tokenId: crypto.randomUUID(), sessionId, expiresAt: later(60) };
  expect(await store.addGrant(another)).toBe(false);
});

test("unused tokens for one request are deleted", async () => {
  const before = new Date(AT.getTime() - 400 * DAY_MS);
  const purge = (endedBefore: Date) => store.purge({ endedBefore, unusedSince: before, createdBefore: before });
  await purge(later(60));
  expect(await store.redeemGrant(tokenId, later(1))).toBe(true);
  await store.addGrant({ tokenId, sessionId, expiresAt: later(60) });
  await purge(later(61));
  expect(await store.redeemGrant(tokenId, later(1))).toBe(false);
});
