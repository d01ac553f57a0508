/** Runs Fountain as its operator does, `runtime/local/start.ts` on the built workerd, and gives what the harness gives. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createPrivateKey, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { connectDatabase, mintDatabaseToken } from "../../runtime/libsql/sqld-client.ts";
import { callLocal } from "../../runtime/local/local-http.ts";
import { freePorts } from "../../runtime/local/ports.ts";
import { hasEnded, stopProcess } from "../../runtime/local/process.ts";
import { readRunFile } from "../../runtime/local/run-file.ts";
import { hasDatabase, readTopology } from "../../runtime/workerd/topology.ts";
import type { Fountain } from "./harness.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const START = path.join(ROOT, "runtime", "local", "start.ts");
const COMPILE_CACHE = path.join(ROOT, "node_modules", ".cache", "node");
const START_TIMEOUT_MS = 30_000;
const MAINTENANCE_TIMEOUT_MS = 60_000;
/** Not more often: some checks start a process each time. */
const POLL_MS = 100;

type Environment = Record<string, string>;

/** A start under way, in a folder and on a port of its own. */
export interface StartedProcess {
  child: ChildProcess;
  /** FOUNTAIN_HOME. */
  home: string;
  port: number;
  /** Every line it wrote so far. */
  lines: readonly string[];
  /** Resolves at the ready line, or when it ended instead. */
  readyOrEnded(): Promise<void>;
  /** The process ids of its children with this name. */
  childrenNamed(name: string): number[];
}

/** A new, empty FOUNTAIN_HOME. */
export const createTemporaryHome = (): string => mkdtempSync(path.join(tmpdir(), "fountain-home-"));

/** What the command lines of the children have: two kinds of them are workerd. */
const COMMANDS: Readonly<Record<string, string>> = { workerd: "/workerd[.]capnp", hasher: "/hasher[.]capnp" };

const processIds = (parent: number | undefined, name: string): number[] => {
  try {
    return execFileSync("pgrep", ["-P", String(parent), "-f", COMMANDS[name] ?? name], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map(Number);
  } catch {
    return []; // pgrep ends with 1 when it finds none.
  }
};

/** The process itself, as package.json starts it, and the whole of what the operator types. */
export const START_COMMAND = [process.execPath, "--max-semi-space-size=1", START] as const;
export const NPM_START = ["npm", "start"] as const;

/** Starts it; nothing of this process's own settings leaks into it. `stdin`: what the test types, if anything. */
export const spawnStart = async (
  settings: Environment = {},
  [command, ...args]: readonly [string, ...string[]] = START_COMMAND,
  stdin: "ignore" | "pipe" = "ignore",
): Promise<StartedProcess> => {
  const home = settings["FOUNTAIN_HOME"] ?? createTemporaryHome();
  const port = Number(settings["PORT"] ?? (await freePorts())[0]);
  const child = spawn(command, args, {
    cwd: ROOT,
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      // On every machine, however many processors it has.
      WORKERS: "1",
      ...settings,
      FOUNTAIN_HOME: home,
      PORT: String(port),
    },
    stdio: [stdin, "pipe", "pipe"],
  });
  const lines: string[] = [];
  const settled = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface(stream).on("line", (line) => {
        lines.push(line);
        if (line.startsWith("Fountain is ready")) resolve();
      });
    }
    child.once("close", () => resolve());
  });
  return {
    child,
    home,
    port,
    lines,
    readyOrEnded: () => settled,
    childrenNamed: (name) => processIds(child.pid, name),
  };
};

/** Polls until the check holds; rejects when it does not within the time. */
export const eventually = async (check: () => boolean | Promise<boolean>, timeoutMs = START_TIMEOUT_MS) => {
  const deadline = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`it did not come true within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

/** Does everything answer? */
export const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/ready`).then(
    (response) => response.ok,
    () => false,
  );

const openDatabases = async (home: string, sqldPort: number): Promise<Fountain["databases"]> => {
  const pem = readFileSync(path.join(home, "secrets", "database-signing-key.pem"));
  const signingKey = createPrivateKey(pem);
  const owners = readTopology(ROOT).workers.filter(hasDatabase);
  const clients = owners.map(async ({ worker }) => [
    worker,
    connectDatabase(sqldPort, worker, await mintDatabaseToken(signingKey, worker)),
  ]);
  return Object.fromEntries(await Promise.all(clients));
};

export interface WorkerdFountain extends Fountain {
  /** The process ids of its children with this name. */
  processIds(name: string): number[];
}

export interface WorkerdOptions {
  settings?: Environment;
  /** A command that runs the one that follows it, in its own place. */
  within?: readonly string[];
}

/** Starts all workers, with empty databases and an administrator. Call `stop` when done. */
export const startWorkerd = async ({ settings, within = [] }: WorkerdOptions = {}): Promise<WorkerdFountain> => {
  const adminPassword = randomBytes(12).toString("hex");
  const [program = START_COMMAND[0], ...args] = [...within, ...START_COMMAND];
  const started = await spawnStart({ ...settings, ADMIN_PASSWORD: adminPassword }, [program, ...args]);
  const { child, home, port, lines } = started;
  await started.readyOrEnded();
  const run = readRunFile(path.join(home, "run.json"));
  if (hasEnded(child) || run === undefined) throw new Error(`it did not start: ${lines.join("\n")}`);
  const databases = await openDatabases(home, run.sqldPort);
  const url = `http://127.0.0.1:${port}`;
  const signalSqld = (signal: NodeJS.Signals): void => {
    for (const pid of started.childrenNamed("sqld")) process.kill(pid, signal);
  };
  return {
    url,
    fetch: (pathname, init) => fetch(new URL(pathname, url), init),
    adminUsername: "admin",
    adminPassword,
    databases,
    secretKey: readFileSync(path.join(home, "secrets", "kms-secret-key"), "utf8").trim(),
    logs: lines,
    processIds: started.childrenNamed,
    runScheduled: async (worker) => {
      const { status, text } = await callLocal({
        to: { socketPath: run.internalSocket },
        method: "POST",
        path: `/cron/${worker}`,
        timeoutMs: MAINTENANCE_TIMEOUT_MS,
      });
      if (status !== 204) throw new Error(`/cron/${worker}: ${status} ${text}`);
    },
    metrics: async () => {
      const to = { socketPath: run.internalSocket };
      return (await callLocal({ to, method: "GET", path: "/metrics", timeoutMs: MAINTENANCE_TIMEOUT_MS })).text;
    },
    killSqld: async () => signalSqld("SIGKILL"),
    pauseSqld: async () => signalSqld("SIGSTOP"),
    resumeSqld: async () => signalSqld("SIGCONT"),
    restartSqld: () => eventually(() => isReady(port)),
    stop: async () => {
      for (const client of Object.values(databases)) client.close();
      await stopProcess(child);
      rmSync(home, { recursive: true, force: true });
    },
  };
};
