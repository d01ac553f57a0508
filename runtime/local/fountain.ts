/** Fountain on this machine: databases, workers, maintenance jobs, the first administrator, and the end of them all. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import { applyConfiguration } from "../configuration/apply.ts";
import { assertServing, type SqldOptions, spawnSqld, waitForSqld } from "../libsql/sqld.ts";
import { HASHER_SERVICES, HASHERS, hasherIn, usualHashers } from "../workerd/hasher.ts";
import { DATABASE_WRITERS, usualWriters } from "../workerd/processes.ts";
import { type WorkerdProcess, waitForProcess, waitForReady } from "../workerd/readiness.ts";
import { internalSocketIn, servingProcesses, siblingSocketsIn } from "../workerd/serving.ts";
import { type Access, createAccess } from "./administrator.ts";
import { createGuard, type Guard } from "./guard.ts";
import { type Home, openHome, socketIn } from "./home.ts";
import { announceStop } from "./local-http.ts";
import { createJsonLogFile, logStreams, WORKERS_LOG } from "./log-file.ts";
import { type Mailbox, openMailbox } from "./mailbox/mailbox.ts";
import { serveMetrics } from "./metrics-port.ts";
import { damagedData, OperatorError, reasonOf } from "./operator-error.ts";
import { assertPortFree, freePorts } from "./ports.ts";
import type { Preparation, Prepared } from "./preparation.ts";
import { stopProcess } from "./process.ts";
import { waitForOrphan, writeRunFile } from "./run-file.ts";
import { maintenanceOver, startScheduler } from "./scheduler.ts";
import { loadSecrets, type Secrets } from "./secrets.ts";
import type { Settings } from "./settings.ts";
import { type Supervised, type Supervision, supervise } from "./supervise.ts";
import type { Progress } from "./terminal/progress.ts";
import { createLockWatches, type LockWatch } from "./write-locks.ts";

const MAINTENANCE_INTERVAL_MS = 10_000;

/** The number of {@link Progress} steps that a start takes. */
export const START_STEPS = 5;

/** The worker that the configuration file is for. */
const GATEWAY = "gateway";

export interface FountainOptions {
  settings: Settings;
  /** Checks the settings already. */
  preparation: Preparation;
  /** Absolute path of the file that says what is configured at the gateway; without one it stays as it is. */
  configurationFile?: string | undefined;
  progress: Progress;
  /** Ends a start before it is through. */
  signal: AbortSignal;
  /** Someone sees a link for the administrator's first login: one is made where it is wanted. */
  showsFirstLogin: boolean;
  /** One line about something that happened while it runs. */
  onNotice(message: string): void;
  /** A line that a worker logged; if absent, the lines go to standard output as they are. */
  onWorkerLine?: (line: string) => void;
  /** It cannot continue; the caller has to stop it. */
  onGiveUp(message: string): void;
}

export interface Fountain extends Access {
  /** Where mails are kept; absent where there is a mail server. */
  readonly mailbox: Mailbox | undefined;
  /** Ends every process and lets go of FOUNTAIN_HOME. */
  stop(): Promise<void>;
}

type Cleanup = () => void | Promise<void>;

/** What the phases of a start share. */
interface Context extends FountainOptions {
  home: Home;
  internalSocket: string;
  guard: Guard;
  mailbox: Mailbox | undefined;
  /** What the configuration file says. */
  configuration: unknown;
  cleanups: Cleanup[];
}

/**
 * The preparation first checks all settings. Returns what the configuration file says. Throws {@link OperatorError} with a
 * line for each fault.
 */
const checkSettings = async (options: FountainOptions, cleanups: Cleanup[]): Promise<unknown> => {
  const { preparation, progress, signal, onNotice } = options;
  progress.step("Checking the settings");
  cleanups.push(() => stopProcess(preparation.child, "SIGKILL"));
  const { warnings, configuration } = await preparation.settingsChecked();
  for (const warning of warnings) onNotice(warning);
  signal.throwIfAborted();
  return configuration;
};

const open = async (options: FountainOptions, configuration: unknown, cleanups: Cleanup[]): Promise<Context> => {
  options.progress.step("Opening FOUNTAIN_HOME");
  const { settings, preparation } = options;
  await assertPortFree(settings.port);
  if (settings.metricsPort !== undefined) await assertPortFree(settings.metricsPort, "METRICS_PORT");
  const home = openHome(settings.home);
  cleanups.push(home.release);
  await waitForOrphan(home.runFile);
  const internalSocket = internalSocketIn(home);
  for (const socket of [internalSocket, ...siblingSocketsIn(home)])
    cleanups.push(() => rmSync(socket, { force: true }));
  const guard = createGuard();
  cleanups.push(guard.release);
  guard.watch("preparation", preparation.child.pid);
  const mailbox = settings.sendsMails ? undefined : await openMailbox(home);
  if (mailbox) cleanups.push(mailbox.close);
  return { ...options, configuration, home, internalSocket, guard, mailbox, cleanups };
};

