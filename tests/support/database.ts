/** One worker's own database on the test run's libSQL server, migrated and empty, for tests of a store alone. */
import { createPrivateKey, randomBytes } from "node:crypto";
import path from "node:path";
import type { Client } from "@libsql/client/http";
import { inject } from "vitest";
import { migrateDatabase } from "../../runtime/libsql/migrate.ts";
import {
  connectDatabase,
  deleteNamespace,
  ensureNamespace,
  mintDatabaseToken,
  namespaceUrl,
} from "../../runtime/libsql/sqld-client.ts";
import { readTopology } from "../../runtime/workerd/topology.ts";

export interface TestDatabase {
  client: Client;
  /** What a worker needs to open it, and the server that its binding `LIBSQL` leads to. */
  bindings: { DATABASE_URL: string; DATABASE_TOKEN: string };
  server: { external: { address: string; http: object } };
  /** Drops the database. */
  close(): Promise<void>;
}

/** Creates the database of the worker in this folder of `workers/`. Call `close` when done. */
export const openTestDatabase = async (folder: string): Promise<TestDatabase> => {
  const { sqld, signingKeyPem } = inject("testRun");
  const topology = readTopology(path.join(import.meta.dirname, "..", ".."));
  const worker = topology.workers.find((candidate) => candidate.worker === folder);
  if (worker === undefined) throw new Error(`there is no worker ${folder}`);
  const namespace = `t${randomBytes(6).toString("hex")}-${folder}`;
  await ensureNamespace(sqld, namespace);
  const token = await mintDatabaseToken(createPrivateKey(signingKeyPem), namespace);
  const client = connectDatabase(sqld.port, namespace, token);
  await migrateDatabase(topology, worker, client);
  return {
    client,
    bindings: { DATABASE_URL: namespaceUrl(namespace), DATABASE_TOKEN: token },
    server: { external: { address: `127.0.0.1:${sqld.port}`, http: {} } },
    close: async () => {
      client.close();
      await deleteNamespace(sqld, namespace);
    },
  };
};
