/** Bounded waits on another worker. */

/** The result of the work, or `undefined` if it takes longer than `limitMs`; the work itself continues. */
export const withinTime = <Value>(work: Promise<Value>, limitMs: number): Promise<Value | undefined> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
};
