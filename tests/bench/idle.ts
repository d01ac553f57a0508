/** What an installation that no one calls takes: the time of a start with data that is there already, and memory. */
import { readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { hasEnded, stopProcess } from "../../runtime/local/process.ts";
import { NPM_START, type StartedProcess, spawnStart } from "../support/workerd.ts";
import { type Goal, goalTable } from "./load/report.ts";
import { timed } from "./measure.ts";
import type { Table } from "./table.ts";

const STARTS = 5;
/** Until what a start needed has been returned. */
const SETTLE_MS = 10_000;
const KIB_A_MB = 1_000_000 / 1_024;

/** Megabytes that a process has in memory; shared pages count with each. */
const residentMb = (pid: number): number => {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) / KIB_A_MB;
};

const descendants = (pid: number): number[] => {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
  return [pid, ...children.flatMap(descendants)];
};

const ready = async (started: StartedProcess): Promise<void> => {
  await started.readyOrEnded();
  if (hasEnded(started.child)) throw new Error(started.lines.join("\n"));
};

const residentOf = async (settings: Record<string, string>): Promise<number> => {
  const started = await spawnStart(settings);
  try {
    await ready(started);
    await sleep(SETTLE_MS);
    return descendants(started.child.pid ?? 0).reduce((sum, pid) => sum + residentMb(pid), 0);
  } finally {
    await stopProcess(started.child);
  }
};

export const benchIdle = async (): Promise<Table> => {
  const first = await spawnStart({ ADMIN_PASSWORD: "correct horse battery staple 7" });
  const settings = { FOUNTAIN_HOME: first.home, PORT: String(first.port) };
  try {
    await ready(first);
    await stopProcess(first.child);
    const seconds: number[] = [];
    for (let start = 0; start < STARTS; start += 1) {
      let started: StartedProcess | undefined;
      const took = await timed(async () => {
        started = await spawnStart(settings, NPM_START);
        await ready(started);
      });
      seconds.push(took / 1_000);
      if (started) await stopProcess(started.child);
    }
    const resident = await residentOf(settings);
    const goals: Goal[] = [
      {
        measure: "npm start with data that is there",
        values: seconds,
        mustReach: 1.5,
        tryFor: 1,
        isLess: true,
        unit: " s",
      },
      {
        measure: "all processes, resident",
        values: [resident],
        mustReach: 300,
        tryFor: 200,
        isLess: true,
        unit: " MB",
      },
    ];
    return goalTable("Idle", `${STARTS} starts; memory ${SETTLE_MS / 1_000} s after the last.`, goals);
  } finally {
    rmSync(first.home, { recursive: true, force: true });
  }
};
