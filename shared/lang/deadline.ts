/** Bounded waits on another worker. */

/** What the work gives, or `undefined` when it takes longer than `limitMs`; the work itself goes on. */
export const withinTime = <Value>(work: Promise<Value>, limitMs: number): Promise<Value | undefined> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
};
