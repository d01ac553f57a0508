/** The hashers: processes of workerd that compute the slow hashes of passwords, and nothing else. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import path from "node:path";
import { type Home, socketIn } from "../local/home.ts";
import { logStreams } from "../local/log-file.ts";
import { oneLessUpTo } from "./processes.ts";
import { probeAlive, type WorkerdProcess } from "./readiness.ts";
import { findBinary } from "./workerd.ts";

/** The setting that says how many there are. */
export const HASHERS = "HASHERS";
/** Each takes memory, and four check some hundred passwords a second. */
const MAX_HASHERS = 4;

/** The bundle, and the name of its worker. */
export const HASHER_WORKER = "hasher";
/** The service names that stand for them: addresses outside, not workers. */
export const HASHER_SERVICES: readonly string[] = Array.from({ length: MAX_HASHERS }, (_, n) => `hasher-${n + 1}`);

/** The configuration beside the bundles, and the socket in it whose address is given on the command line. */
export const HASHER_CONFIG_FILE = "hasher.capnp";
export const HASHER_SOCKET = "hasher";

/** In a container no other process can reach these; the files of sockets could not be removed there, with bash alone. */
export const ABSTRACT_ADDRESSES: readonly string[] = HASHER_SERVICES.map((name) => `unix-abstract:fountain-${name}`);

/** One fewer than there are processors, so that one is left to serve requests. */
export const usualHashers = (): number => oneLessUpTo(MAX_HASHERS);

/** Below whatever serves requests, and not so low that other work of the machine keeps it from running at all. */
const NICE = 5;
/** The socket is the owner's alone. */
const UMASK = 0o177;

const lowerPriority = (pid: number): void => {
  try {
    setPriority(pid, NICE);
    // Where the kernel groups processes by session, the priority of the group counts.
    const group = `/proc/${pid}/autogroup`;
    if (existsSync(group)) writeFileSync(group, String(NICE));
  } catch {
    // Then it has the usual priority; or it has ended, which its supervisor sees.
  }
};

/** Starts a hasher on a Unix socket, at a low priority; its standard error is the caller's to read. */
const spawnHasher = (config: string, socketPath: string): ChildProcess => {
  rmSync(socketPath, { force: true });
  const umask = process.umask(UMASK);
  try {
    const child = spawn(findBinary(), ["serve", config, `--socket-addr=${HASHER_SOCKET}=unix:${socketPath}`], {
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
      env: {},
    });
    if (child.pid !== undefined) lowerPriority(child.pid);
    return child;
  } finally {
    process.umask(umask);
  }
};

/** The hasher of this name in FOUNTAIN_HOME. */
export const hasherIn = ({ directory, build, logs }: Home, name: string): WorkerdProcess => {
  const socketPath = socketIn(directory, name);
  const log = path.join(logs, `${name}.log`);
  return {
    name,
    log,
    writesStack: true,
    spawn: () => {
      const child = spawnHasher(path.join(build, HASHER_CONFIG_FILE), socketPath);
      logStreams(log, child.stderr);
      return child;
    },
    probe: probeAlive(socketPath),
  };
};
