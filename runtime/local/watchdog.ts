/**
 * Finds a process that runs and does not respond. It is judged by how long it has been silent, and by what it did
 * meanwhile: a busy machine is no reason to kill a process that waits for its turn on a processor.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Activity, activityOf, cpuMsOf, describeThreads, threadsOf } from "./vitals.ts";

const INTERVAL_MS = 1_000;
/** Until the first response, so that a process that hangs soon after it is found as fast as later. */
const START_INTERVAL_MS = 100;
const PROBE_TIMEOUT_MS = 1_500;
/** Three probes in a row; doubled by every hang of the last ten minutes, up to ten times as much. */
const FIRST_LIMIT_MS = 4_500;
const MAX_FACTOR = 12;
const MAX_LIMIT_MS = FIRST_LIMIT_MS * MAX_FACTOR;
const HANGS_FORGOTTEN_AFTER_MS = 600_000;
/** A process that has just been started has this long for its first response: recovery of a database takes time. */
const START_LIMIT_MS = 60_000;
/** No operation holds a thread for as long as this: so much CPU time without a response is an endless loop. */
const SPIN_CPU_MS = 1_500;
/** A round that comes later than this was held up itself, as by a suspended machine: it says nothing about others. */
const LATE_MS = 2_000;
/** Between the two samples of the threads that show which of them are busy. */
const SAMPLE_MS = 250;

export interface Silence {
  /** How long there has been no response, and how long that may be. */
  silentMs: number;
  limitMs: number;
  /** CPU time used meanwhile, and what its threads do; `undefined` where that is not to be known. */
  cpuMs: number | undefined;
  activity: Activity | undefined;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What is wrong with a process that is silent; `undefined` while it may still be well. A debugger may take its time. */
export const judge = ({ silentMs, limitMs, cpuMs, activity }: Silence): string | undefined => {
  if (silentMs < limitMs || activity === "traced") return undefined;
  const silent = `has not responded for ${seconds(silentMs)}`;
  if (activity === "stopped") return `${silent}: stopped by a signal`;
  if (cpuMs !== undefined && cpuMs >= SPIN_CPU_MS) return `${silent}: busy, with ${seconds(cpuMs)} of CPU time`;
  if (activity === "runnable") return silentMs < MAX_LIMIT_MS ? undefined : `${silent}: it is starved of CPU time`;
  return activity === undefined ? silent : `${silent}: asleep`;
};

/** How long a process may be silent; outlives the process. */
export interface Patience {
  /** 1 when it has not hung of late; twice as much with every hang, up to 10. */
  factor(): number;
  limitMs(): number;
  hung(): void;
}

export const createPatience = (now = () => performance.now()): Patience => {
  let hungAt: number[] = [];
  const factor = (): number => {
    hungAt = hungAt.filter((at) => now() - at < HANGS_FORGOTTEN_AFTER_MS);
    return Math.min(2 ** hungAt.length, MAX_FACTOR);
  };
  return {
    factor,
    limitMs: () => FIRST_LIMIT_MS * factor(),
    hung: () => {
      hungAt.push(now());
    },
  };
};

/**
 * Whether a process does what it is for. Resolves with nothing when it does; with what is wrong when it responds and
 * certainly does not; rejects when it does not respond in time.
 */
export type Probe = (timeoutMs: number, patience: number) => Promise<string | undefined>;

/** Milliseconds that never go back, and waiting for some of them. */
export interface Clock {
  now(): number;
  pause(ms: number, signal: AbortSignal): Promise<unknown>;
}

const CLOCK: Clock = {
  now: () => performance.now(),
  pause: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};

export interface WatchOptions {
  pid: number;
  probe: Probe;
  patience: Patience;
  /** Ends the watch. */
  signal: AbortSignal;
  clock?: Clock;
}

/** Resolves with what is wrong as soon as the process hangs, or with nothing when the watch was ended. */
export const watchForHang = async (options: WatchOptions): Promise<string | undefined> => {
  const { pid, probe, patience, signal, clock = CLOCK } = options;
  let hasResponded = false;
  let respondedAt = clock.now();
  let cpuMsThen = cpuMsOf(pid);
  const forgive = (): void => {
    respondedAt = clock.now();
    cpuMsThen = cpuMsOf(pid);
  };
  const findingOfSilence = (): string | undefined => {
    const cpuMs = cpuMsOf(pid);
    return judge({
      silentMs: clock.now() - respondedAt,
      limitMs: Math.max(patience.limitMs(), hasResponded ? 0 : START_LIMIT_MS),
      cpuMs: cpuMs === undefined || cpuMsThen === undefined ? undefined : cpuMs - cpuMsThen,
      activity: activityOf(threadsOf(pid)),
    });
  };
  while (!signal.aborted) {
    const startedAt = clock.now();
    const wasHeldUp = (): boolean => clock.now() - startedAt > PROBE_TIMEOUT_MS + INTERVAL_MS + LATE_MS;
    const response = await probe(PROBE_TIMEOUT_MS, patience.factor()).then(
      (wrong) => ({ wrong }),
      () => undefined,
    );
    if (signal.aborted) return undefined;
    if (response?.wrong !== undefined) return response.wrong;
    hasResponded ||= response !== undefined;
    if (response !== undefined || wasHeldUp()) forgive();
    const wrong = response === undefined ? findingOfSilence() : undefined;
    if (wrong !== undefined) return wrong;
    const intervalMs = hasResponded ? INTERVAL_MS : START_INTERVAL_MS;
    await clock.pause(Math.max(0, intervalMs - (clock.now() - startedAt)), signal);
    if (wasHeldUp()) forgive();
  }
  return undefined;
};

/** What every thread of a process does at the moment, for the log. */
export const sampleThreads = async (pid: number): Promise<string> => {
  const before = threadsOf(pid);
  if (before.length === 0) return "";
  await sleep(SAMPLE_MS);
  return `; threads, within ${SAMPLE_MS} ms: ${describeThreads(before, threadsOf(pid))}`;
};
