/**
 * The one-shot job `settings` of the Compose stack: checks all settings, secrets and the configuration file before a replica of
 * workerd is made or replaced. Takes the folder with the wrangler files.
 */
import type { Client } from "@libsql/client/http";
import { FIRST_ROLES } from "../../workers/kms/src/accounts/roles.ts";
import { connectDatabase } from "../libsql/sqld-client.ts";
import { reasonOf } from "../local/operator-error.ts";
import { checkComposeSettings } from "../settings/check.ts";
import { DATABASE_TOKEN, readTopology } from "../workerd/topology.ts";
import { mountedConfiguration } from "./mounted-configuration.ts";
import { isSecretGiven, mountedSecret } from "./mounted-secrets.ts";
import { composeSecret } from "./secrets.ts";

const PORT = 8080;
const KMS = "kms";

const secretOf = (name: string): string | undefined => (isSecretGiven(name) ? mountedSecret(name) : undefined);

const isMissingDatabase = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof Error && "status" in error.cause && error.cause.status === 404;

const namesIn = async (client: Client): Promise<readonly string[] | undefined> => {
  try {
    const { rows } = await client.execute("SELECT name FROM roles ORDER BY name");
    return rows.map((row) => String(row["name"]));
  } catch (error) {
    // What else is wrong with the database, `migrate` reports.
    return isMissingDatabase(error) ? FIRST_ROLES : undefined;
  }
};

const storedRoles = async (): Promise<readonly string[] | undefined> => {
  const token = secretOf(composeSecret(KMS, DATABASE_TOKEN));
  if (token === undefined) return undefined;
  const client = connectDatabase(PORT, KMS, token, process.env["LIBSQL_HOST"] ?? "libsql");
  return namesIn(client).finally(() => client.close());
};

try {
  const topology = readTopology(process.argv[2] ?? ".");
  const settings = { environment: process.env, secretOf, roles: await storedRoles() };
  const { faults, warnings } = await checkComposeSettings(topology, settings);
  faults.push(...(mountedConfiguration()?.faults ?? []));
  for (const line of [...faults, ...warnings]) console.error(`Fountain: ${line}`);
  if (faults.length > 0) process.exitCode = 1;
  else console.log("All settings are usable.");
} catch (error) {
  console.error(`Fountain: ${reasonOf(error)}`);
  process.exitCode = 1;
}
