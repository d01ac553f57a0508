/** Puts the parts of the Typesense engine together. */
import type { KmsRpc } from "#shared/contracts/kms.ts";
import type { Log } from "#shared/observability/log.ts";
import { countTypesenseCall, setTypesenseBreakersOpen } from "#shared/observability/metrics.ts";
import type { DocumentLog } from "../model/document-log.ts";
import type { SearchEngine } from "../query/engine.ts";
import { type BuildStore, isRunning, type Reindexing } from "../sync/build.ts";
import type { KeyRotation, Rules } from "../sync/cluster.ts";
import { createBuilder } from "./builder.ts";
import { createTypesenseEngine } from "./engine.ts";
import { createGenerations } from "./generation.ts";
import { createKeyring } from "./keyring.ts";
import { createCluster } from "./nodes.ts";
import { createReplicator } from "./replication.ts";
import { createRotation } from "./rotation.ts";
import { createRules } from "./rules.ts";
import { createTransport, type Network } from "./transport.ts";

export interface TypesenseOptions {
  /** The nodes' URLs, the nearest first. */
  urls: readonly string[];
  /** An administrator's key; empty where the kms has one already. */
  configuredKey: string;
  network: Network;
  kms: Pick<KmsRpc, "readSecret" | "writeSecret">;
  log: DocumentLog;
  builds: BuildStore;
  /** Milliseconds since the epoch. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  newId: () => string;
  logEvent: Log;
}

export interface Typesense {
  engine: SearchEngine;
  reindexing: Reindexing;
  rules: Rules;
  rotation: KeyRotation;
}

/** When a job started, and a suffix that makes it unique: `20261101t120000z-1a2b3c4d`. */
const jobIdOf = (nowMs: number, id: string): string =>
  `${new Date(nowMs).toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "").toLowerCase()}-${id.slice(0, 8)}`;

export const createTypesense = (options: TypesenseOptions): Typesense => {
  const { urls, configuredKey, network, kms, log, builds, now, sleep, newId, logEvent } = options;
  const cluster = createCluster({
    urls,
    transport: createTransport(network),
    now,
    sleep,
    onCall: (outcome) => {
      countTypesenseCall({ outcome });
      setTypesenseBreakersOpen(cluster.nodes.filter(({ breaker }) => breaker.state() !== "closed").length);
    },
    onBreaker: (node, state) => logEvent(state === "closed" ? "info" : "warn", "typesense.breaker", { node, state }),
  });
  const keyring = createKeyring({ cluster, kms, configuredKey, now, warn: (event) => logEvent("warn", event) });
  const { call } = keyring;
  const generation = createGenerations({ call, now });
  const replicator = createReplicator({
    builds,
    log,
    call,
    now,
    newHolder: newId,
    warn: (...event) => logEvent("warn", ...event),
  });
  const upcoming = async () => (await builds.list("typesense")).filter(isRunning).map(({ collection }) => collection);
  const rules = createRules({ call, generation, upcoming });
  const newJobId = () => jobIdOf(now(), newId());
  const note = (event: string, fields: Record<string, string | number>) => logEvent("info", event, fields);
  const builder = createBuilder({ builds, log, replicator, rules, call, generation, now, newJobId, sleep, note });
  const rotation = createRotation({ keyring, kms, callWith: cluster.call, now, newMark: newId, sleep });
  const engine = createTypesenseEngine({ cluster, keyring, log, builds, replicator, builder, rotation, now, sleep });
  return { engine, reindexing: builder, rules, rotation };
};
