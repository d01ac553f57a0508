import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LONGEST_TOKEN_SECONDS } from "#shared/contracts/access-token.ts";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { createTestRecorder } from "../../../../tests/support/kms/recorder.ts";
import { randomBytes } from "../../../../tests/support/kms.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { KmsDatabase } from "../db/connection.ts";
import * as schema from "../db/schema.ts";
import { createKeyRing, REVOCATION_RETENTION_MS } from "./key-ring.ts";
import { insertRevocation } from "./revocations.store.ts";
import { WrongSecretKey } from "./signing-key.ts";
import { createTrustStore } from "./trust.store.ts";

const NOW_MS = Date.parse("2026-11-23T10:00:00Z");
const wrapping = createSealer(Buffer.alloc(32, 1), randomBytes);

const { recorder } = createTestRecorder();

let opened: TestDatabase;
let database: KmsDatabase;

const createRing = (now = () => NOW_MS, sealer = wrapping) =>
  createKeyRing({ store: createTrustStore(database), wrapping: sealer, algorithm: "EdDSA", recorder, now });

beforeAll(async () => {
  opened = await openTestDatabase("kms");
  database = { client: opened.client, orm: drizzle({ client: opened.client, schema }) };
});
afterAll(() => opened.close());

test("allows no second current key", async () => {
  await createRing().signer();
  const second = database.client.execute(
    `INSERT INTO signing_keys (kid, state, algorithm, public_jwk, wrapped_private_jwk, created_at)
     SELECT 'other', state, algorithm, public_jwk, wrapped_private_jwk, created_at FROM signing_keys WHERE state = 'current'`,
  );
  await expect(second).rejects.toThrow("UNIQUE");
});

test("gives no updates and no signer under another SECRET_KEY", async () => {
  await createRing().signer();
  const stranger = createRing(() => NOW_MS, createSealer(Buffer.alloc(32, 9), randomBytes));
  await expect(stranger.signer()).rejects.toThrow(WrongSecretKey);
  await expect(stranger.trust()).rejects.toThrow(WrongSecretKey);
});

test("reports a revocation within a second, and until the last token it concerns has expired", async () => {
  let nowMs = NOW_MS;
  const ring = createRing(() => nowMs);
  await ring.trust();
  await database.client.execute(insertRevocation("session-1", new Date(nowMs)));
  const expected = { revokedId: "session-1", revokedAtSeconds: NOW_MS / 1000 };
  nowMs += 1000;
  expect((await ring.trust()).revocations).toContainEqual(expected);
  nowMs = NOW_MS + LONGEST_TOKEN_SECONDS * 1000;
  expect((await ring.trust()).revocations).toContainEqual(expected);
  nowMs = NOW_MS + REVOCATION_RETENTION_MS + 1000;
  expect((await ring.trust()).revocations).not.toContainEqual(expected);
});

test("reports a future revocation, so that a grace period ends on time everywhere", async () => {
  await database.client.execute(insertRevocation("key-1", new Date(NOW_MS + 3_600_000)));
  expect((await createRing().trust()).revocations).toContainEqual({
    revokedId: "key-1",
    revokedAtSeconds: NOW_MS / 1000 + 3600,
  });
});

test("lets the earlier of two revocations count", async () => {
  await database.client.execute(insertRevocation("key-2", new Date(NOW_MS + 5000)));
  await database.client.execute(insertRevocation("key-2", new Date(NOW_MS + 1000)));
  await database.client.execute(insertRevocation("key-2", new Date(NOW_MS + 9000)));
  expect((await createRing().trust()).revocations).toContainEqual({
    revokedId: "key-2",
    revokedAtSeconds: NOW_MS / 1000 + 1,
  });
});

test("reports only what came since, also a revocation that was brought forward", async () => {
  let nowMs = NOW_MS;
  const ring = createRing(() => nowMs);
  await database.client.execute(insertRevocation("key-3", new Date(NOW_MS + 9000)));
  await database.client.execute(insertRevocation("key-4", new Date(NOW_MS + 9000)));
  const { position } = await ring.trust();
  await database.client.execute(insertRevocation("key-3", new Date(NOW_MS + 5000)));
  await database.client.execute(insertRevocation("key-4", new Date(NOW_MS + 9500)));
  nowMs += 1000;
  expect(await ring.trust(position)).toMatchObject({
    revocations: [{ revokedId: "key-3", revokedAtSeconds: NOW_MS / 1000 + 5 }],
    isWhole: false,
    hasMore: false,
  });
});

test("reads again for a caller whose position is ahead", async () => {
  const [informed, other] = [createRing(), createRing()];
  await other.trust();
  await database.client.execute(insertRevocation("session-5", new Date(NOW_MS)));
  const { position } = await informed.trust();
  expect(await other.trust(position)).toMatchObject({ revocations: [], position, isWhole: false });
});

test("reports everything again once the database has been set back", async () => {
  let nowMs = NOW_MS;
  const ring = createRing(() => nowMs);
  const { position } = await ring.trust();
  await database.client.batch(
    [
      "DELETE FROM revocations",
      "UPDATE revocation_counter SET position = 0",
      insertRevocation("restored", new Date(nowMs)),
    ],
    "write",
  );
  nowMs += 1000;
  expect(await ring.trust(position)).toMatchObject({
    revocations: [{ revokedId: "restored" }],
    position: 1,
    isWhole: true,
  });
});

test("asks the database at most once a second", async () => {
  const store = createTrustStore(database);
  let reads = 0;
  let nowMs = NOW_MS;
  const counting = {
    ...store,
    read: (position: number, since: Date) => {
      reads += 1;
      return store.read(position, since);
    },
  };
  const ring = createKeyRing({ store: counting, wrapping, algorithm: "EdDSA", recorder, now: () => nowMs });
  for (let call = 0; call < 5; call += 1) await ring.trust();
  expect(reads).toBe(1);
  nowMs += 1000;
  await ring.trust();
  expect(reads).toBe(2);
});

test("purges only revocations that no token needs any more", async () => {
  const store = createTrustStore(database);
  await database.client.execute(insertRevocation("old", new Date(NOW_MS - 1)));
  await database.client.execute(insertRevocation("new", new Date(NOW_MS)));
  await store.purgeRevocations(new Date(NOW_MS));
  const { rows } = await database.client.execute(
    "SELECT revoked_id FROM revocations WHERE revoked_id IN ('old', 'new')",
  );
  expect(rows.map((row) => row["revoked_id"])).toEqual(["new"]);
});
