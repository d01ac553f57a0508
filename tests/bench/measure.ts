/** Takes times and says what they amount to. Milliseconds throughout. */

/** How long the work took. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

/** The smallest time that the given share of all does not exceed (nearest rank). */
export const percentile = (times: readonly number[], share: number): number => {
  const sorted = times.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("nothing was measured");
  return value;
};

export const median = (times: readonly number[]): number => percentile(times, 0.5);

/** The times of `count` calls, `concurrency` of them at once; the first call is told 0. */
export const timesOf = async (
  { count, concurrency }: { count: number; concurrency: number },
  call: (index: number) => Promise<unknown>,
): Promise<number[]> => {
  const times: number[] = [];
  let next = 0;
  const loop = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) times.push(await timed(() => call(index)));
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  return times;
};