/** A child under supervision and under guard, ended with everything else. */
const startChild = async (context: Context, child: Supervised): Promise<Supervision> => {
  const { guard, cleanups, signal, onNotice, onGiveUp } = context;
  signal.throwIfAborted();
  const supervision = await supervise({
    ...child,
    spawn: async (hangs) => {
      const spawned = await child.spawn(hangs);
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
  const { settings, home, guard, mailbox, preparation } = context;
  const prepared = await preparation.prepare({
    data: home.data,
    build: home.build,
    usedDatabases: home.usedDatabases,
    hasherSockets: HASHER_SERVICES.map((name) => socketIn(home.directory, name)),
    firstSocket: internalSocketIn(home),
    siblingSockets: siblingSocketsIn(home),
    mailboxSocket: mailbox?.socket,
    ports: [
      settings.port,
      sqld.port,
      sqld.adminPort,
      ...[settings.metricsPort, mailbox?.port].filter((port) => port !== undefined),
    ],
    sqld: { port: sqld.port, adminPort: sqld.adminPort, adminKey: sqld.adminKey },
    signingKeyPem: sqld.signingKey.export({ type: "pkcs8", format: "pem" }).toString(),
    variables: {
      KMS_SECRET_KEY: secretKey,
      SECRET_KEY_PREVIOUS: previousSecretKey,
      PUBLIC_URL: settings.publicUrl,
      [HASHERS]: String(usualHashers()),
      [DATABASE_WRITERS]: String(usualWriters(settings.processes)),
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
  writeRunFile(home.runFile, {
    ...{ port: settings.port, publicUrl: settings.publicUrl },
    ...{ sqldPort: port, internalSocket },
  });
  cleanups.push(() => rmSync(home.runFile, { force: true }));
  let lockWatches: LockWatch[] = [];
  const sqld = await startChild(context, {
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

/** Starts processes beside the first that serves requests. Resolves when they respond. */
const startOthers = async (context: Context, others: readonly WorkerdProcess[]): Promise<readonly Supervision[]> => {
  const started: Supervision[] = [];
  for (const other of others) started.push(await startChild(context, other));
  for (const { watch } of started) watch();
  await Promise.all(others.map((other) => waitForProcess(other, context.signal)));
  return started;
};

/** Starts the processes that hash passwords. Resolves when they respond. */
const startHashers = (context: Context, count: number): Promise<readonly Supervision[]> =>
  startOthers(
    context,
    HASHER_SERVICES.slice(0, count).map((name) => hasherIn(context.home, name)),
  );

/** The variables that say which certificate authorities are trusted, for a mail server with one of its own. */
const trustOf = ({ SSL_CERT_FILE, SSL_CERT_DIR }: FountainOptions["settings"]["environment"]) => ({
  ...(SSL_CERT_FILE && { SSL_CERT_FILE }),
  ...(SSL_CERT_DIR && { SSL_CERT_DIR }),
});

/** Starts the processes that serve requests, the first alone: what has to be made once is made by then. */
const startWorkers = async (context: Context, environment: Record<string, string>, sqldPort: number): Promise<void> => {
  const { settings, home, internalSocket, progress, signal, onWorkerLine } = context;
  progress.step("Starting the workers");
  const keepLine = createJsonLogFile(path.join(home.logs, WORKERS_LOG));
  const [first, ...others] = servingProcesses({
    home,
    port: settings.port,
    sqldPort,
    count: settings.processes,
    environment: { ...environment, ...trustOf(settings.environment) },
    ...(onWorkerLine && {
      onLine: (line) => {
        keepLine(line);
        onWorkerLine(line);
      },
    }),
  });
  const workerd = await startChild(context, first);
  const announce = (): Promise<void> => announceStop(internalSocket);
  context.cleanups.push(announce);
  await waitForReady(workerd.child, {
    port: settings.port,
    internalSocket,
    signal,
    workerdLog: first.log,
    workersLog: onWorkerLine ? path.join(home.logs, WORKERS_LOG) : "the lines above",
  });
  workerd.watch();
  const all = [workerd, ...(await startOthers(context, others))];
  // They end together, as each may have requests to finish; before, each is notified.
  context.cleanups.push(async () => void (await Promise.all(all.map(({ stop }) => stop()))), announce);
};

const startMaintenance = ({ internalSocket, onNotice, cleanups }: Context, workers: readonly string[]): void => {
  const stop = startScheduler({
    workers,
    intervalMs: MAINTENANCE_INTERVAL_MS,
    runMaintenance: maintenanceOver(internalSocket),
    onChange: onNotice,
  });
  cleanups.push(stop);
};

const start = async (options: FountainOptions, cleanups: Cleanup[]): Promise<Omit<Fountain, "stop">> => {
  const context = await open(options, await checkSettings(options, cleanups), cleanups);
  const { environment, databaseTokens, maintainedWorkers, sqldPort } = await startDatabases(context);
  const started = await Promise.allSettled([
    startHashers(context, Number(environment[HASHERS])),
    startWorkers(context, environment, sqldPort),
  ]);
  for (const outcome of started) if (outcome.status === "rejected") throw outcome.reason;
  const { configurationFile: file, settings } = options;
  if (file !== undefined) {
    const { internalSocket, configuration: content } = context;
    await applyConfiguration(internalSocket, { file, content, databaseToken: databaseTokens[GATEWAY] ?? "" });
  }
  const { metricsPort } = settings;
  if (metricsPort !== undefined) cleanups.push(await serveMetrics(metricsPort, context.internalSocket));
  startMaintenance(context, maintainedWorkers);
  // Last: nothing may fail between creating the password and showing it.
  options.progress.step("Looking for an administrator");
  return { ...(await createAccess(context.internalSocket, options)), mailbox: context.mailbox };
};

/** Starts everything and resolves when it responds. Rejects with {@link OperatorError}, leaving nothing behind. */
export const startFountain = async (options: FountainOptions): Promise<Fountain> => {
  const cleanups: Cleanup[] = [];
  const stop = async (): Promise<void> => {
    for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
  };
  try {
    return { ...(await start(options, cleanups)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
