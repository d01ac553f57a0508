/** Fountain on this machine: databases, workers, maintenance jobs, the first administrator, and the end of them all. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import { assertServing, type SqldOptions, spawnSqld, waitForSqld } from "../libsql/sqld.ts";
import { HASHER_SERVICES, HASHERS, hasherIn, usualHashers } from "../workerd/hasher.ts";
import { waitForHasher, waitForReady } from "../workerd/readiness.ts";
import { CONFIG_FILE, spawnWorkerd, WATCHDOG_RESTARTS } from "../workerd/workerd.ts";
import { type Administrator, createAdministrator } from "./administrator.ts";
import { createGuard, type Guard } from "./guard.ts";
import { type Home, openHome, socketIn } from "./home.ts";
import { announceStop, callLocal, isUnreachable } from "./local-http.ts";
import { createJsonLogFile, logStreams, readLines } from "./log-file.ts";
import { serveMetrics } from "./metrics-port.ts";
import { damagedData, OperatorError, reasonOf } from "./operator-error.ts";
import { assertPortFree, freePorts } from "./ports.ts";
import { type Preparation, type Prepared, spawnPreparation } from "./preparation.ts";
import { stopProcess } from "./process.ts";
import type { Progress } from "./progress.ts";
import { waitForOrphan, writeRunFile } from "./run-file.ts";
import { startScheduler } from "./scheduler.ts";
import { loadSecrets, type Secrets } from "./secrets.ts";
import type { Settings } from "./settings.ts";
import { type SuperviseOptions, type Supervision, supervise } from "./supervise.ts";
import { createLockWatches, type LockWatch } from "./write-locks.ts";

const MAINTENANCE_INTERVAL_MS = 10_000;
const MAINTENANCE_TIMEOUT_MS = 60_000;

/** What workerd itself prints, and what the workers log, where people read the output. */
const WORKERD_LOG = "workerd.log";
const WORKERS_LOG = "workers.log";

/** The number of {@link Progress} steps that a start takes. */
export const START_STEPS = 5;

export interface FountainOptions {
  root: string;
  settings: Settings;
  progress: Progress;
  /** Ends a start before it is through. */
  signal: AbortSignal;
  /** One line about something that happened while it runs. */
  onNotice(message: string): void;
  /** A line that a worker logged; if absent, the lines go to standard output as they are. */
  onWorkerLine?: (line: string) => void;
  /** It cannot continue; the caller has to stop it. */
  onGiveUp(message: string): void;
}

export interface Fountain {
  /** The administrator just created; absent when there was one already. */
  readonly administrator: Administrator | undefined;
  /** Ends every process and lets go of FOUNTAIN_HOME. */
  stop(): Promise<void>;
}

type Cleanup = () => void | Promise<void>;

/** What the phases of a start share. */
interface Context extends FountainOptions {
  home: Home;
  internalSocket: string;
  guard: Guard;
  preparation: Preparation;
  cleanups: Cleanup[];
}

/** Starts the preparation, which first checks all settings. Throws {@link OperatorError} with a line for each bad one. */
const checkSettings = async (options: FountainOptions, cleanups: Cleanup[]): Promise<Preparation> => {
  options.progress.step("Checking the settings");
  const preparation = spawnPreparation(options.root);
  cleanups.push(() => stopProcess(preparation.child, "SIGKILL"));
  for (const warning of await preparation.settingsChecked()) options.onNotice(warning);
  options.signal.throwIfAborted();
  return preparation;
};

const open = async (options: FountainOptions, preparation: Preparation, cleanups: Cleanup[]): Promise<Context> => {
  options.progress.step("Opening FOUNTAIN_HOME");
  const { settings } = options;
  await assertPortFree(settings.port);
  if (settings.metricsPort !== undefined) await assertPortFree(settings.metricsPort, "METRICS_PORT");
  const home = openHome(settings.home);
  cleanups.push(home.release);
  await waitForOrphan(home.runFile);
  const internalSocket = socketIn(home.directory, "internal");
  cleanups.push(() => rmSync(internalSocket, { force: true }));
  const guard = createGuard();
  cleanups.push(guard.release);
  guard.watch("preparation", preparation.child.pid);
  return { ...options, home, internalSocket, guard, preparation, cleanups };
};

