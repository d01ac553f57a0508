/** workerd's configuration, generated from the topology. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { SOCKET_ENDS, SOCKETS_SERVICE } from "../../workers/gateway/src/upstreams/sockets/opener.ts";
import { textBindings } from "./environment.ts";
import { ABSTRACT_ADDRESSES, HASHER_SERVICES } from "./hasher.ts";
import { moduleList } from "./modules.ts";
import {
  FIRST_ADDRESS,
  FIRST_SERVICE,
  LOOPBACK_ADDRESSES,
  PROCESS,
  PROCESSES,
  SIBLING_SERVICES,
  SIBLINGS,
} from "./processes.ts";
import type { ServiceBinding, Topology, Worker } from "./topology.ts";
import { type NodeAddress, nodeBinding, nodeService, TYPESENSE_NODES, TYPESENSE_SERVICE } from "./typesense.ts";
import { CONTAINER_PORTS, INTERNAL_PORTS, UPSTREAMS_SERVICE, upstreamsService } from "./upstreams.ts";
import {
  CONFIG_FILE,
  INTERNAL_SOCKET,
  INTERNAL_WORKER,
  INTERNET_SERVICE,
  LIBSQL_SERVICE,
  MESSAGES_SERVICE,
  OUTBOUND,
  PUBLIC_SOCKET,
  WATCHDOG_RESTARTS,
} from "./workerd.ts";

/** A worker's egress by default: none. */
const NO_NETWORK = "no-network";

/**
 * On two cores V8 has one thread in the background. When it runs out of heap while it builds code there, it waits for the
 * main thread to collect garbage, and that one may be waiting, in a loop that takes no requests, for the background to
 * sweep: seen when a worker took fifteen megabytes at once. So code is built by the main thread.
 */
const V8_FLAGS = ["--no-maglev-build-code-on-background"];

const text = (value: string): string => JSON.stringify(value);
const list = (items: readonly string[]): string => `[\n${items.map((item) => `    ${item},\n`).join("")}  ]`;

const designator = ({ service, entrypoint }: Pick<ServiceBinding, "service" | "entrypoint">): string =>
  entrypoint === undefined ? text(service) : `(name = ${text(service)}, entrypoint = ${text(entrypoint)})`;

const serviceBinding = (bound: ServiceBinding): string =>
  `(name = ${text(bound.binding)}, service = ${designator(bound)})`;

/** A binding that is text of the configuration itself. */
type Text = readonly [name: string, value: string];

/** `tail`: the worker that is notified of its requests once they are over. */
const workerService = (
  worker: Worker,
  texts: readonly Text[] = [],
  tail?: Pick<ServiceBinding, "service" | "entrypoint">,
): string => {
  const outbound = worker.services.find(({ binding }) => binding === OUTBOUND);
  const bindings = [
    ...worker.services.filter((service) => service !== outbound).map(serviceBinding),
    ...textBindings(worker).map(
      ({ binding, variable }) => `(name = ${text(binding)}, fromEnvironment = ${text(variable)})`,
    ),
    // What ends workerd notifies it before, over the internal socket.
    `(name = "LOG_IN_BATCHES", text = "1")`,
    ...texts.map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
  ];
  return `(name = ${text(worker.name)}, worker = (
    modules = [${moduleList(worker.worker)}],
    compatibilityDate = ${text(worker.compatibilityDate)},
    compatibilityFlags = [${worker.compatibilityFlags.map(text).join(", ")}],
    bindings = [${bindings.join(", ")}],
    globalOutbound = ${text(outbound?.service ?? NO_NETWORK)},${tail ? `\n    tails = [${designator(tail)}],` : ""}
  ))`;
};

/**
 * The worker behind the internal socket binds the private entrypoint of every worker, asks the hashers whether they are alive,
 * and in the first process reaches the internal workers of the others.
 */
const internalWorker = (front: Worker, workers: readonly Worker[]): Worker => ({
  ...front,
  worker: INTERNAL_WORKER,
  name: INTERNAL_WORKER,
  services: [
    ...workers.map(({ worker, name }) => ({ binding: worker, service: name, entrypoint: "Internal" })),
    ...[...HASHER_SERVICES, FIRST_SERVICE, ...SIBLING_SERVICES].map((service) => ({ binding: service, service })),
  ],
  vars: { [WATCHDOG_RESTARTS]: "", [SIBLINGS]: "", [PROCESS]: "", [PROCESSES]: "", LOG_LEVEL: "" },
  secrets: [],
});

/** The gateway, which asks those of the other processes what they know. */
const askingOthers = (front: Worker): Worker => ({
  ...front,
  services: [...front.services, { binding: "PROCESSES", service: INTERNAL_WORKER, entrypoint: "Processes" }],
});

/** The worker that opens WebSockets at services behind the gateway. */
const socketsWorker = (front: Worker): Worker => ({
  ...front,
  worker: SOCKETS_SERVICE,
  name: SOCKETS_SERVICE,
  services: [{ binding: "UPSTREAMS", service: UPSTREAMS_SERVICE }],
  vars: {},
  secrets: [],
});

