/** The libSQL server: one process on loopback that holds every worker's database. */
import { type ChildProcess, spawn } from "node:child_process";
import { createPublicKey, type KeyObject } from "node:crypto";
import { accessSync, chmodSync, constants } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { callLocal } from "../local/local-http.ts";
import { hasEnded } from "../local/process.ts";

const POLL_INTERVAL_MS = 10;
const PROBE_TIMEOUT_MS = 1000;
const START_TIMEOUT_MS = 10_000;

/** sqld refuses new requests beyond this many; its default of 128 is for one database, not for one per worker. */
const MAX_CONCURRENT = "512";

export interface SqldOptions {
  /** Where the databases live; sqld creates it when missing. */
  dataDirectory: string;
  /** Loopback ports for the databases and for administration. */
  port: number;
  adminPort: number;
  /** What administration asks for; known to the parent process and its helpers only. */
  adminKey: string;
  /** The key that signs database tokens; sqld itself is given the public half only. */
  signingKey: KeyObject;
}

const findBinary = (): string => {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve(`@sqld/${process.platform}-${process.arch}/package.json`);
  const binary = path.join(path.dirname(manifest), "sqld");
  try {
    accessSync(binary, constants.X_OK);
  } catch {
    chmodSync(binary, 0o755);
  }
  return binary;
};

/** Starts sqld without waiting for it; its output is the caller's to read or to drop. */
export const spawnSqld = (options: SqldOptions): ChildProcess => {
  const publicKey = createPublicKey(options.signingKey).export({ type: "spki", format: "pem" }).toString();
  return spawn(
    findBinary(),
    [
      "--no-welcome",
      "--db-path",
      options.dataDirectory,
      "--http-listen-addr",
      `127.0.0.1:${options.port}`,
      "--admin-listen-addr",
      `127.0.0.1:${options.adminPort}`,
      "--enable-namespaces",
      "--disable-default-namespace",
      "--max-concurrent-connections",
      MAX_CONCURRENT,
      "--max-concurrent-requests",
      MAX_CONCURRENT,
      "--shutdown-timeout",
      "3",
    ],
    {
      // A group of its own: Ctrl-C reaches the parent only, which ends its children in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { SQLD_AUTH_JWT_KEY: publicKey, LIBSQL_ADMIN_AUTH_KEY: options.adminKey, RUST_LOG: "warn", NO_COLOR: "1" },
    },
  );
};

/** Rejects if no libSQL server responds on this port in time. */
export const assertServing = async (port: number, timeoutMs: number): Promise<void> => {
  const { status } = await callLocal({ to: { port }, method: "GET", path: "/health", timeoutMs });
  if (status !== 200) throw new Error(`sqld responds ${status}`);
};

/** Whether a libSQL server responds on this port. */
export const isServing = (port: number): Promise<boolean> =>
  assertServing(port, PROBE_TIMEOUT_MS).then(
    () => true,
    () => false,
  );

/** Resolves when sqld responds; rejects if it exits first or does not respond for ten seconds. */
export const waitForSqld = async (port: number, sqld?: ChildProcess): Promise<void> => {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (sqld !== undefined && hasEnded(sqld)) throw new Error("sqld exited immediately");
    if (await isServing(port)) return;
    await sleep(POLL_INTERVAL_MS);
  }
  throw new Error("sqld is not responding");
};
