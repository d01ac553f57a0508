/** A service of another program, as it is put behind the gateway. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { createGuard } from "../../../runtime/local/guard.ts";
import { freePorts } from "../../../runtime/local/ports.ts";
import { hasEnded, stopProcess } from "../../../runtime/local/process.ts";
import { eventually } from "../workerd.ts";

export interface StartedService {
  url: string;
  child: ChildProcess;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  /** The program and its arguments, given the port to listen on. */
  command: (port: number) => readonly [string, ...string[]];
  cwd: string;
  environment?: Record<string, string>;
}

const accepts = async (port: number): Promise<boolean> => {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

/** Resolves once it listens; rejects with what it printed if it ends instead. */
export const startService = async ({ command, cwd, environment }: ServiceOptions): Promise<StartedService> => {
  const [port] = await freePorts();
  const [program, ...args] = command(port);
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], PORT: String(port), ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const printed = text(child.stderr);
  const guard = createGuard();
  guard.watch(program, child.pid);
  const stop = async (): Promise<void> => {
    await stopProcess(child);
    guard.release();
  };
  const listens = eventually(() => hasEnded(child) || accepts(port));
  await listens.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  if (hasEnded(child)) {
    await stop();
    throw new Error(`${program} ended: ${await printed}`);
  }
  return { url: `http://127.0.0.1:${port}`, child, stop };
};
