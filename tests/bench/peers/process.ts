/** Starts a program of the machine's own that listens on a port, and ends it. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createGuard } from "../../../runtime/local/guard.ts";
import { stopProcess } from "../../../runtime/local/process.ts";
import { eventually } from "../../support/workerd.ts";

export interface PeerProcess {
  /** The process and its children. */
  pids: number[];
  stop(): Promise<void>;
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

const childrenOf = (pid: number): number[] => {
  try {
    return execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map(Number);
  } catch {
    return [];
  }
};

export interface PeerOptions {
  port: number;
  /** The configuration, given the directory it will stand in. */
  config: { name: string; text: (directory: string) => string };
  command: (file: string) => readonly [string, ...string[]];
  environment?: Record<string, string>;
}

/** Resolves once the port takes connections. What it prints goes to a file, as in production. */
export const startPeer = async ({ port, config, command, environment = {} }: PeerOptions): Promise<PeerProcess> => {
  const directory = mkdtempSync(path.join(tmpdir(), "fountain-peer-"));
  const file = path.join(directory, config.name);
  writeFileSync(file, config.text(directory));
  const log = openSync(path.join(directory, "log"), "a");
  const [program, ...args] = command(file);
  const child = spawn(program, args, {
    cwd: directory,
    env: { PATH: process.env["PATH"], HOME: directory, ...environment },
    stdio: ["ignore", log, log],
  });
  const guard = createGuard();
  guard.watch(program, child.pid);
  const stop = async (): Promise<void> => {
    await stopProcess(child);
    guard.release();
    rmSync(directory, { recursive: true, force: true });
  };
  await eventually(() => accepts(port)).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const pid = child.pid ?? 0;
  return { pids: [pid, ...childrenOf(pid)], stop };
};
