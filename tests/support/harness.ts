/** Runs Fountain's workers under Miniflare for one test file: real workers, real sqld, databases of its own. */
import { createPrivateKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Client } from "@libsql/client/http";
import { Miniflare, type WorkerOptions } from "miniflare";
import { inject } from "vitest";
import { migrateDatabase } from "../../runtime/libsql/migrate.ts";
import { type SqldOptions, spawnSqld, waitForSqld } from "../../runtime/libsql/sqld.ts";
import {
  connectDatabase,
  deleteNamespace,
  ensureNamespace,
  mintDatabaseToken,
  namespaceUrl,
  type SqldAdmin,
} from "../../runtime/libsql/sqld-client.ts";
import { createGuard } from "../../runtime/local/guard.ts";
import { freePorts } from "../../runtime/local/ports.ts";
import { stopProcess } from "../../runtime/local/process.ts";
import { bundlePath, INTERNAL_WORKER } from "../../runtime/workerd/bundle.ts";
import { computeEnvironment, secretVariable, textBindings } from "../../runtime/workerd/environment.ts";
import { hasDatabase, reachableFrom, readTopology, type Worker } from "../../runtime/workerd/topology.ts";
import { nodeAddresses, nodeBinding, TYPESENSE_NODES, TYPESENSE_SERVICE } from "../../runtime/workerd/typesense.ts";
import { INTERNET_SERVICE, LIBSQL_SERVICE, OUTBOUND } from "../../runtime/workerd/workerd.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