/** A child under supervision and under guard, ended with everything else. */
const startChild = (context: Context, child: Omit<SuperviseOptions, "onCrash" | "onGiveUp">): Supervision => {
  const { guard, cleanups, signal, onNotice, onGiveUp } = context;
  signal.throwIfAborted();
  const supervision = supervise({
    ...child,
    spawn: (hangs) => {
      const spawned = child.spawn(hangs);
      guard.watch(child.name, spawned.pid);
      return spawned;
    },
    onCrash: onNotice,
    onGiveUp,
  });
  cleanups.push(supervision.stop);
  return supervision;
};

/** Runs the preparation to its end. Throws {@link OperatorError}. */
const prepare = async (
  context: Context,
  sqld: SqldOptions,
  { secretKey, previousSecretKey = "" }: Pick<Secrets, "secretKey" | "previousSecretKey">,
): Promise<Prepared> => {
  const { settings, home, guard, preparation } = context;
  const prepared = await preparation.prepare({
    data: home.data,
    build: home.build,
    usedDatabases: home.usedDatabases,
    hasherSockets: HASHER_SERVICES.map((name) => socketIn(home.directory, name)),
    sqld: { port: sqld.port, adminPort: sqld.adminPort, adminKey: sqld.adminKey },
    signingKeyPem: sqld.signingKey.export({ type: "pkcs8", format: "pem" }).toString(),
    variables: {
      KMS_SECRET_KEY: secretKey,
      SECRET_KEY_PREVIOUS: previousSecretKey,
      PUBLIC_URL: `http://localhost:${settings.port}`,
      [HASHERS]: String(usualHashers()),
    },
  });
  guard.watch("preparation", undefined);
  return prepared;
};

/** Starts sqld and, beside it, prepares all that the workers need. */
const startDatabases = async (context: Context): Promise<Prepared & { sqldPort: number }> => {
  const { settings, home, internalSocket, progress, cleanups } = context;
  const { signingKey, ...secretKeys } = loadSecrets(home, settings.environment);
  progress.step("Starting the databases, bundling the workers");
  const [port, adminPort] = await freePorts();
  const adminKey = randomBytes(32).toString("base64url");
  const options = { dataDirectory: path.join(home.data, "libsql"), port, adminPort, adminKey, signingKey };
  writeRunFile(home.runFile, { port: settings.port, sqldPort: port, internalSocket });
  cleanups.push(() => rmSync(home.runFile, { force: true }));
  let lockWatches: LockWatch[] = [];
  const sqld = startChild(context, {
    name: "sqld",
    spawn: () => {
      const child = spawnSqld(options);
      logStreams(path.join(home.logs, "sqld.log"), child.stdout, child.stderr);
      return child;
    },
    probe: async (timeoutMs, patience) => {
      await assertServing(port, timeoutMs);
      return lockWatches.map((look) => look(patience)).find((wrong) => wrong !== undefined);
    },
  });
  const serving = waitForSqld(port, sqld.child).catch((cause: unknown) => {
    throw new OperatorError(damagedData(home.data, reasonOf(cause)), { cause });
  });
  const [prepared] = await Promise.all([prepare(context, options, secretKeys), serving]);
  lockWatches = createLockWatches(options, prepared.databaseTokens);
  sqld.watch();
  return { ...prepared, sqldPort: port };
};

/** Starts the processes that hash passwords. Resolves when they respond. */
const startHashers = async (context: Context, count: number): Promise<void> => {
  const { home, signal } = context;
  const hashers = HASHER_SERVICES.slice(0, count).map((name) => hasherIn(home, name));
  for (const hasher of hashers) startChild(context, hasher).watch();
  await Promise.all(hashers.map((hasher) => waitForHasher(hasher, signal)));
};

