/** What tests of API keys share: the keys of one service on a database of its own, and a clock that they set. */
import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { createApiKeyStore } from "../../workers/kms/src/api-keys/api-keys.store.ts";
import {
  type ApiKeys,
  createApiKeys,
  type NewApiKey,
  type WantedRotation,
} from "../../workers/kms/src/api-keys/api-keys.ts";
import type { KmsDatabase } from "../../workers/kms/src/db/connection.ts";
import * as schema from "../../workers/kms/src/db/schema.ts";
import { createServiceStore } from "../../workers/kms/src/services/services.store.ts";
import { openTestDatabase, type TestDatabase } from "./database.ts";
import { createTestRecorder } from "./kms/recorder.ts";
import { auditEntry, grantor, randomBytes } from "./kms.ts";

const START_MS = Date.parse("2026-11-23T10:00:00Z");

/** Holds every scope there is. */
export const ALL = grantor("administrator");

export const FROM_ANYWHERE = { address: undefined };

/** For the tests of one file: a new service before each, with the scopes `sequence:read` and `search:read`. */
export const useApiKeys = () => {
  const clock = { nowMs: START_MS };
  const now = (): number => clock.nowMs;
  let opened: TestDatabase | undefined;
  let service = "";

  const database = (): KmsDatabase => {
    if (!opened) throw new Error("there is no database before the tests");
    return { client: opened.client, orm: drizzle({ client: opened.client, schema }) };
  };
  const keys = () => createApiKeyStore(database());
  const services = () => createServiceStore(database());
  const apiKeys = (): ApiKeys =>
    createApiKeys({
      store: keys(),
      services: services(),
      recorder: createTestRecorder().recorder,
      macKey: Buffer.alloc(32, 3),
      randomBytes,
      now,
    });

  const addService = (): Promise<boolean> =>
    services().insert(
      {
        name: service,
        scopes: ["sequence:read", "search:read"],
        rotateAfterDays: null,
        createdAt: new Date(now()),
        webhook: null,
      },
      auditEntry(),
    );

  beforeAll(async () => {
    opened = await openTestDatabase("kms");
  });
  afterAll(() => opened?.close());
  beforeEach(async () => {
    clock.nowMs = START_MS;
    service = `films-${crypto.randomUUID()}`;
    await addService();
  });

  return {
    clock,
    now,
    keys,
    services,
    apiKeys,
    addService,
    service: () => service,
    create: async (wanted: Partial<NewApiKey> = {}) => {
      const created = await apiKeys().create({ service, ...wanted }, ALL);
      if (!created.ok) throw new Error(created.error.kind);
      return created.value;
    },
    tryRotate: (wanted: Partial<WantedRotation>, caller = ALL) =>
      apiKeys().rotate({ service, graceSeconds: 0, ...wanted }, caller),
    rotate: async (graceSeconds: number, wanted: Partial<WantedRotation> = {}) => {
      const rotated = await apiKeys().rotate({ service, graceSeconds, ...wanted }, ALL);
      if (!rotated.ok) throw new Error(rotated.error.kind);
      return rotated.value;
    },
    codeOf: async (key: string): Promise<string> => {
      const checked = await apiKeys().check(key, FROM_ANYWHERE);
      return checked.ok ? "valid" : checked.error.kind;
    },
    /** From when on tokens made from this key are refused. */
    revokedAt: async (keyId: string): Promise<unknown> => {
      const { rows } = await database().client.execute({
        sql: "SELECT revoked_at FROM revocations WHERE revoked_id = ?",
        args: [keyId],
      });
      return rows[0]?.["revoked_at"];
    },
  };
};
