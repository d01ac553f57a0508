/** The databases of an installation that is about to run: one sound, migrated database and one token for each worker. */
import type { Client } from "@libsql/client/http";
import { damagedData, OperatorError, reasonOf } from "../local/operator-error.ts";
import { secretVariable } from "../workerd/environment.ts";
import { hasDatabase, type Topology, type Worker } from "../workerd/topology.ts";
import { migrateDatabase } from "./migrate.ts";
import type { SqldOptions } from "./sqld.ts";
import { connectDatabase, ensureNamespace, mintDatabaseToken, namespaceUrl } from "./sqld-client.ts";
import { assertNotLost, noteUsedDatabase } from "./used-databases.ts";

/** A running sqld, and the folder of FOUNTAIN_HOME its data is in. */
export interface DatabaseServer extends Omit<SqldOptions, "dataDirectory"> {
  data: string;
  /** The file that lists the databases that have been in use. */
  usedDatabases: string;
}

/** Reads every page once, so that damage shows now and not at some later request. */
const assertSound = async (client: Client): Promise<void> => {
  const { rows } = await client.execute("PRAGMA quick_check(1)");
  const verdict = rows[0]?.[0];
  if (verdict !== "ok") throw new Error(String(verdict));
};

const prepareDatabase = async (topology: Topology, worker: Worker, server: DatabaseServer): Promise<string> => {
  const token = await mintDatabaseToken(server.signingKey, worker.worker);
  const client = connectDatabase(server.port, worker.worker, token);
  try {
    await ensureNamespace(server, worker.worker);
    await assertSound(client);
  } catch (cause) {
    throw new OperatorError(damagedData(server.data, `${worker.worker}: ${reasonOf(cause)}`), { cause });
  }
  await assertNotLost(server.usedDatabases, worker.worker, client);
  if (await migrateDatabase(topology, worker, client)) noteUsedDatabase(server.usedDatabases, worker.worker);
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
