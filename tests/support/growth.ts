/**
 * How the work that a function does grows with its input. Measured is the processor time of this thread, and only ratios
 * of it are looked at, so that a busy machine does not decide.
 */

const FIRST_SIZE = 8;
const LAST_SIZE = 2 ** 16;
/** In small steps at first, so that exponential work shows before it hangs. */
const nextSize = (size: number): number => Math.ceil(size * (size < 64 ? 1.2 : 2));
/** What takes less is decided by the engine and the clock. Quadratic work takes minutes with the last size. */
const LONG_ENOUGH_MS = 10;
/** The processor time of a thread is counted in steps of some milliseconds. */
const MEASURED_MS = 50;
/** Linear work takes four times as long, quadratic sixteen times. */
const MAX_RATIO = 10;
const ATTEMPTS = 3;

/** Processor time of one run, over as many as it takes to measure it. */
const costOf = (work: () => unknown): number => {
  const before = process.threadCpuUsage();
  for (let runs = 1; ; runs += 1) {
    work();
    const { user, system } = process.threadCpuUsage(before);
    const totalMs = (user + system) / 1_000;
    if (totalMs > MEASURED_MS) return totalMs / runs;
  }
};

const isLong = (work: () => unknown): boolean => {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt > LONG_ENOUGH_MS;
};

const looksLinear = (workOfSize: (size: number) => () => unknown): boolean => {
  for (let size = FIRST_SIZE; size <= LAST_SIZE; size = nextSize(size)) {
    const work = workOfSize(size);
    // Twice, as the first run may have been interrupted.
    if (!isLong(work) || !isLong(work)) continue;
    return costOf(work) / costOf(workOfSize(Math.floor(size / 4))) < MAX_RATIO;
  }
  return true;
};

/** True when four times the input takes about four times the work, in one of a few attempts. */
export const growsLinearly = (workOfSize: (size: number) => () => unknown): boolean =>
  Array.from({ length: ATTEMPTS }).some(() => looksLinear(workOfSize));
