/** A whole Fountain on this machine: databases, workers, chores, first administrator, and the end of it all. */
import type { ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type Administrator, createAdministrator } from "./administrator.ts";
import { bundleWorkers } from "./bundle.ts";
import { prepareDatabases, sqldOptions, startSqld } from "./databases.ts";
import { computeEnvironment, secretVariable } from "./environment.ts";
import { createGuard, type Guard } from "./guard.ts";
import { type Home, openHome } from "./home.ts";
import { postInternal } from "./internal.ts";
import { createLogFile } from "./log-file.ts";
import { OperatorError, reasonOf } from "./operator-error.ts";
import { assertPortFree, freePorts } from "./ports.ts";
import { hasEnded } from "./process.ts";
import type { Progress } from "./progress.ts";
import { waitForOrphan, writeRunFile } from "./run-file.ts";
import { startScheduler } from "./scheduler.ts";
import { loadSecrets } from "./secrets.ts";
import type { Settings } from "./settings.ts";
import { type Supervision, supervise } from "./supervise.ts";
import { readTopology, type Topology } from "./topology.ts";
import { spawnWorkerd, writeWorkerdConfig } from "./workerd.ts";

const READY_TIMEOUT_MS = 20_000;
const READY_POLL_MS = 20;
const PROBE_TIMEOUT_MS = 5000;
const CHORES_INTERVAL_MS = 10_000;
const CHORES_TIMEOUT_MS = 60_000;

/** The longest path that fits a Unix socket's address everywhere (macOS: 104 bytes with the closing zero). */
const MAX_SOCKET_PATH_BYTES = 103;

/** The number of {@link Progress} steps that a start takes. */
export const START_STEPS = 4;

export interface FountainOptions {
  root: string;
  settings: Settings;
  progress: Progress;
  /** Ends a start before it is through. */
  signal: AbortSignal;
  /** One line about something that happened while it runs. */
  onNotice(message: string): void;
  /** It cannot go on; the caller has to stop it. */
  onGiveUp(message: string): void;
}

export interface Fountain {
  /** The administrator just created; absent when there was one already. */
  readonly administrator: Administrator | undefined;
  /** Ends every process and lets go of FOUNTAIN_HOME. */
  stop(): Promise<void>;
}

type Cleanup = () => void | Promise<void>;

const internalSocketIn = (home: Home): string => {
  const file = path.join(home.directory, "internal.sock");
  if (Buffer.byteLength(file) <= MAX_SOCKET_PATH_BYTES) return file;
  throw new OperatorError(`FOUNTAIN_HOME ${home.directory} is too long a path: choose one under 90 characters`);
};

/** Resolves when every worker and its database answer. Throws {@link OperatorError} when they don't in time. */
const waitForReady = async (port: number, workerd: ChildProcess, log: string, signal: AbortSignal): Promise<void> => {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  let last = "no answer";
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    if (hasEnded(workerd)) throw new OperatorError(`workerd ended at once: ${log} says why`);
    try {
      const response = await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
      const body = await response.text();
      if (response.ok) return;
      last = `${response.status} ${body}`;
    } catch (error) {
      last = reasonOf(error);
    }
    await sleep(READY_POLL_MS);
  }
  throw new OperatorError(`the workers are not ready after ${READY_TIMEOUT_MS / 1000} s (${last}): see ${log}`);
};

/** What the phases of a start share. */
interface Context extends FountainOptions {
  topology: Topology;
  home: Home;
  guard: Guard;
  cleanups: Cleanup[];
}

const open = async (options: FountainOptions, cleanups: Cleanup[]): Promise<Context> => {
  options.progress.step("Opening FOUNTAIN_HOME");
  const topology = readTopology(options.root);
  await assertPortFree(options.settings.port);
  const home = openHome(options.settings.home);
  cleanups.push(home.release);
  await waitForOrphan(home.runFile);
  const guard = createGuard();
  cleanups.push(guard.release);
  return { ...options, topology, home, guard, cleanups };
};

