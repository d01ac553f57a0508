/**
 * Keeps a child process running: starts it again when it ends, ends it when it hangs, and gives up when it ends too
 * often.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf } from "./operator-error.ts";
import { hasEnded, stopProcess } from "./process.ts";
import { createPatience, type Probe, sampleThreads, watchForHang } from "./watchdog.ts";

/** More ends than this within the window, and starting it again won't help. */
const MAX_CRASHES = 5;
const WINDOW_MS = 60_000;
const FIRST_BACKOFF_MS = 50;
/** How long a process that hangs has to write its stack before it is killed. */
const STACK_TIMEOUT_MS = 500;

export interface SuperviseOptions {
  name: string;
  /** Starts the child; called again after each crash, with how often it has hung so far. */
  spawn(hangs: number): ChildProcess | Promise<ChildProcess>;
  /** Called with one line whenever it ends by itself, or is ended because it hangs. */
  onCrash(message: string): void;
  /** Called with one line when it is given up. */
  onGiveUp(message: string): void;
  /** Whether the child does what it is for. */
  probe: Probe;
  /** On SIGABRT the child writes a stack to its log and ends, without leaving its memory in a file. */
  writesStack?: boolean;
}

/** A child, without who hears of it. */
export type Supervised = Omit<SuperviseOptions, "onCrash" | "onGiveUp">;

export interface Supervision {
  /** The child of the first start. */
  readonly child: ChildProcess;
  /** From now on a child that ends or hangs is started again. */
  watch(): void;
  /** Ends the child, for good. */
  stop(): Promise<void>;
}

const describeExit = (child: ChildProcess): string =>
  child.signalCode === null ? `exited with code ${child.exitCode}` : `was killed by ${child.signalCode}`;

/** How long to wait before the next start, given the number of recent crashes. */
const backoffMs = (crashes: number): number => FIRST_BACKOFF_MS * 2 ** (crashes - 1);

/** Starts the child. Rejects when it cannot be started. */
export const supervise = async (options: SuperviseOptions): Promise<Supervision> => {
  const { name, spawn, onCrash, onGiveUp, probe, writesStack = false } = options;
  const stopping = new AbortController();
  const patience = createPatience();
  const first = await spawn(0);
  let child = first;
  let starting: Promise<void> | undefined;
  let crashedAt: number[] = [];
  let hangs = 0;

  const onExit = async (reason: string, last = describeExit(child)): Promise<void> => {
    if (stopping.signal.aborted) return;
    const now = Date.now();
    crashedAt = [...crashedAt.filter((at) => now - at < WINDOW_MS), now];
    if (crashedAt.length > MAX_CRASHES) {
      onGiveUp(`${name} exited ${crashedAt.length} times within a minute; the last time it ${last}`);
      return;
    }
    onCrash(`${name} ${reason}: restarting it`);
    const waited = await sleep(backoffMs(crashedAt.length), true, { signal: stopping.signal }).catch(() => false);
    if (!waited) return;
    starting = startAgain();
    await starting;
  };

  const startAgain = async (): Promise<void> => {
    try {
      child = await spawn(hangs);
      watch();
    } catch (error) {
      const reason = `cannot be started (${reasonOf(error)})`;
      void onExit(reason, reason);
    }
  };

  /** Kills a child that hangs: it handles no other signal. */
  const killHung = async (hung: ChildProcess): Promise<void> => {
    if (writesStack) {
      hung.kill("SIGABRT");
      // What is stopped takes the first signal as soon as it gets the second.
      hung.kill("SIGCONT");
      await Promise.race([once(hung, "exit"), sleep(STACK_TIMEOUT_MS)]);
    }
    if (!hasEnded(hung)) hung.kill("SIGKILL");
  };

  const watchHangs = async (watched: ChildProcess, ended: AbortSignal, onFound: (reason: string) => void) => {
    if (watched.pid === undefined) return;
    const signal = AbortSignal.any([ended, stopping.signal]);
    const wrong = await watchForHang({ pid: watched.pid, probe, patience, signal });
    if (wrong === undefined || signal.aborted) return;
    const threads = await sampleThreads(watched.pid);
    if (signal.aborted) return;
    patience.hung();
    hangs += 1;
    onFound(`${wrong}${threads}`);
    await killHung(watched);
  };

  const watch = (): void => {
    const watched = child;
    if (hasEnded(watched)) {
      void onExit(describeExit(watched));
      return;
    }
    const ended = new AbortController();
    let found: string | undefined;
    watched.once("exit", () => {
      ended.abort();
      void onExit(found ?? describeExit(watched));
    });
    void watchHangs(watched, ended.signal, (reason) => {
      found = reason;
    });
  };

  return {
    child: first,
    watch,
    stop: async () => {
      stopping.abort();
      // A child that is being started has to be ended as well.
      await starting;
      await stopProcess(child);
    },
  };
};
