/**
 * The one-shot job `migrate` of the Compose stack: creates each worker's database and brings it to its newest
 * migration. Harmless when run again. Takes the folder with the wrangler files and the migrations.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { migrateDatabase } from "../libsql/migrate.ts";
import { connectDatabase, ensureNamespace, type SqldAdmin } from "../libsql/sqld-client.ts";
import { assertNotLost, noteUsedDatabase } from "../libsql/used-databases.ts";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { DATABASE_TOKEN, hasDatabase, readTopology, type Topology, type Worker } from "../workerd/topology.ts";
import { mountedSecret } from "./mounted-secrets.ts";
import { composeSecret } from "./secrets.ts";

/** Mounted from where the secrets are, and the one of these files that is written to. */
const USED_DATABASES = "/used_databases";
const PORT = 8080;
const ADMIN_PORT = 9090;
const PATIENCE_MS = 60_000;
const POLL_MS = 250;

const isHealthy = (host: string): Promise<boolean> =>
  fetch(`http://${host}:${PORT}/health`).then(
    (response) => response.ok,
    () => false,
  );

const waitForLibsql = async (host: string): Promise<void> => {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isHealthy(host))) {
    if (Date.now() > deadline) throw new OperatorError(`libsql at ${host}:${PORT} is not responding: see its log`);
    await sleep(POLL_MS);
  }
};

const prepare = async (topology: Topology, worker: Worker, server: Required<SqldAdmin>): Promise<void> => {
  const token = mountedSecret(composeSecret(worker.worker, DATABASE_TOKEN));
  await ensureNamespace(server, worker.worker);
  const client = connectDatabase(PORT, worker.worker, token, server.host);
  await assertNotLost(USED_DATABASES, worker.worker, client, "secrets/used_databases");
  if (await migrateDatabase(topology, worker, client)) noteUsedDatabase(USED_DATABASES, worker.worker);
  client.close();
  console.log(`The database of ${worker.worker} is up to date.`);
};

try {
  const topology = readTopology(process.argv[2] ?? ".");
  const host = process.env["LIBSQL_HOST"] ?? "libsql";
  const server = { host, adminPort: ADMIN_PORT, adminKey: mountedSecret("libsql_admin_key") };
  await waitForLibsql(host);
  for (const worker of topology.workers.filter(hasDatabase)) await prepare(topology, worker, server);
} catch (error) {
  console.error(`Fountain: ${reasonOf(error)}`);
  process.exitCode = 1;
}
