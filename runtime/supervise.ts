/** Keeps a child process running: starts it again when it ends, and gives up when that happens too often. */
import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { hasEnded, stopProcess } from "./process.ts";

/** More ends than this within the window, and starting it again won't help. */
const MAX_CRASHES = 5;
const WINDOW_MS = 60_000;
const FIRST_BACKOFF_MS = 50;

export interface SuperviseOptions {
  name: string;
  /** Starts the child; called again after each crash. */
  spawn(): ChildProcess;
  /** Told, in one line, whenever it ends by itself. */
  onCrash(message: string): void;
  /** Told, in one line, when it is given up. */
  onGiveUp(message: string): void;
}

export interface Supervision {
  /** The child of the first start. */
  readonly child: ChildProcess;
  /** From now on a child that ends is started again. */
  watch(): void;
  /** Ends the child, for good. */
  stop(): Promise<void>;
}

const howItEnded = (child: ChildProcess): string =>
  child.signalCode === null ? `ended with code ${child.exitCode}` : `was ended by ${child.signalCode}`;

/** How long to wait before the next start, given the number of recent crashes. */
export const backoffMs = (crashes: number): number => FIRST_BACKOFF_MS * 2 ** (crashes - 1);

/** Starts the child. */
export const supervise = ({ name, spawn, onCrash, onGiveUp }: SuperviseOptions): Supervision => {
  const stopping = new AbortController();
  const first = spawn();
  let child = first;
  let crashedAt: number[] = [];

  const onExit = async (): Promise<void> => {
    if (stopping.signal.aborted) return;
    const now = Date.now();
    crashedAt = [...crashedAt.filter((at) => now - at < WINDOW_MS), now];
    if (crashedAt.length > MAX_CRASHES) {
      onGiveUp(`${name} ended ${crashedAt.length} times within a minute, at last it ${howItEnded(child)}`);
      return;
    }
    onCrash(`${name} ${howItEnded(child)}: starting it again`);
    const waited = await sleep(backoffMs(crashedAt.length), true, { signal: stopping.signal }).catch(() => false);
    if (!waited) return;
    child = spawn();
    watch();
  };
  const watch = (): void => {
    if (hasEnded(child)) void onExit();
    else child.once("exit", onExit);
  };

  return {
    child: first,
    watch,
    stop: async () => {
      stopping.abort();
      await stopProcess(child);
    },
  };
};
