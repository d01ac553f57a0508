/** The process behind preparation.ts: takes its order from standard input and writes the outcome to standard output. */
import { createPrivateKey } from "node:crypto";
import { stdin, stdout } from "node:process";
import { text } from "node:stream/consumers";
import { parseRoleNames, stepUpRolesFault } from "../../workers/kms/src/accounts/roles.ts";
import { prepareDatabases } from "../libsql/databases.ts";
import { waitForSqld } from "../libsql/sqld.ts";
import { connectDatabase } from "../libsql/sqld-client.ts";
import { bundleWorkers } from "../workerd/bundle.ts";
import { computeEnvironment, secretVariable } from "../workerd/environment.ts";
import { assertSettings } from "../workerd/settings-check.ts";
import { DATABASE_TOKEN, hasDatabase, readTopology } from "../workerd/topology.ts";
import { nodeAddresses } from "../workerd/typesense.ts";
import { writeWorkerdConfig } from "../workerd/workerd-config.ts";
import { OperatorError, reasonOf } from "./operator-error.ts";
import type { PreparationOrder, PreparationOutcome } from "./preparation.ts";

const KMS = "kms";

/** Throws {@link OperatorError} when STEP_UP_FOR_ROLES names a role that the database does not have. */
const assertStepUpRoles = async (port: number, token: string): Promise<void> => {
  const names = parseRoleNames(process.env["STEP_UP_FOR_ROLES"] ?? "");
  const client = connectDatabase(port, KMS, token);
  const { rows } = await client.execute("SELECT name FROM roles ORDER BY name");
  client.close();
  const fault = stepUpRolesFault(
    names,
    rows.map((row) => String(row["name"])),
  );
  if (fault !== undefined) throw new OperatorError(fault);
};

const prepare = async (order: PreparationOrder): Promise<PreparationOutcome> => {
  const topology = readTopology(order.root);
  assertSettings(topology, { ...order.variables, ...process.env });
  const prepareData = async () => {
    await waitForSqld(order.sqld.port);
    const signingKey = createPrivateKey(order.signingKeyPem);
    const variables = await prepareDatabases(topology, { ...order.sqld, signingKey, data: order.data });
    await assertStepUpRoles(order.sqld.port, variables[secretVariable(KMS, DATABASE_TOKEN)] ?? "");
    return variables;
  };
  const [databaseVariables] = await Promise.all([prepareData(), bundleWorkers(topology.workers, order.build)]);
  const generated = { ...databaseVariables, ...order.variables };
  const environment = computeEnvironment(topology, generated, process.env);
  writeWorkerdConfig(topology, order.build, {
    internet: environment["WEBHOOK_TARGETS"] === "any" ? "any" : "public",
    messages: environment["SMTP_NETWORK"] === "private" ? "any" : "public",
    typesense: nodeAddresses(order.typesenseNodes),
  });
  const maintainedWorkers = topology.workers.filter(({ crons }) => crons.length > 0).map(({ worker }) => worker);
  const databaseTokens = Object.fromEntries(
    topology.workers
      .filter(hasDatabase)
      .map(({ worker }) => [worker, environment[secretVariable(worker, DATABASE_TOKEN)] ?? ""]),
  );
  return { prepared: { environment, databaseTokens, maintainedWorkers } };
};

const describeFailure = (error: unknown): string =>
  error instanceof OperatorError ? error.message : `cannot start: ${reasonOf(error)}`;

const order: PreparationOrder = JSON.parse(await text(stdin));
const outcome = await prepare(order).catch((error: unknown) => ({ failure: describeFailure(error) }));
stdout.end(JSON.stringify(outcome), () => process.exit());
