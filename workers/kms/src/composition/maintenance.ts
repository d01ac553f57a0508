/** The maintenance jobs of the kms. Each is harmless when it runs twice at once, or more often than needed. */

export interface MaintenanceJob {
  name: string;
  /** How long to wait after one run before the next; 0: at every round. */
  everyMs: number;
  run(): Promise<void>;
}

export interface MaintenanceOptions {
  now: () => number;
  onFailure: (name: string, error: unknown) => void;
}

/** One round: runs the jobs that are due, each whatever became of the ones before. Rejects when one has failed. */
export const createMaintenance = (
  jobs: readonly MaintenanceJob[],
  { now, onFailure }: MaintenanceOptions,
): (() => Promise<void>) => {
  const ranAtMs = new Map<string, number>();

  const runOne = async ({ name, run }: MaintenanceJob): Promise<string[]> => {
    const startedAtMs = now();
    try {
      await run();
      ranAtMs.set(name, startedAtMs);
      return [];
    } catch (error) {
      onFailure(name, error);
      return [name];
    }
  };

  return async () => {
    const failed: string[] = [];
    for (const job of jobs) {
      const last = ranAtMs.get(job.name) ?? Number.NEGATIVE_INFINITY;
      if (now() - last >= job.everyMs) failed.push(...(await runOne(job)));
    }
    if (failed.length > 0) throw new Error(`maintenance jobs failed: ${failed.join(", ")}`);
  };
};
