/** workerd: its configuration, generated from the topology, and its process. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { INTERNAL_WORKER } from "./bundle.ts";
import { textBindings } from "./environment.ts";
import { LIBSQL_SERVICE, type ServiceBinding, type Topology, type Worker } from "./topology.ts";

/** The sockets and the outside service whose addresses are given on the command line. */
export const PUBLIC_SOCKET = "public";
export const INTERNAL_SOCKET = "internal";

/** The only way out that a worker has by default: none. */
const NO_NETWORK = "no-network";

const text = (value: string): string => JSON.stringify(value);
const list = (items: readonly string[]): string => `[\n${items.map((item) => `    ${item},\n`).join("")}  ]`;

const serviceBinding = ({ binding, service, entrypoint }: ServiceBinding): string => {
  const target =
    entrypoint === undefined ? text(service) : `(name = ${text(service)}, entrypoint = ${text(entrypoint)})`;
  return `(name = ${text(binding)}, service = ${target})`;
};

const workerService = (worker: Worker): string => {
  const bindings = [
    ...worker.services.map(serviceBinding),
    ...textBindings(worker).map(
      ({ binding, variable }) => `(name = ${text(binding)}, fromEnvironment = ${text(variable)})`,
    ),
  ];
  return `(name = ${text(worker.name)}, worker = (
    modules = [(name = ${text(`${worker.worker}.js`)}, esModule = embed ${text(`${worker.worker}.js`)})],
    compatibilityDate = ${text(worker.compatibilityDate)},
    compatibilityFlags = [${worker.compatibilityFlags.map(text).join(", ")}],
    bindings = [${bindings.join(", ")}],
    globalOutbound = ${text(NO_NETWORK)},
  ))`;
};

/** The worker behind the internal socket binds the private entrypoint of every worker that has chores. */
const internalWorker = (front: Worker, workers: readonly Worker[]): Worker => ({
  ...front,
  worker: INTERNAL_WORKER,
  name: INTERNAL_WORKER,
  services: workers
    .filter(({ crons }) => crons.length > 0)
    .map(({ worker, name }) => ({ binding: worker, service: name, entrypoint: "Internal" })),
  vars: {},
  secrets: [],
});

/**
 * The configuration, to stand beside the bundles. Addresses are left out: they are given when workerd starts, so that
 * one configuration serves every machine.
 */
export const workerdConfig = ({ workers }: Topology): string => {
  const [front] = workers;
  if (front === undefined) throw new Error("a topology has at least one worker");
  const services = [
    ...[...workers, internalWorker(front, workers)].map(workerService),
    `(name = ${text(LIBSQL_SERVICE)}, external = (http = ()))`,
    `(name = ${text(NO_NETWORK)}, network = (allow = []))`,
  ];
  const sockets = [
    `(name = ${text(PUBLIC_SOCKET)}, http = (), service = ${text(front.name)})`,
    `(name = ${text(INTERNAL_SOCKET)}, http = (), service = ${text(INTERNAL_WORKER)})`,
  ];
  return `# Generated from the wrangler files.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = ${list(services)},
  sockets = ${list(sockets)},
);
`;
};

/** Writes the configuration beside the bundles and returns its path. */
export const writeWorkerdConfig = (topology: Topology, directory: string): string => {
  const file = path.join(directory, "workerd.capnp");
  writeFileSync(file, workerdConfig(topology), { mode: 0o600 });
  return file;
};

export interface WorkerdOptions {
  config: string;
  environment: Record<string, string>;
  publicAddress: string;
  internalAddress: string;
  libsqlAddress: string;
}

const findBinary = (): string => {
  const require = createRequire(import.meta.url);
  const arch = process.arch === "x64" ? "64" : process.arch;
  return require.resolve(`@cloudflare/workerd-${process.platform}-${arch}/bin/workerd`);
};

/** Starts workerd; what workers log to stdout goes to ours, its stderr is the caller's to read. */
export const spawnWorkerd = (options: WorkerdOptions): ChildProcess =>
  spawn(
    findBinary(),
    [
      "serve",
      options.config,
      `--socket-addr=${PUBLIC_SOCKET}=${options.publicAddress}`,
      `--socket-addr=${INTERNAL_SOCKET}=${options.internalAddress}`,
      `--external-addr=${LIBSQL_SERVICE}=${options.libsqlAddress}`,
    ],
    // A group of its own: Ctrl-C reaches the parent only, which ends its children in order.
    { detached: true, stdio: ["ignore", "inherit", "pipe"], env: options.environment },
  );
