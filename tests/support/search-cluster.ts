/** What the tests of the Typesense engine share: it, on a real database and against a stand-in, with a kms in memory. */

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import type { KmsRpc, StoredSecret } from "#shared/contracts/kms.ts";
import { failure, success } from "#shared/lang/result.ts";
import { createBuildStore } from "../../workers/search/src/storage/builds.store.ts";
import { createDocumentLog } from "../../workers/search/src/storage/document-log.store.ts";
import { createTypesense, type Typesense } from "../../workers/search/src/typesense/create.ts";
import { type StandIn, type StandInOptions, startTypesense } from "../typesense/stand-in.ts";
import { openTestDatabase } from "./database.ts";
import { unavailable } from "./rpc/private-calls.ts";

export interface TestKms extends Pick<KmsRpc, "readSecret" | "writeSecret"> {
  readonly secrets: Map<string, StoredSecret>;
  /** How often secrets were read. */
  reads: number;
  isDown: boolean;
}

/** Secrets with versions and compare-and-set. */
const createTestKms = (): TestKms => {
  const kms: TestKms = {
    secrets: new Map(),
    reads: 0,
    isDown: false,
    readSecret: async (path) => {
      kms.reads += 1;
      if (kms.isDown) return unavailable();
      const secret = kms.secrets.get(path);
      return secret ? success(secret) : failure("unknown");
    },
    writeSecret: async ({ path, value, cas }) => {
      if (kms.isDown) return unavailable();
      const version = kms.secrets.get(path)?.version ?? 0;
      if (version !== cas) return failure("conflict");
      kms.secrets.set(path, { version: version + 1, value });
      return success(version + 1);
    },
  };
  return kms;
};

export interface LoggedEvent {
  event: string;
  fields: Record<string, string | number | boolean | undefined>;
}

export interface TestTypesense extends Typesense {
  log: ReturnType<typeof createDocumentLog>;
  builds: ReturnType<typeof createBuildStore>;
  events: LoggedEvent[];
}

export interface TestBed {
  standIn: StandIn;
  kms: TestKms;
  /** Added to the time. */
  clock: { aheadMs: number };
  /** Another isolate of the same worker. */
  isolate(options?: { configuredKey?: string; aheadMs?: number }): TestTypesense;
  /** Everything as on the first day. */
  reset(): Promise<void>;
}

/** For one test file. Call it at its top. */
export const openTestBed = (options: StandInOptions = {}): TestBed => {
  const clock = { aheadMs: 0 };
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let standIn: StandIn;
  let kms = createTestKms();
  beforeAll(async () => {
    [database, standIn] = await Promise.all([openTestDatabase("search"), startTypesense(options)]);
  });
  afterAll(async () => {
    await standIn?.close();
    await database?.close();
  });
  return {
    get standIn() {
      return standIn;
    },
    get kms() {
      return kms;
    },
    clock,
    isolate: ({ configuredKey = standIn.adminKey, aheadMs = 0 } = {}) => {
      const now = () => Date.now() + clock.aheadMs + aheadMs;
      const events: LoggedEvent[] = [];
      const log = createDocumentLog(database);
      const builds = createBuildStore(database);
      const typesense = createTypesense({
        urls: standIn.nodes.map(({ url }) => url),
        configuredKey,
        network: undefined,
        kms,
        log,
        builds,
        now,
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        newId: randomUUID,
        logEvent: (_level, event, fields = {}) => events.push({ event, fields }),
      });
      return { ...typesense, log, builds, events };
    },
    reset: async () => {
      clock.aheadMs = 0;
      kms = createTestKms();
      standIn.loseEverything();
      standIn.state.refusedIds.clear();
      await standIn.startAll();
      for (const node of standIn.nodes) node.mode = "well";
      standIn.requests.length = 0;
      standIn.violations.length = 0;
      for (const table of ["documents", "changes", "builds"]) await database.client.execute(`DELETE FROM ${table}`);
    },
  };
};
