/** Brings a worker's database to the newest of its migrations (drizzle-kit's files), as a one-shot job from Node. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { Client } from "@libsql/client/http";
import { drizzle } from "drizzle-orm/libsql/http";
import { migrate } from "drizzle-orm/libsql/migrator";
import type { Topology, Worker } from "./topology.ts";

/** A migration that did not apply; nothing of it is left in the database. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

const rootCause = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootCause(error.cause);
};

/** Applies what is missing, all or nothing; a worker without migrations is left alone. Throws {@link MigrationError}. */
export const migrateDatabase = async (topology: Topology, worker: Worker, client: Client): Promise<void> => {
  const migrationsFolder = path.join(topology.root, "workers", worker.worker, "migrations");
  if (!existsSync(path.join(migrationsFolder, "meta", "_journal.json"))) return;
  try {
    await migrate(drizzle({ client }), { migrationsFolder });
  } catch (cause) {
    throw new MigrationError(`the migrations of ${worker.worker} do not apply: ${rootCause(cause)}`, { cause });
  }
};