/** The variables that say which certificate authorities are trusted, for a mail server with one of its own. */
const trustOf = ({ SSL_CERT_FILE, SSL_CERT_DIR }: FountainOptions["settings"]["environment"]) => ({
  ...(SSL_CERT_FILE && { SSL_CERT_FILE }),
  ...(SSL_CERT_DIR && { SSL_CERT_DIR }),
});

const startWorkers = async (context: Context, environment: Record<string, string>, sqldPort: number): Promise<void> => {
  const { settings, home, internalSocket, progress, signal, onWorkerLine } = context;
  progress.step("Starting the workers");
  const keepLine = createJsonLogFile(path.join(home.logs, WORKERS_LOG));
  const workerd = startChild(context, {
    name: "workerd",
    spawn: (hangs) => {
      rmSync(internalSocket, { force: true });
      const child = spawnWorkerd({
        config: path.join(home.build, CONFIG_FILE),
        environment: { ...environment, ...trustOf(settings.environment), [WATCHDOG_RESTARTS]: String(hangs) },
        publicAddress: `127.0.0.1:${settings.port}`,
        internalAddress: `unix:${internalSocket}`,
        libsqlAddress: `127.0.0.1:${sqldPort}`,
        output: onWorkerLine ? "pipe" : "inherit",
      });
      readLines(child.stdout, (line) => {
        keepLine(line);
        onWorkerLine?.(line);
      });
      logStreams(path.join(home.logs, WORKERD_LOG), child.stderr);
      return child;
    },
    probe: async (timeoutMs) => {
      await callLocal({ to: { socketPath: internalSocket }, method: "GET", path: "/alive", timeoutMs });
      return undefined;
    },
    writesStack: true,
  });
  context.cleanups.push(() => announceStop(internalSocket));
  await waitForReady(workerd.child, {
    port: settings.port,
    internalSocket,
    signal,
    workerdLog: path.join(home.logs, WORKERD_LOG),
    workersLog: onWorkerLine ? path.join(home.logs, WORKERS_LOG) : "the lines above",
  });
  workerd.watch();
};

const startMaintenance = ({ internalSocket, onNotice, cleanups }: Context, workers: readonly string[]): void => {
  const stop = startScheduler({
    workers,
    intervalMs: MAINTENANCE_INTERVAL_MS,
    runMaintenance: async (worker) => {
      const run = { method: "POST", path: `/cron/${worker}`, timeoutMs: MAINTENANCE_TIMEOUT_MS } as const;
      const response = await callLocal({ to: { socketPath: internalSocket }, ...run }).catch((error: unknown) => {
        // It is being started again, which the supervisor reports.
        if (isUnreachable(error)) return undefined;
        throw error;
      });
      if (response && response.status !== 204) throw new Error(response.text || `status ${response.status}`);
    },
    onChange: onNotice,
  });
  cleanups.push(stop);
};

const start = async (options: FountainOptions, cleanups: Cleanup[]): Promise<Administrator | undefined> => {
  const preparation = await checkSettings(options, cleanups);
  const context = await open(options, preparation, cleanups);
  const { environment, maintainedWorkers, sqldPort } = await startDatabases(context);
  await Promise.all([
    startHashers(context, Number(environment[HASHERS])),
    startWorkers(context, environment, sqldPort),
  ]);
  const { metricsPort } = options.settings;
  if (metricsPort !== undefined) cleanups.push(await serveMetrics(metricsPort, context.internalSocket));
  startMaintenance(context, maintainedWorkers);
  // Last: nothing may fail between creating the password and showing it.
  options.progress.step("Looking for an administrator");
  return createAdministrator(context.internalSocket, options.settings);
};

/** Starts everything and resolves when it responds. Rejects with {@link OperatorError}, leaving nothing behind. */
export const startFountain = async (options: FountainOptions): Promise<Fountain> => {
  const cleanups: Cleanup[] = [];
  const stop = async (): Promise<void> => {
    for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
  };
  try {
    return { administrator: await start(options, cleanups), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
