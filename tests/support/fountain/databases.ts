/** The databases of one Fountain in a test, on the test run's libSQL server or on one of its own. */
import { createPrivateKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Client } from "@libsql/client/http";
import { inject } from "vitest";
import { migrateDatabase } from "../../../runtime/libsql/migrate.ts";
import { type SqldOptions, spawnSqld, waitForSqld } from "../../../runtime/libsql/sqld.ts";
import {
  connectDatabase,
  ensureNamespace,
  mintDatabaseToken,
  namespaceUrl,
  type SqldAdmin,
} from "../../../runtime/libsql/sqld-client.ts";
import { createGuard } from "../../../runtime/local/guard.ts";
import { freePorts } from "../../../runtime/local/ports.ts";
import { stopProcess } from "../../../runtime/local/process.ts";
import { secretVariable } from "../../../runtime/workerd/environment.ts";
import { hasDatabase, type Topology, type Worker } from "../../../runtime/workerd/topology.ts";

export interface DatabaseServer extends SqldAdmin {
  port: number;
  signingKey: ReturnType<typeof createPrivateKey>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  signal(signal: "SIGSTOP" | "SIGCONT"): Promise<void>;
  stop(): Promise<void>;
}

const refuse = (): Promise<never> => Promise.reject(new Error("ask for ownSqld: all test files use this server"));

/** The one of the whole test run. */
export const sharedServer = (): DatabaseServer => {
  const { sqld, signingKeyPem } = inject("testRun");
  return {
    ...sqld,
    signingKey: createPrivateKey(signingKeyPem),
    kill: refuse,
    restart: refuse,
    signal: refuse,
    stop: () => Promise.resolve(),
  };
};

/** One that the test may stop. */
export const ownServer = async (): Promise<DatabaseServer> => {
  const dataDirectory = mkdtempSync(path.join(tmpdir(), "fountain-sqld-"));
  const { privateKey } = generateKeyPairSync("ed25519");
  const [port, adminPort] = await freePorts();
  const options: SqldOptions = {
    dataDirectory,
    port,
    adminPort,
    adminKey: randomBytes(16).toString("hex"),
    signingKey: privateKey,
  };
  const guard = createGuard();
  const start = async () => {
    const started = spawnSqld(options);
    guard.watch("sqld", started.pid);
    started.stdout?.resume();
    started.stderr?.resume();
    await waitForSqld(port, started);
    return started;
  };
  let sqld = await start();
  return {
    ...options,
    kill: () => stopProcess(sqld, "SIGKILL"),
    restart: async () => {
      await stopProcess(sqld, "SIGKILL");
      sqld = await start();
    },
    signal: async (signal) => {
      sqld.kill(signal);
    },
    stop: async () => {
      await stopProcess(sqld);
      guard.release();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
};

export interface Databases {
  /** The variables that lead the workers to them. */
  settings: Record<string, string>;
  databases: Record<string, Client>;
}

/** One empty migrated database for each worker that has one. */
export const createDatabases = async (
  server: DatabaseServer,
  topology: Topology,
  workers: readonly Worker[],
  prefix: string,
): Promise<Databases> => {
  const settings: Record<string, string> = {};
  const databases: Record<string, Client> = {};
  for (const worker of workers.filter(hasDatabase)) {
    const namespace = `${prefix}-${worker.worker}`;
    const token = await mintDatabaseToken(server.signingKey, namespace);
    await ensureNamespace(server, namespace);
    const client = connectDatabase(server.port, namespace, token);
    await migrateDatabase(topology, worker, client);
    databases[worker.worker] = client;
    settings[secretVariable(worker.worker, "DATABASE_URL")] = namespaceUrl(namespace);
    settings[secretVariable(worker.worker, "DATABASE_TOKEN")] = token;
  }
  return { settings, databases };
};
