/** The processes of workerd that serve requests: each runs every worker, and all listen on one port. */
import { availableParallelism } from "node:os";

/** The setting that says how many there are. */
const WORKERS = "WORKERS";
/** libSQL supports so many concurrent writers, and each process is one at least. */
export const MAX_PROCESSES = 4;
/** The setting that says how many writers each has. */
export const DATABASE_WRITERS = "DATABASE_WRITERS";
const USUAL_WRITERS = 2;

/** The variable that says, to the internal worker of the first process, how many others there are. */
export const SIBLINGS = "SIBLINGS";

/** The variables that say, to the internal worker of each process, which one it is, from 1, and how many there are. */
export const PROCESS = "PROCESS";
export const PROCESSES = "PROCESSES";

/** One fewer than there are processors, from 1 to a number. */
export const oneLessUpTo = (most: number, processors = availableParallelism()): number =>
  Math.max(1, Math.min(most, processors - 1));

/** The service names of all but the first: addresses outside, which only the first asks for something. */
export const SIBLING_SERVICES: readonly string[] = Array.from(
  { length: MAX_PROCESSES - 1 },
  (_, n) => `workerd-${n + 2}`,
);

/** That of the first, which the others ask what it knows. */
export const FIRST_SERVICE = "workerd-1";

/** The ports of their internal sockets in a container, whose loopback addresses no one else reaches. */
export const LOOPBACK_PORTS: readonly number[] = SIBLING_SERVICES.map((_, n) => 8789 + n);
export const FIRST_ADDRESS = "127.0.0.1:8788";
export const LOOPBACK_ADDRESSES: readonly string[] = LOOPBACK_PORTS.map((port) => `127.0.0.1:${port}`);

/** Only there can several processes listen on one port. */
export const canShareAPort = process.platform === "linux";

type Environment = Readonly<Record<string, string | undefined>>;

/** As many as were set; by default one fewer than there are processors, and no more than the writers allow. */
export const processCount = (environment: Environment, processors?: number): number => {
  if (environment[WORKERS]) return Number(environment[WORKERS]);
  const writers = Number(environment[DATABASE_WRITERS] || 1);
  const most = canShareAPort ? Math.floor(MAX_PROCESSES / writers) : 1;
  return oneLessUpTo(most, processors);
};

/** How many writers each of them has by default. */
export const usualWriters = (processes: number): number =>
  Math.min(USUAL_WRITERS, Math.floor(MAX_PROCESSES / processes));
