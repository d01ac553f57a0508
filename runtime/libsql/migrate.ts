/**
 * Brings a worker's database to the newest of its migrations, as a one-shot job from Node. Reads drizzle-kit's files and
 * keeps drizzle's own table of what was applied, without loading drizzle's query builder.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import type { Client, InStatement } from "@libsql/client/http";
import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import { renewIndex } from "../../workers/search/src/storage/text-index.ts";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import type { Topology, Worker } from "../workerd/topology.ts";

const APPLIED_TABLE = "__drizzle_migrations";

const lastAppliedAt = async (client: Client): Promise<number> => {
  await client.execute(
    `CREATE TABLE IF NOT EXISTS ${APPLIED_TABLE} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`,
  );
  const { rows } = await client.execute(`SELECT max(created_at) FROM ${APPLIED_TABLE}`);
  return Number(rows[0]?.[0] ?? Number.NEGATIVE_INFINITY);
};

/** What a migration leaves to a worker's own code. Harmless when there is nothing to do. */
const FOLLOW_UPS: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  // Workers that start afterwards find every document; those of the version before use an index of their own.
  search: (client) => renewIndex(client, () => true),
};

const statementsOf = ({ sql, hash, folderMillis }: MigrationMeta): InStatement[] => [
  ...sql,
  { sql: `INSERT INTO ${APPLIED_TABLE} (hash, created_at) VALUES (?, ?)`, args: [hash, folderMillis] },
];

/**
 * Applies what is missing, all or nothing, and returns whether the worker has migrations at all. Throws
 * {@link OperatorError}.
 */
export const migrateDatabase = async (topology: Topology, worker: Worker, client: Client): Promise<boolean> => {
  const migrationsFolder = path.join(topology.root, "workers", worker.worker, "migrations");
  if (!existsSync(path.join(migrationsFolder, "meta", "_journal.json"))) return false;
  try {
    const migrations = readMigrationFiles({ migrationsFolder });
    const last = await lastAppliedAt(client);
    const missing = migrations.filter(({ folderMillis }) => folderMillis > last);
    if (missing.length > 0) await client.migrate(missing.flatMap(statementsOf));
    await FOLLOW_UPS[worker.worker]?.(client);
    return true;
  } catch (cause) {
    throw new OperatorError(`the migrations of ${worker.worker} do not apply: ${reasonOf(cause)}`, { cause });
  }
};
