/** What the kernel says about a process and its threads. Linux only: elsewhere nothing is known. */
import { readdirSync, readFileSync } from "node:fs";

/** The unit of CPU times in /proc, which is the same on every architecture that Node runs on (proc_pid_stat(5)). */
const MS_PER_TICK = 10;

/** Where a thread of /proc/PID/task stands: running or waiting for a processor or a disk, asleep, stopped, traced. */
const ACTIVITIES: Readonly<Record<string, Activity>> = { R: "runnable", D: "runnable", T: "stopped", t: "traced" };

/** `runnable`: it has something to do, whether or not it gets to it. */
export type Activity = "runnable" | "asleep" | "stopped" | "traced";

export interface ThreadVitals {
  id: string;
  name: string;
  activity: Activity;
  cpuMs: number;
  /** The kernel function that a sleeping thread waits in, where the kernel says so. */
  waitsIn: string;
}

const read = (file: string): string => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
};

/** The thread in one line of /proc/PID/task/TID/stat: its name stands in brackets and may hold some itself. */
export const parseStat = (stat: string): Omit<ThreadVitals, "waitsIn"> | undefined => {
  const [, id, name, rest] = /^(\d+) \((.*)\) (.+)$/s.exec(stat) ?? [];
  if (id === undefined || name === undefined || rest === undefined) return undefined;
  const fields = rest.split(" ");
  const [state = "", userTicks, systemTicks] = [fields[0], fields[11], fields[12]];
  return {
    id,
    name,
    activity: ACTIVITIES[state] ?? "asleep",
    cpuMs: (Number(userTicks) + Number(systemTicks)) * MS_PER_TICK,
  };
};

/** Every thread of a process; none where that is not to be known. */
export const threadsOf = (pid: number): ThreadVitals[] => {
  let ids: string[];
  try {
    ids = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  return ids.flatMap((id) => {
    const directory = `/proc/${pid}/task/${id}`;
    const thread = parseStat(read(`${directory}/stat`));
    return thread === undefined ? [] : { ...thread, waitsIn: read(`${directory}/wchan`) };
  });
};

/** The CPU time that a process has used, ended threads included; `undefined` where that is not to be known. */
export const cpuMsOf = (pid: number): number | undefined => parseStat(read(`/proc/${pid}/stat`))?.cpuMs;

/** What a process is doing, judged by the thread that does most. */
export const activityOf = (threads: readonly ThreadVitals[]): Activity | undefined =>
  (["traced", "stopped", "runnable", "asleep"] as const).find((activity) =>
    threads.some((thread) => thread.activity === activity),
  );

/** The threads of a process in one line, with the CPU time that each has used since they were looked at `before`. */
export const describeThreads = (before: readonly ThreadVitals[], after: readonly ThreadVitals[]): string => {
  const cpuMsBefore = new Map(before.map(({ id, cpuMs }) => [id, cpuMs]));
  const lines = after.map(({ id, name, activity, cpuMs, waitsIn }) => {
    const used = cpuMs - (cpuMsBefore.get(id) ?? cpuMs);
    const where = /^[a-z]\w*$/.test(waitsIn) ? ` in ${waitsIn}` : "";
    return `${name} ${activity}${where} +${used} ms`;
  });
  const counts = Map.groupBy(lines, (line) => line);
  return [...counts].map(([line, { length }]) => (length > 1 ? `${length} × ${line}` : line)).join(", ");
};
