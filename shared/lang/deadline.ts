/** Bounded waits on another worker. */

/** The result of the work, or `undefined` if it takes longer than `limitMs`; the work itself continues. */
export const withinTime = <Value>(work: Promise<Value>, limitMs: number): Promise<Value | undefined> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), limitMs);
    const settling =
      <Settled>(settle: (settled: Settled) => void) =>
      (settled: Settled): void => {
        clearTimeout(timer);
        settle(settled);
      };
    work.then(settling(resolve), settling(reject));
  });
