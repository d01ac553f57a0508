/** The workerd process: every worker in one. */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";

/** The sockets whose addresses are given on the command line, not in the configuration. */
export const PUBLIC_SOCKET = "public";
export const INTERNAL_SOCKET = "internal";
/** The generated worker behind the internal socket. */
export const INTERNAL_WORKER = "internal";
/** The service name that stands for the libSQL server: an address outside, not a worker. */
export const LIBSQL_SERVICE = "libsql";
/** The service name that stands for the internet, as far as a worker may reach it. */
export const INTERNET_SERVICE = "internet";
/** The service name that stands for where messages to people go: mail servers, and providers of text messages. */
export const MESSAGES_SERVICE = "messages";

/** The binding that says which service a worker's own connections go out through; without it there is none. */
export const OUTBOUND = "OUTBOUND";

/** The variable that says how often the watchdog has ended workerd before this start. */
export const WATCHDOG_RESTARTS = "WATCHDOG_RESTARTS";

/** The name of the configuration, which stands beside the bundles. */
export const CONFIG_FILE = "workerd.capnp";
/** The same, for a mail server at a private address. */
export const PRIVATE_MAIL_CONFIG_FILE = "workerd-private-mail.capnp";

export interface WorkerdOptions {
  config: string;
  environment: Record<string, string>;
  /** The file descriptor of a socket that listens for the public. */
  publicSocket: number;
  internalAddress: string;
  libsqlAddress: string;
  /** Where what workers log goes: to our own standard output, or to the caller. */
  output: "inherit" | "pipe";
}

/** The first descriptor after those of the standard streams. */
const INHERITED = 3;

/** The program. */
export const findBinary = (): string => {
  const require = createRequire(import.meta.url);
  const arch = process.arch === "x64" ? "64" : process.arch;
  return require.resolve(`@cloudflare/workerd-${process.platform}-${arch}/bin/workerd`);
};

/** Starts workerd; its standard error is the caller's to read. */
export const spawnWorkerd = (options: WorkerdOptions): ChildProcess =>
  spawn(
    findBinary(),
    [
      "serve",
      options.config,
      `--socket-fd=${PUBLIC_SOCKET}=${INHERITED}`,
      `--socket-addr=${INTERNAL_SOCKET}=${options.internalAddress}`,
      `--external-addr=${LIBSQL_SERVICE}=${options.libsqlAddress}`,
    ],
    // A group of its own: Ctrl-C reaches the parent only, which ends its children in order.
    { detached: true, stdio: ["ignore", options.output, "pipe", options.publicSocket], env: options.environment },
  );
