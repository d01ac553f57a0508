/** Ending child processes, and ending with the parent. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const PARENT_POLL_MS = 1000;

/** How long a child may take to end by itself before it is killed. */
const GRACE_MS = 4000;

/** Has this process ended? */
export const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

/** Asks a process to end, kills it when it does not, and resolves once it has ended. */
export const stopProcess = async (child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill(signal);
  const abort = new AbortController();
  const grace = sleep(GRACE_MS, true, { signal: abort.signal }).catch(() => false);
  if (await Promise.race([ended.then(() => false), grace])) child.kill("SIGKILL");
  await ended;
  abort.abort();
};

/** Under npm, which was killed without a chance to pass the signal on: calls back, to end as at a signal. */
export const onParentEnd = (end: () => void): void => {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end(), PARENT_POLL_MS).unref();
};
