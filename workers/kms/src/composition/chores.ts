/** What the kms does from time to time. Every chore is harmless when it is run twice at once, or more often than needed. */

export interface Chore {
  name: string;
  /** How long to wait after one run before the next; 0: at every round. */
  everyMs: number;
  run(): Promise<void>;
}

export interface ChoreOptions {
  now: () => number;
  onFailure: (name: string, error: unknown) => void;
}

/** One round: runs the chores that are due, each whatever became of the ones before. Rejects when one has failed. */
export const createChores = (chores: readonly Chore[], { now, onFailure }: ChoreOptions): (() => Promise<void>) => {
  const ranAtMs = new Map<string, number>();

  const runOne = async ({ name, run }: Chore): Promise<string[]> => {
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
    for (const chore of chores) {
      const last = ranAtMs.get(chore.name) ?? Number.NEGATIVE_INFINITY;
      if (now() - last >= chore.everyMs) failed.push(...(await runOne(chore)));
    }
    if (failed.length > 0) throw new Error(`maintenance jobs failed: ${failed.join(", ")}`);
  };
};