export interface FountainOptions {
  /** The worker that answers at `url`; it and all it reaches are started. The gateway, if not said. */
  front?: string;
  /** Values for declared vars, as an operator would set them: `{ REGISTRATION: "open" }`. */
  settings?: Record<string, string>;
  /** Certificates, as PEM, that servers which messages go to may have or be signed with. */
  trustedCertificates?: string[];
  /** A libSQL server of its own, which the test may kill. */
  ownSqld?: boolean;
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
  /** Runs a worker's chores once. Rejects with what they threw. */
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

interface DatabaseServer extends SqldAdmin {
  port: number;
  signingKey: ReturnType<typeof createPrivateKey>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  signal(signal: "SIGSTOP" | "SIGCONT"): Promise<void>;
  stop(): Promise<void>;
}

const refuse = (): Promise<never> => Promise.reject(new Error("ask for ownSqld: this server is everybody's"));

const sharedServer = (): DatabaseServer => {
  const { sqld, signingKeyPem } = inject("testRun");
  return {
    ...sqld,
    signingKey: createPrivateKey(signingKeyPem),
    kill: refuse,
    restart: refuse,
    signal: refuse,
    stop: () => Promise.resolve(),
  };
};

const ownServer = async (): Promise<DatabaseServer> => {
  const dataDirectory = mkdtempSync(path.join(tmpdir(), "fountain-sqld-"));
  const { privateKey } = generateKeyPairSync("ed25519");
  const [port, adminPort] = await freePorts();
  const options: SqldOptions = {
    dataDirectory,
    port,
    adminPort,
    adminKey: randomBytes(16).toString("hex"),
    signingKey: privateKey,
  };
  const guard = createGuard();
  const start = async () => {
    const started = spawnSqld(options);
    guard.watch("sqld", started.pid);
    started.stdout?.resume();
    started.stderr?.resume();
    await waitForSqld(port, started);
    return started;
  };
  let sqld = await start();
  return {
    ...options,
    kill: () => stopProcess(sqld, "SIGKILL"),
    restart: async () => {
      await stopProcess(sqld, "SIGKILL");
      sqld = await start();
    },
    signal: async (signal) => {
      sqld.kill(signal);
    },
    stop: async () => {
      await stopProcess(sqld);
      guard.release();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
};

const moduleOf = (worker: string) => {
  const { bundles, bundleErrors } = inject("testRun");
  const error = bundleErrors[worker];
  if (error !== undefined) throw new Error(error);
  return [
    { type: "ESModule" as const, path: `${worker}.js`, contents: readFileSync(bundlePath(bundles, worker), "utf8") },
  ];
};

const DENY_NETWORK = { network: { allow: [] } };

type Designator = NonNullable<WorkerOptions["serviceBindings"]>[string];

/** The services that are no workers. Tests receive on this machine what otherwise goes out to the internet. */
const OUTSIDE: Record<string, ((sqldPort: number) => Designator) | undefined> = {
  [LIBSQL_SERVICE]: (sqldPort) => ({ external: { address: `127.0.0.1:${sqldPort}`, http: {} } }),
  [INTERNET_SERVICE]: () => ({ network: { allow: ["local"] } }),
};

/** A way out for a worker's own connections, where it has one: to this machine, and to servers that the test vouches for. */
const outboundOf = ({ services }: Worker, trustedCertificates: string[]) =>
  services.some(({ binding }) => binding === OUTBOUND)
    ? { network: { allow: ["local"], tlsOptions: { trustedCertificates } } }
    : DENY_NETWORK;

const workerOptions = (
  worker: Worker,
  environment: Record<string, string>,
  sqldPort: number,
  trustedCertificates: string[],
): WorkerOptions => ({
  name: worker.name,
  modules: moduleOf(worker.worker),
  compatibilityDate: worker.compatibilityDate,
  compatibilityFlags: [...worker.compatibilityFlags],
  bindings: Object.fromEntries(
    textBindings(worker).map(({ binding, variable }) => [binding, environment[variable] ?? ""]),
  ),
  serviceBindings: Object.fromEntries(
    worker.services
      .filter(({ binding }) => binding !== OUTBOUND)
      .map(({ binding, service, entrypoint }) => [
        binding,
        OUTSIDE[service]?.(sqldPort) ?? { name: service, ...(entrypoint === undefined ? {} : { entrypoint }) },
      ]),
  ),
  outboundService: outboundOf(worker, trustedCertificates),
});

/** The way to the nodes of a Typesense cluster. */
const typesenseOptions = (first: Worker, nodes: string): WorkerOptions => ({
  name: TYPESENSE_SERVICE,
  modules: moduleOf(TYPESENSE_SERVICE),
  compatibilityDate: first.compatibilityDate,
  compatibilityFlags: [...first.compatibilityFlags],
  bindings: { [TYPESENSE_NODES]: nodes },
  serviceBindings: Object.fromEntries(
    nodeAddresses(nodes === "" ? [] : nodes.split(",")).map(({ address }, index) => [
      nodeBinding(index),
      { external: { address, http: {} } },
    ]),
  ),
  outboundService: DENY_NETWORK,
});

const internalOptions = (workers: readonly Worker[], first: Worker): WorkerOptions => ({
  name: INTERNAL_WORKER,
  modules: moduleOf(INTERNAL_WORKER),
  compatibilityDate: first.compatibilityDate,
  compatibilityFlags: [...first.compatibilityFlags],
  serviceBindings: Object.fromEntries(workers.map(({ worker, name }) => [worker, { name, entrypoint: "Internal" }])),
  outboundService: DENY_NETWORK,
});

/** The front worker comes first: Miniflare gives it the address. */
const frontFirst = (workers: readonly Worker[], front: string): readonly Worker[] =>
  workers.toSorted((a, b) => Number(b.worker === front) - Number(a.worker === front));

interface Databases {
  /** The variables that lead the workers to them. */
  settings: Record<string, string>;
  databases: Record<string, Client>;
}

const databasesOf = new WeakMap<Fountain, Databases>();

const createDatabases = async (
  server: DatabaseServer,
  workers: readonly Worker[],
  prefix: string,
): Promise<Databases> => {
  const topology = readTopology(ROOT);
  const settings: Record<string, string> = {};
  const databases: Record<string, Client> = {};
  for (const worker of workers.filter(hasDatabase)) {
    const namespace = `${prefix}-${worker.worker}`;
    const token = await mintDatabaseToken(server.signingKey, namespace);
    await ensureNamespace(server, namespace);
    const client = connectDatabase(server.port, namespace, token);
    await migrateDatabase(topology, worker, client);
    databases[worker.worker] = client;
    settings[secretVariable(worker.worker, "DATABASE_URL")] = namespaceUrl(namespace);
    settings[secretVariable(worker.worker, "DATABASE_TOKEN")] = token;
  }
  return { settings, databases };
};

/** The runtime ends idle connections after some seconds, on a busy machine at the moment when the next call is sent. */
const wasClosedMeanwhile = (error: unknown): boolean =>
  error instanceof Error &&
  error.cause instanceof Error &&
  "code" in error.cause &&
  error.cause.code === "UND_ERR_SOCKET";

/** With its workers within reach, past the gateway. */
export interface OpenFountain extends Fountain {
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
  const prefix = `t${randomBytes(6).toString("hex")}`;
  const shared = beside && databasesOf.get(beside);
  const created = shared ?? (await createDatabases(server, workers, prefix));
  const secretKey = options.secretKey ?? beside?.secretKey ?? randomBytes(32).toString("base64url");
  const generated = { ...created.settings, [secretVariable("kms", "SECRET_KEY")]: secretKey };
  const environment = computeEnvironment({ workers }, generated, settings);

  const logs: string[] = [];
  const miniflare = new Miniflare({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      for (const stream of [stdout, stderr]) createInterface(stream).on("line", (line) => logs.push(line));
    },
    workers: [
      ...workers.map((worker) => workerOptions(worker, environment, server.port, options.trustedCertificates ?? [])),
      internalOptions(workers, first),
      typesenseOptions(first, settings[TYPESENSE_NODES] ?? ""),
    ],
  });
  const url = (await miniflare.ready).origin;

  const internal = async (method: "GET" | "POST", pathname: string, body?: unknown): Promise<string> => {
    const worker = await miniflare.getWorker(INTERNAL_WORKER);
    const call = () =>
      worker.fetch(`http://internal${pathname}`, { method, body: body === undefined ? null : JSON.stringify(body) });
    const response = await call().catch((error: unknown) => {
      if (!wasClosedMeanwhile(error)) throw error;
      return call();
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${pathname}: ${response.status} ${text}`);
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
