import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../tests/support/database.ts";
import { createTestRecorder } from "../../../../tests/support/kms/recorder.ts";
import { auditEntry, randomBytes } from "../../../../tests/support/kms.ts";
import type { KmsDatabase } from "../db/connection.ts";
import * as schema from "../db/schema.ts";
import { createEnvelopes, type Envelopes } from "../key-encryption/envelope.ts";
import { createKekStore } from "../key-encryption/keks.store.ts";
import { createKeks, type Keks } from "../key-encryption/keks.ts";
import { createSecretStore } from "../vault/secrets.store.ts";
import { createSecretValues, type SecretValues } from "../vault/secrets.ts";
import { createRewrappingStore } from "./rewrapping.store.ts";
import { createRootKey, type RewrappingStore, type RootKey, type RootKeyOptions } from "./root-key-rotation.ts";

const BATCH_SIZE = 10;
const SECRETS = BATCH_SIZE * 2 + 1;

let opened: TestDatabase;
let database: KmsDatabase;

beforeAll(async () => {
  opened = await openTestDatabase("kms");
  database = { client: opened.client, orm: drizzle({ client: opened.client, schema }) };
});
afterAll(() => opened.close());

interface Process {
  keks: Keks;
  envelopes: Envelopes;
  secrets: SecretValues;
  rootKey(options?: Partial<RootKeyOptions>): RootKey;
}

/** What one process has: nothing that another one made is known to it before it asks. */
const createProcess = async (now = Date.now): Promise<Process> => {
  const secretKeys = ["a secret key of more than thirty-two bytes"] as const;
  const keks = createKeks({ store: createKekStore(database), secretKeys, randomBytes, now });
  await keks.unlock();
  const envelopes = createEnvelopes(keks, randomBytes);
  return {
    keks,
    envelopes,
    secrets: createSecretValues({ store: createSecretStore(database), envelopes, now }),
    rootKey: (options) =>
      createRootKey({
        store: createRewrappingStore(database),
        keks,
        envelopes,
        recorder: createTestRecorder().recorder,
        alarm: () => {},
        batchSize: BATCH_SIZE,
        now,
        ...options,
      }),
  };
};

let first: Process;

beforeEach(async () => {
  await opened.client.executeMultiple("DELETE FROM secret_versions; DELETE FROM key_encryption_keys");
  first = await createProcess();
  const envelope = await first.envelopes.seal("secret_versions/s-0/1", "0");
  const rows = await Promise.all(
    Array.from({ length: SECRETS }, async (_, n) => ({
      path: `s-${n}`,
      version: 1,
      createdAt: new Date(),
      ...(n === 0 ? envelope : await first.envelopes.seal(`secret_versions/s-${n}/1`, String(n))),
    })),
  );
  await database.orm.insert(schema.secretVersions).values(rows);
});

const readAll = async ({ secrets }: Process): Promise<boolean> => {
  const values = await Promise.all(Array.from({ length: SECRETS }, (_, n) => secrets.read(`s-${n}`, undefined)));
  return values.every((read, n) => read.ok && read.value.value === String(n));
};

/** A store that fails at its nth replacement, as if the process were killed there. */
const killedAt = (batch: number, when: "before" | "after"): RewrappingStore => {
  const store = createRewrappingStore(database);
  let batches = 0;
  return {
    ...store,
    replace: async (rewrapped) => {
      batches += 1;
      if (batches === batch && when === "before") throw new Error("killed");
      await store.replace(rewrapped);
      if (batches === batch) throw new Error("killed");
    },
  };
};

test.for([
  [1, "before"],
  [1, "after"],
  [2, "before"],
  [3, "after"],
] as const)(
  "is taken up by another process when it was killed at batch %i, %s it was stored",
  async ([batch, when]) => {
    const killed = first.rootKey({ store: killedAt(batch, when) });
    await expect(killed.rotate("admin", 60_000)).rejects.toThrow("killed");
    const stored = (batch - (when === "before" ? 1 : 0)) * BATCH_SIZE;
    const second = await createProcess();
    expect((await second.rootKey().status()).older).toMatchObject([
      { version: 1, dataKeys: Math.max(SECRETS - stored, 0) },
    ]);
    expect(await readAll(first)).toBe(true);
    expect(await readAll(second)).toBe(true);
    await second.rootKey().maintain(60_000);
    expect(await second.rootKey().status()).toMatchObject({ version: 2, older: [] });
    expect(await readAll(first)).toBe(true);
  },
);

test("does as much as the time allows, and the rest the next time", async () => {
  let nowMs = Date.now();
  const slow = await createProcess(() => {
    nowMs += 1;
    return nowMs;
  });
  const rootKey = slow.rootKey();
  const begun = await rootKey.rotate("admin", 0);
  expect(begun).toMatchObject({ ok: true, value: { version: 2, older: [{ version: 1, dataKeys: SECRETS }] } });
  let rounds = 0;
  while ((await rootKey.status()).older.length > 0) {
    await rootKey.maintain(6);
    rounds += 1;
  }
  expect(rounds).toBeGreaterThan(1);
  expect(await readAll(first)).toBe(true);
});

test("done by several processes at once does each key once, and breaks none", async () => {
  const processes = [first, await createProcess(), await createProcess()];
  expect(await first.rootKey().rotate("admin", 0)).toMatchObject({ ok: true });
  await Promise.all(processes.map((process) => process.rootKey().maintain(60_000)));
  expect(await first.rootKey().status()).toMatchObject({ version: 2, older: [] });
  for (const process of processes) expect(await readAll(process)).toBe(true);
});

test("begun by several at once makes one new key at a time, and the others learn of it", async () => {
  const processes = await Promise.all([createProcess(), createProcess(), createProcess()]);
  const rotated = await Promise.all(processes.map((process) => process.rootKey().rotate("admin", 60_000)));
  const made = rotated.filter(({ ok }) => ok).length;
  expect(made).toBeGreaterThan(0);
  await first.rootKey().maintain(60_000);
  expect(await first.rootKey().status()).toMatchObject({ version: 1 + made, older: [] });
  expect(await readAll(first)).toBe(true);
});

test("never loses what is written under the old key meanwhile", async () => {
  const late = await createProcess();
  await late.keks.current();
  await first.rootKey().rotate("admin", 60_000);
  expect(await first.rootKey().status()).toMatchObject({ older: [] });
  const written = await late.secrets.write(
    "late",
    "written by who knew the old key only",
    0,
    auditEntry({ action: "secret.write", outcome: "success" }),
  );
  expect(written).toEqual({ ok: true, value: 1 });
  expect(await first.secrets.read("late", undefined)).toMatchObject({
    ok: true,
    value: { value: "written by who knew the old key only" },
  });
});

test("a key that anything hangs on cannot be removed, not even by hand", async () => {
  await expect(opened.client.execute("DELETE FROM key_encryption_keys")).rejects.toThrow("FOREIGN KEY");
});
