/** Runs every worker's maintenance jobs at a fixed interval: plain workerd has no cron of its own. */

import { callLocal, isUnreachable } from "./local-http.ts";

const MAINTENANCE_TIMEOUT_MS = 60_000;

/** A run of one worker's maintenance jobs. Rejects when it failed or took too long. */
export type RunMaintenance = (worker: string) => Promise<void>;

export interface SchedulerOptions {
  workers: readonly string[];
  intervalMs: number;
  runMaintenance: RunMaintenance;
  /** Called when a worker's maintenance jobs begin to fail, and when they run again: not at every failure. */
  onChange(message: string): void;
}

/** Has the jobs run over the internal socket. */
export const maintenanceOver =
  (socketPath: string): RunMaintenance =>
  async (worker) => {
    const run = { method: "POST", path: `/cron/${worker}`, timeoutMs: MAINTENANCE_TIMEOUT_MS } as const;
    const response = await callLocal({ to: { socketPath }, ...run }).catch((error: unknown) => {
      // It is being started again, which the supervisor reports.
      if (isUnreachable(error)) return undefined;
      throw error;
    });
    if (response && response.status !== 204) throw new Error(response.text || `status ${response.status}`);
  };

/** Starts the rounds, one run at a time per worker, and returns what ends them. */
export const startScheduler = ({ workers, intervalMs, runMaintenance, onChange }: SchedulerOptions): (() => void) => {
  const running = new Set<string>();
  const failing = new Set<string>();

  const run = async (worker: string): Promise<void> => {
    if (running.has(worker)) return;
    running.add(worker);
    try {
      await runMaintenance(worker);
      if (failing.delete(worker)) onChange(`the maintenance jobs of ${worker} run again`);
    } catch (error) {
      if (!failing.has(worker))
        onChange(`the maintenance jobs of ${worker} fail: ${error instanceof Error ? error.message : error}`);
      failing.add(worker);
    } finally {
      running.delete(worker);
    }
  };
  const timer = setInterval(() => {
    for (const worker of workers) void run(worker);
  }, intervalMs);
  return () => clearInterval(timer);
};
