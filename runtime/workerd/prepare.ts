/** Prepares what the workers need: migrated databases, bundles, their configuration and their environment. */
import { createPrivateKey } from "node:crypto";
import { NEVER_REACHED } from "../../workers/gateway/src/upstreams/never-reached.ts";
import { parseNodeUrls } from "../../workers/search/src/typesense/node-urls.ts";
import { prepareDatabases } from "../libsql/databases.ts";
import { waitForSqld } from "../libsql/sqld.ts";
import type { PreparationOrder, PreparationOutcome } from "../local/preparation.ts";
import { computeEnvironment, secretVariable } from "./environment.ts";
import { writeHasherConfig } from "./hasher-config.ts";
import { keepBundles } from "./kept-bundles.ts";
import { DATABASE_TOKEN, hasDatabase, readTopology } from "./topology.ts";
import { nodeAddresses, TYPESENSE_NODES } from "./typesense.ts";
import { outwardReach, writeWorkerdConfig } from "./workerd-config.ts";

/** Throws an OperatorError when the start cannot continue. */
export const prepare = async (root: string, order: PreparationOrder): Promise<PreparationOutcome> => {
  const topology = readTopology(root);
  const prepareData = async () => {
    await waitForSqld(order.sqld.port);
    const signingKey = createPrivateKey(order.signingKeyPem);
    return prepareDatabases(topology, {
      ...order.sqld,
      signingKey,
      data: order.data,
      usedDatabases: order.usedDatabases,
    });
  };
  const [databaseVariables] = await Promise.all([prepareData(), keepBundles(topology, order.build)]);
  const generated = { ...databaseVariables, ...order.variables };
  const environment = computeEnvironment(topology, generated, process.env);
  const nodes = parseNodeUrls(environment[TYPESENSE_NODES] ?? "");
  writeWorkerdConfig(topology, order.build, {
    ...outwardReach(environment),
    mailbox: order.mailboxSocket && `unix:${order.mailboxSocket}`,
    typesense: nodeAddresses(nodes.ok ? nodes.value : []),
    hashers: order.hasherSockets.map((socket) => `unix:${socket}`),
    first: `unix:${order.firstSocket}`,
    siblings: order.siblingSockets.map((socket) => `unix:${socket}`),
    neverUpstreams: NEVER_REACHED,
    internalPorts: order.ports,
  });
  writeHasherConfig(topology, order.build);
  const maintainedWorkers = topology.workers.filter(({ crons }) => crons.length > 0).map(({ worker }) => worker);
  const databaseTokens = Object.fromEntries(
    topology.workers
      .filter(hasDatabase)
      .map(({ worker }) => [worker, environment[secretVariable(worker, DATABASE_TOKEN)] ?? ""]),
  );
  return { prepared: { environment, databaseTokens, maintainedWorkers } };
};
