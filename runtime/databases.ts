/** The databases of a Fountain that is about to run: sqld started, one migrated database and one token per worker. */
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Client } from "@libsql/client/http";
import { secretVariable } from "./environment.ts";
import type { Home } from "./home.ts";
import { createLogFile } from "./log-file.ts";
import { migrateDatabase } from "./migrate.ts";
import { OperatorError, reasonOf } from "./operator-error.ts";
import {
  connectDatabase,
  ensureNamespace,
  mintDatabaseToken,
  namespaceUrl,
  type SqldOptions,
  spawnSqld,
  waitForSqld,
} from "./sqld.ts";
import { hasDatabase, type Topology, type Worker } from "./topology.ts";

const damaged = (home: Home, reason: string): string =>
  `the data in ${home.data} cannot be read (${reason}): restore it from your backup, or remove it to start anew`;

/** The folder, ports and keys that every sqld of this run is started with. */
export const sqldOptions = (
  home: Home,
  ports: [number, number],
  signingKey: SqldOptions["signingKey"],
): SqldOptions => ({
  dataDirectory: path.join(home.data, "libsql"),
  port: ports[0],
  adminPort: ports[1],
  adminKey: randomBytes(32).toString("base64url"),
  signingKey,
});

/** Starts sqld; what it says goes to its log file. */
export const startSqld = (home: Home, options: SqldOptions): ChildProcess => {
  const log = createLogFile(path.join(home.logs, "sqld.log"));
  const sqld = spawnSqld(options);
  for (const stream of [sqld.stdout, sqld.stderr]) {
    if (stream !== null) createInterface(stream).on("line", log);
  }
  return sqld;
};

/** Reads every page once, so that damage shows now and not at some later request; a used database is never empty. */
const assertSound = async (client: Client, wasUsed: boolean): Promise<void> => {
  const { rows } = await client.execute("PRAGMA quick_check(1)");
  const verdict = rows[0]?.[0];
  if (verdict !== "ok") throw new Error(String(verdict));
  const schema = await client.execute("SELECT count(*) FROM sqlite_schema");
  if (wasUsed && schema.rows[0]?.[0] === 0) throw new Error("its tables are gone");
};

/** An empty file that says that this database was brought into use, apart from the database itself. */
const usedMarker = (home: Home, worker: Worker): string => path.join(home.data, `${worker.worker}.used`);

const prepareDatabase = async (home: Home, topology: Topology, worker: Worker, sqld: SqldOptions): Promise<string> => {
  const token = await mintDatabaseToken(sqld.signingKey, worker.worker);
  const client = connectDatabase(sqld.port, worker.worker, token);
  const marker = usedMarker(home, worker);
  try {
    await ensureNamespace(sqld, worker.worker);
    await assertSound(client, existsSync(marker));
  } catch (cause) {
    throw new OperatorError(damaged(home, `${worker.worker}: ${reasonOf(cause)}`), { cause });
  }
  if (await migrateDatabase(topology, worker, client)) writeFileSync(marker, "", { mode: 0o600 });
  client.close();
  return token;
};

/**
 * Waits for sqld, brings every worker's database up to date, and returns the variables that open them. Throws
 * {@link OperatorError} when the data is damaged or a migration does not apply.
 */
export const prepareDatabases = async (
  home: Home,
  topology: Topology,
  sqld: SqldOptions,
  child: ChildProcess,
): Promise<Record<string, string>> => {
  try {
    await waitForSqld(sqld.port, child);
  } catch (cause) {
    throw new OperatorError(damaged(home, reasonOf(cause)), { cause });
  }
  const variables = await Promise.all(
    topology.workers.filter(hasDatabase).map(async (worker) => [
      [secretVariable(worker.worker, "DATABASE_URL"), namespaceUrl(worker.worker)],
      [secretVariable(worker.worker, "DATABASE_TOKEN"), await prepareDatabase(home, topology, worker, sqld)],
    ]),
  );
  return Object.fromEntries(variables.flat());
};
