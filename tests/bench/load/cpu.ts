/** What processes and the machine have computed so far, as the scheduler of Linux counts it; elsewhere nothing is known. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

const NANOSECONDS_A_MICROSECOND = 1_000;
const JIFFIES_A_SECOND = 100;

export const CAN_COUNT_CPU = existsSync("/proc/self/schedstat");

const taskMicroseconds = (file: string): number => {
  try {
    return Number(readFileSync(file, "latin1").split(" ")[0]) / NANOSECONDS_A_MICROSECOND;
  } catch {
    return 0; // The thread has ended.
  }
};

/** Microseconds on a processor, of all threads of these processes. */
export const cpuMicroseconds = (processes: readonly number[]): number => {
  let total = 0;
  for (const id of processes) {
    const tasks = `/proc/${id}/task`;
    if (!existsSync(tasks)) throw new Error(`process ${id}, which is measured, has ended`);
    for (const task of readdirSync(tasks)) total += taskMicroseconds(`${tasks}/${task}/schedstat`);
  }
  return total;
};

/** Seconds that all processors together were not idle. */
const busySeconds = (): number => {
  const [line = ""] = readFileSync("/proc/stat", "latin1").split("\n");
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softIrq + steal) / JIFFIES_A_SECOND;
};

/** Call it at the start; what it returns gives, at the end, the share of the machine that other processes took: 0 to 1. */
export const watchForeignLoad = (own: readonly number[]): (() => number) => {
  if (!CAN_COUNT_CPU) return () => Number.NaN;
  const all = [process.pid, ...own];
  const startedAt = { ms: performance.now(), busy: busySeconds(), own: cpuMicroseconds(all) };
  return () => {
    const seconds = (performance.now() - startedAt.ms) / 1_000;
    const foreign = busySeconds() - startedAt.busy - (cpuMicroseconds(all) - startedAt.own) / 1e6;
    return Math.max(0, foreign / (seconds * availableParallelism()));
  };
};
