/** The process behind preparation.ts: takes its order from standard input and writes the outcome to standard output. */
import { createPrivateKey } from "node:crypto";
import { stdin, stdout } from "node:process";
import { text } from "node:stream/consumers";
import { prepareDatabases } from "../libsql/databases.ts";
import { waitForSqld } from "../libsql/sqld.ts";
import { bundleWorkers } from "../workerd/bundle.ts";
import { computeEnvironment, secretVariable } from "../workerd/environment.ts";
import { DATABASE_TOKEN, hasDatabase, readTopology } from "../workerd/topology.ts";
import { nodeAddresses } from "../workerd/typesense.ts";
import { writeWorkerdConfig } from "../workerd/workerd-config.ts";
import { OperatorError, reasonOf } from "./operator-error.ts";
import type { PreparationOrder, PreparationOutcome } from "./preparation.ts";

const prepare = async (order: PreparationOrder): Promise<PreparationOutcome> => {
  const topology = readTopology(order.root);
  const prepareData = async () => {
    await waitForSqld(order.sqld.port);
    const signingKey = createPrivateKey(order.signingKeyPem);
    return prepareDatabases(topology, { ...order.sqld, signingKey, data: order.data });
  };
  const [databaseVariables] = await Promise.all([prepareData(), bundleWorkers(topology.workers, order.build)]);
  const generated = { ...databaseVariables, ...order.variables };
  const environment = computeEnvironment(topology, generated, process.env);
  writeWorkerdConfig(topology, order.build, {
    internet: environment["WEBHOOK_TARGETS"] === "any" ? "any" : "public",
    messages: environment["SMTP_NETWORK"] === "private" ? "any" : "public",
    typesense: nodeAddresses(order.typesenseNodes),
  });
  const choreWorkers = topology.workers.filter(({ crons }) => crons.length > 0).map(({ worker }) => worker);
  const databaseTokens = Object.fromEntries(
    topology.workers
      .filter(hasDatabase)
      .map(({ worker }) => [worker, environment[secretVariable(worker, DATABASE_TOKEN)] ?? ""]),
  );
  return { prepared: { environment, databaseTokens, choreWorkers } };
};

const describeFailure = (error: unknown): string =>
  error instanceof OperatorError ? error.message : `cannot start: ${reasonOf(error)}`;

const order: PreparationOrder = JSON.parse(await text(stdin));
const outcome = await prepare(order).catch((error: unknown) => ({ failure: describeFailure(error) }));
stdout.end(JSON.stringify(outcome), () => process.exit());
