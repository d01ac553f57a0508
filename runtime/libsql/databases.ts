/** The databases of an installation that is about to run: one sound, migrated database and one token for each worker. */
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Client } from "@libsql/client/http";
import { damagedData, OperatorError, reasonOf } from "../local/operator-error.ts";
import { secretVariable } from "../workerd/environment.ts";
import { hasDatabase, type Topology, type Worker } from "../workerd/topology.ts";
import { migrateDatabase } from "./migrate.ts";
import type { SqldOptions } from "./sqld.ts";
import { connectDatabase, ensureNamespace, mintDatabaseToken, namespaceUrl } from "./sqld-client.ts";

/** A running sqld, and the folder of FOUNTAIN_HOME its data is in. */
export interface DatabaseServer extends Omit<SqldOptions, "dataDirectory"> {
  data: string;
}

/** Reads every page once, so that damage shows now and not at some later request; a used database is never empty. */
const assertSound = async (client: Client, wasUsed: boolean): Promise<void> => {
  const { rows } = await client.execute("PRAGMA quick_check(1)");
  const verdict = rows[0]?.[0];
  if (verdict !== "ok") throw new Error(String(verdict));
  const schema = await client.execute("SELECT count(*) FROM sqlite_schema");
  if (wasUsed && schema.rows[0]?.[0] === 0) throw new Error("its tables are missing");
};

/** An empty file that says that this database was brought into use, apart from the database itself. */
const usedMarker = (server: DatabaseServer, worker: Worker): string => path.join(server.data, `${worker.worker}.used`);

const prepareDatabase = async (topology: Topology, worker: Worker, server: DatabaseServer): Promise<string> => {
  const token = await mintDatabaseToken(server.signingKey, worker.worker);
  const client = connectDatabase(server.port, worker.worker, token);
  const marker = usedMarker(server, worker);
  try {
    await ensureNamespace(server, worker.worker);
    await assertSound(client, existsSync(marker));
  } catch (cause) {
    throw new OperatorError(damagedData(server.data, `${worker.worker}: ${reasonOf(cause)}`), { cause });
  }
  if (await migrateDatabase(topology, worker, client)) writeFileSync(marker, "", { mode: 0o600 });
  client.close();
  return token;
};

/**
 * Brings every worker's database up to date, and returns the variables that open them. Throws {@link OperatorError} when
 * the data is damaged or a migration does not apply.
 */
export const prepareDatabases = async (topology: Topology, server: DatabaseServer): Promise<Record<string, string>> => {
  const variables = topology.workers.filter(hasDatabase).map(async (worker) => [
    [secretVariable(worker.worker, "DATABASE_URL"), namespaceUrl(worker.worker)],
    [secretVariable(worker.worker, "DATABASE_TOKEN"), await prepareDatabase(topology, worker, server)],
  ]);
  return Object.fromEntries((await Promise.all(variables)).flat());
};
