/** Runs Fountain's workers under Miniflare for one test file: real workers, real sqld, databases of its own. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Client } from "@libsql/client/http";
import { Miniflare } from "miniflare";
import { deleteNamespace } from "../../runtime/libsql/sqld-client.ts";
import { callLocal } from "../../runtime/local/local-http.ts";
import { computeEnvironment, secretVariable } from "../../runtime/workerd/environment.ts";
import { reachableFrom, readTopology } from "../../runtime/workerd/topology.ts";
import { TYPESENSE_NODES } from "../../runtime/workerd/typesense.ts";
import { INTERNAL_WORKER } from "../../runtime/workerd/workerd.ts";
import { createDatabases, type Databases, ownServer, sharedServer } from "./fountain/databases.ts";
import type { TripCounter } from "./fountain/trips.ts";
import { frontFirst, internalOptions, type RunOptions, typesenseOptions, workerOptions } from "./fountain/workers.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

export interface FountainOptions extends RunOptions {
  /** The worker that answers at `url`; it and all it reaches are started. The gateway, if not said. */
  front?: string;
  /** Values for declared vars, as an operator would set them: `{ REGISTRATION: "open" }`. */
  settings?: Record<string, string>;
  /** Where it listens, if a browser has to know that before; by default somewhere free. */
  port?: number;
  /** A libSQL server of its own, which the test may kill. */
  ownSqld?: boolean;
  /** Counts what the workers send to the libSQL server. */
  trips?: TripCounter;
  /** Another process of that Fountain, on its databases. */
  beside?: Fountain;
  /** The kms's SECRET_KEY: a new one, or that of the Fountain it stands beside, if not said. */
  secretKey?: string;
}

export interface Fountain {
  readonly url: string;
  /** `fetch` relative to `url`. */
  fetch(pathname: string, init?: RequestInit): Promise<Response>;
  readonly adminUsername: string;
  readonly adminPassword: string;
  /** One client per worker that owns a database, by folder name. */
  readonly databases: Readonly<Record<string, Client>>;
  /** The kms's SECRET_KEY. */
  readonly secretKey: string;
  /** Every line the workers wrote so far. */
  readonly logs: readonly string[];
  /** Runs a worker's maintenance jobs once. Rejects with what they threw. */
  runScheduled(worker: string): Promise<void>;
  /** What Prometheus would read on the internal socket. */
  metrics(): Promise<string>;
  /** Kills its own libSQL server with SIGKILL (`ownSqld` only). */
  killSqld(): Promise<void>;
  /** Starts it again, on the same port and data (`ownSqld` only). */
  restartSqld(): Promise<void>;
  /** Lets it take connections and say nothing (`ownSqld` only). */
  pauseSqld(): Promise<void>;
  resumeSqld(): Promise<void>;
  stop(): Promise<void>;
}

const databasesOf = new WeakMap<Fountain, Databases>();

/** Longer than any test waits. */
const INTERNAL_TIMEOUT_MS = 120_000;

/** With its workers within reach, past the gateway. */
export interface OpenFountain extends Fountain {
  /** Makes the link for the first login, as a start on a terminal does; `null`: none is wanted. */
  firstLoginLink(): Promise<{ username: string; url: string } | null>;
  fetchFrom(worker: string, pathname: string, headers: Record<string, string>): Promise<{ status: number }>;
}

/** Starts the workers, with empty migrated databases and an administrator unless beside. Call `stop` when done. */
export const startFountain = async (options: FountainOptions = {}): Promise<OpenFountain> => {
  const { front = "gateway", settings = {}, ownSqld = false, beside } = options;
  const topology = readTopology(ROOT);
  const workers = frontFirst(reachableFrom(topology, front), front);
  const [first] = workers;
  if (first === undefined) throw new Error(`there is no worker ${front}`);
  const server = ownSqld ? await ownServer() : sharedServer();
  const databasePort = (await options.trips?.listen(server.port)) ?? server.port;
  const prefix = `t${randomBytes(6).toString("hex")}`;
  const shared = beside && databasesOf.get(beside);
  const created = shared ?? (await createDatabases(server, topology, workers, prefix));
  const secretKey = options.secretKey ?? beside?.secretKey ?? randomBytes(32).toString("base64url");
  const generated = { ...created.settings, [secretVariable("kms", "SECRET_KEY")]: secretKey };
  const environment = computeEnvironment({ workers }, generated, settings);

  const logs: string[] = [];
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: options.port ?? 0,
    cf: false,
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      for (const stream of [stdout, stderr]) createInterface(stream).on("line", (line) => logs.push(line));
    },
    workers: [
      ...(await Promise.all(workers.map((worker) => workerOptions(worker, environment, databasePort, options)))),
      internalOptions(workers, first),
      typesenseOptions(first, settings[TYPESENSE_NODES] ?? ""),
    ],
  });
  const url = (await miniflare.ready).origin;

  // Miniflare's own way to a worker starts a thread, and blocks this one meanwhile.
  const internalPort = Number((await miniflare.unsafeGetDirectURL(INTERNAL_WORKER)).port);
  const internal = async (method: "GET" | "POST", pathname: string, body?: unknown): Promise<string> => {
    const { status, text } = await callLocal({
      to: { port: internalPort },
      method,
      path: pathname,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      timeoutMs: INTERNAL_TIMEOUT_MS,
    });
    if (status >= 300) throw new Error(`${pathname}: ${status} ${text}`);
    return text;
  };
  const stop = async (): Promise<void> => {
    await miniflare.dispose();
    if (shared) return;
    for (const client of Object.values(created.databases)) client.close();
    if (!ownSqld) {
      for (const worker of Object.keys(created.databases)) await deleteNamespace(server, `${prefix}-${worker}`);
    }
    await server.stop();
  };

  const administrator = { username: "admin", password: "fountain-test-password" };
  if (!shared && workers.some(({ worker }) => worker === "kms"))
    await internal("POST", "/administrator", administrator);
  const fountain: OpenFountain = {
    url,
    fetch: (pathname, init) => fetch(new URL(pathname, url), init),
    fetchFrom: async (name, pathname, headers) => {
      const worker = workers.find((candidate) => candidate.worker === name);
      if (worker === undefined) throw new Error(`there is no worker ${name}`);
      const response = await (await miniflare.getWorker(worker.name)).fetch(`http://worker${pathname}`, { headers });
      await response.arrayBuffer();
      return response;
    },
    firstLoginLink: async () => JSON.parse(await internal("POST", "/first-login-link")),
    adminUsername: administrator.username,
    adminPassword: administrator.password,
    databases: created.databases,
    secretKey,
    logs,
    runScheduled: async (worker) => {
      await internal("POST", `/cron/${worker}`);
    },
    metrics: () => internal("GET", "/metrics"),
    killSqld: server.kill,
    restartSqld: server.restart,
    pauseSqld: () => server.signal("SIGSTOP"),
    resumeSqld: () => server.signal("SIGCONT"),
    stop,
  };
  databasesOf.set(fountain, created);
  return fountain;
};