/** The worker that leads to the nodes of a Typesense cluster, and to nowhere else. */
const typesenseWorker = (front: Worker, nodes: readonly NodeAddress[]): Worker => ({
  ...front,
  worker: TYPESENSE_SERVICE,
  name: TYPESENSE_SERVICE,
  services: nodes.map((_, index) => ({ binding: nodeBinding(index), service: nodeService(index) })),
  vars: { [TYPESENSE_NODES]: "" },
  secrets: [],
});

/** Each is one process, whether it runs or not: how many do is a setting. */
const otherProcess = (service: string, address = ""): string =>
  `(name = ${text(service)}, external = (address = ${text(address)}, http = ()))`;

const typesenseNode = ({ address, certificateHost }: NodeAddress, index: number): string => {
  const tls = `options = (), certificateHost = ${text(certificateHost ?? "")}, tlsOptions = (trustBrowserCas = true)`;
  const protocol = certificateHost === undefined ? "http = ()" : `https = (${tls})`;
  return `(name = ${text(nodeService(index))}, external = (address = ${text(address)}, ${protocol}))`;
};

/** What an egress can reach; an address is checked once its name is resolved. */
const REACH = { public: ["public"], any: ["public", "private"] } as const;

const egress = (service: string, reach: keyof typeof REACH): string =>
  `(name = ${text(service)}, network = (allow = [${REACH[reach].map(text).join(", ")}], tlsOptions = (trustBrowserCas = true)))`;

/** The mailbox of `npm start`; no wrangler file has it, so that there is none anywhere else. */
const MAILBOX = { binding: "MAILBOX", service: "mailbox" };

/** The worker, with the mailbox if it is the one that sends messages. */
const withMailbox = (worker: Worker): Worker => {
  const { services } = worker;
  const sendsMessages = services.some(({ service }) => service === MESSAGES_SERVICE);
  return sendsMessages ? { ...worker, services: [...services, MAILBOX] } : worker;
};

export interface Reach {
  /** What workers reach over the service that stands for the internet. */
  internet?: keyof typeof REACH;
  /** Where mail servers may be. */
  messages?: keyof typeof REACH;
  /** The socket that mails are put into, where there is no mail server. */
  mailbox?: string | undefined;
  /** The nodes of a Typesense cluster, in the order of TYPESENSE_NODES. */
  typesense?: readonly NodeAddress[];
  /** The sockets of the hashers. */
  hashers?: readonly string[];
  /** The internal socket of the first process; that of a container has another address, which it gives when workerd starts. */
  first?: string;
  /** Those of all other processes. */
  siblings?: readonly string[];
  /** The networks in which no upstream is; by default those of a container, which a file of its own has. */
  neverUpstreams?: readonly string[];
  /** The ports of this machine that Fountain listens on; by default those of a container. */
  internalPorts?: readonly number[];
}

/** How far out the operator lets workers: to public addresses, where a setting is not, or is set to nothing. */
export const outwardReach = (environment: Readonly<Record<string, string>>): Pick<Reach, "internet" | "messages"> => ({
  internet: environment["WEBHOOK_TARGETS"] === "any" ? "any" : "public",
  messages: ["private", "catch-all"].includes(environment["SMTP_NETWORK"] ?? "") ? "any" : "public",
});

/**
 * The configuration, to stand beside the bundles. The addresses of sockets and of the databases are left out: they are
 * given when workerd starts, so that one configuration serves every machine.
 */
export const workerdConfig = ({ workers }: Topology, reach: Reach = {}): string => {
  const { internet = "public", messages = "public", typesense = [] } = reach;
  const { hashers = ABSTRACT_ADDRESSES, internalPorts = CONTAINER_PORTS } = reach;
  const { first = FIRST_ADDRESS, siblings = LOOPBACK_ADDRESSES } = reach;
  const [front, ...others] = workers;
  if (front === undefined) throw new Error("a topology has at least one worker");
  const services = [
    workerService(askingOthers(front), [[INTERNAL_PORTS, internalPorts.join(",")]]),
    ...[...others, internalWorker(front, workers), typesenseWorker(front, typesense)].map((worker) =>
      workerService(reach.mailbox === undefined ? worker : withMailbox(worker)),
    ),
    workerService(socketsWorker(front), [], { service: front.name, entrypoint: SOCKET_ENDS }),
    ...(reach.mailbox === undefined ? [] : [otherProcess(MAILBOX.service, reach.mailbox)]),
    ...typesense.map(typesenseNode),
    ...HASHER_SERVICES.map((service, index) => otherProcess(service, hashers[index])),
    otherProcess(FIRST_SERVICE, first),
    ...SIBLING_SERVICES.map((service, index) => otherProcess(service, siblings[index])),
    `(name = ${text(LIBSQL_SERVICE)}, external = (http = ()))`,
    egress(INTERNET_SERVICE, internet),
    egress(MESSAGES_SERVICE, messages),
    upstreamsService(reach.neverUpstreams),
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
  v8Flags = ${list(V8_FLAGS.map(text))},
);
`;
};

/** Writes the configuration beside the bundles and returns its path. */
export const writeWorkerdConfig = (topology: Topology, directory: string, reach: Reach, name = CONFIG_FILE): string => {
  const file = path.join(directory, name);
  writeFileSync(file, workerdConfig(topology, reach), { mode: 0o600 });
  return file;
};