/** A child under supervision and under guard, ended with everything else. */
const startChild = (context: Context, name: string, spawn: () => ChildProcess): Supervision => {
  const { guard, cleanups, signal, onNotice, onGiveUp } = context;
  signal.throwIfAborted();
  const supervision = supervise({
    name,
    spawn: () => {
      const child = spawn();
      guard.watch(name, child.pid);
      return child;
    },
    onCrash: onNotice,
    onGiveUp,
  });
  cleanups.push(supervision.stop);
  return supervision;
};

/** Starts the databases, and returns their port and every variable that workers read. */
const startDatabases = async (
  context: Context,
  internalSocket: string,
): Promise<{ sqldPort: number; environment: Record<string, string> }> => {
  const { settings, topology, home, progress, cleanups } = context;
  const { secretKey, signingKey } = loadSecrets(home, settings.environment);
  progress.step("Starting the databases, bundling the workers");
  const database = sqldOptions(home, await freePorts(), signingKey);
  writeRunFile(home.runFile, { port: settings.port, sqldPort: database.port, internalSocket });
  cleanups.push(() => rmSync(home.runFile, { force: true }));
  const sqld = startChild(context, "sqld", () => startSqld(home, database));
  const [databaseVariables] = await Promise.all([
    prepareDatabases(home, topology, database, sqld.child),
    bundleWorkers(topology.workers, home.build),
  ]);
  sqld.watch();
  const generated = {
    ...databaseVariables,
    [secretVariable("kms", "SECRET_KEY")]: secretKey,
    PUBLIC_URL: `http://localhost:${settings.port}`,
  };
  return { sqldPort: database.port, environment: computeEnvironment(topology, generated, settings.environment) };
};

const startWorkers = async (
  context: Context,
  internalSocket: string,
  sqldPort: number,
  environment: Record<string, string>,
): Promise<void> => {
  const { settings, topology, home, progress, signal } = context;
  progress.step("Starting the workers");
  const config = writeWorkerdConfig(topology, home.build);
  const logFile = path.join(home.logs, "workerd.log");
  const log = createLogFile(logFile);
  const workerd = startChild(context, "workerd", () => {
    rmSync(internalSocket, { force: true });
    const child = spawnWorkerd({
      config,
      environment,
      publicAddress: `127.0.0.1:${settings.port}`,
      internalAddress: `unix:${internalSocket}`,
      libsqlAddress: `127.0.0.1:${sqldPort}`,
    });
    if (child.stderr !== null) createInterface(child.stderr).on("line", log);
    return child;
  });
  await waitForReady(settings.port, workerd.child, logFile, signal);
  workerd.watch();
};

const startChores = ({ topology, onNotice, cleanups }: Context, internalSocket: string): void => {
  const stop = startScheduler({
    workers: topology.workers.filter(({ crons }) => crons.length > 0).map(({ worker }) => worker),
    intervalMs: CHORES_INTERVAL_MS,
    runChores: async (worker) => {
      const { status, text } = await postInternal(internalSocket, `/cron/${worker}`, "", CHORES_TIMEOUT_MS);
      if (status !== 204) throw new Error(text || `status ${status}`);
    },
    onChange: onNotice,
  });
  cleanups.push(stop);
};

const start = async (options: FountainOptions, cleanups: Cleanup[]): Promise<Administrator | undefined> => {
  const context = await open(options, cleanups);
  const internalSocket = internalSocketIn(context.home);
  cleanups.push(() => rmSync(internalSocket, { force: true }));
  const { sqldPort, environment } = await startDatabases(context, internalSocket);
  await startWorkers(context, internalSocket, sqldPort, environment);
  options.progress.step("Looking for an administrator");
  const administrator = await createAdministrator(internalSocket, options.settings);
  startChores(context, internalSocket);
  return administrator;
};

/** Starts everything and resolves when it answers. Rejects with {@link OperatorError}, leaving nothing behind. */
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
