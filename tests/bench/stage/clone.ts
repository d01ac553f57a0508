/**
 * A second workerd of a running Fountain: the same program, configuration, environment and databases, on sockets of its
 * own. So what is measured is the product as it starts itself, but for what a benchmark changes in the copy.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createGuard } from "../../../runtime/local/guard.ts";
import { freePorts } from "../../../runtime/local/ports.ts";
import { stopProcess } from "../../../runtime/local/process.ts";
import { CONFIG_FILE, LIBSQL_SERVICE, PUBLIC_SOCKET } from "../../../runtime/workerd/workerd.ts";
import { eventually } from "../../support/workerd.ts";

export interface Clone {
  /** Where the gateway listens. */
  port: number;
  pid: number;
  /** The libSQL server that it uses. */
  sqldPort: number;
  environment: Readonly<Record<string, string>>;
  /** Its bundles and configuration, and in `log` what it and its workers have printed. */
  directory: string;
  stop(): Promise<void>;
}

export interface CloneOptions {
  /** Changes the bundles and the configuration, which are in this directory. */
  edit?: (directory: string) => void;
  /** Variables that differ from the original's. */
  settings?: Record<string, string>;
  /** Further arguments of `workerd serve`. */
  flags?: readonly string[];
}

const readList = (file: string): string[] => readFileSync(file, "utf8").split("\0").filter(Boolean);

const SOCKET = /^--socket-(?:addr|fd)=([^=]+)=/;

/** The command line of the process that serves the public, among those that are called workerd. */
const servingCommand = (processes: readonly number[]): { pid: number; command: string[] } => {
  for (const pid of processes) {
    const command = readList(`/proc/${pid}/cmdline`);
    if (command.some((argument) => SOCKET.exec(argument)?.[1] === PUBLIC_SOCKET)) return { pid, command };
  }
  throw new Error("no workerd serves the public");
};

/** Starts it beside the original, whose processes called workerd these are. Call `stop` when done. Linux only. */
export const cloneWorkerd = async (
  processes: readonly number[],
  { edit = () => {}, settings = {}, flags = [] }: CloneOptions = {},
): Promise<Clone> => {
  const original = servingCommand(processes);
  const [binary = "", verb = "", ...args] = original.command;
  const config = args.find((argument) => argument.endsWith(CONFIG_FILE));
  if (config === undefined) throw new Error(`workerd was not started with ${CONFIG_FILE}`);
  const directory = mkdtempSync(path.join(tmpdir(), "fountain-bench-"));
  cpSync(path.dirname(config), directory, { recursive: true });
  edit(directory);
  const [port] = await freePorts();
  const command = args.map((argument) => {
    if (argument === config) return path.join(directory, path.basename(config));
    const [, socket] = SOCKET.exec(argument) ?? [];
    if (socket === undefined) return argument;
    const address = socket === PUBLIC_SOCKET ? `127.0.0.1:${port}` : `unix:${path.join(directory, `${socket}.sock`)}`;
    return `--socket-addr=${socket}=${address}`;
  });
  const pairs = readList(`/proc/${original.pid}/environ`).map((line): [string, string] => {
    const at = line.indexOf("=");
    return [line.slice(0, at), line.slice(at + 1)];
  });
  const environment = { ...Object.fromEntries(pairs), ...settings };
  const logFile = path.join(directory, "log");
  const log = openSync(logFile, "a");
  const child = spawn(binary, [verb, ...command, ...flags], { env: environment, stdio: ["ignore", log, log] });
  const guard = createGuard();
  guard.watch("workerd", child.pid);
  const stop = async (): Promise<void> => {
    await stopProcess(child);
    guard.release();
    rmSync(directory, { recursive: true, force: true });
  };
  const responds = () =>
    fetch(`http://127.0.0.1:${port}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  try {
    await eventually(responds);
  } catch (cause) {
    const printed = readFileSync(logFile, "utf8").slice(0, 2_000);
    await stop();
    throw new Error(`the copy of workerd does not respond: ${printed}`, { cause });
  }
  const libsql = `--external-addr=${LIBSQL_SERVICE}=`;
  const sqldAddress = args.find((argument) => argument.startsWith(libsql)) ?? "";
  return {
    port,
    pid: child.pid ?? 0,
    sqldPort: Number(sqldAddress.slice(sqldAddress.lastIndexOf(":") + 1)),
    environment,
    directory,
    stop,
  };
};
