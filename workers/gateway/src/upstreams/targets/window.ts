/** What happened in the last ten seconds, counted by the second: memory does not grow with the number of calls. */

const SECONDS = 10;

const COUNTED = ["calls", "failures", "retries"] as const;
type Counts = Record<(typeof COUNTED)[number], number>;

export interface RollingWindow {
  add(counted: keyof Counts): void;
  totals(): Readonly<Counts>;
  /** Forgets everything. */
  clear(): void;
}

const none = (): Counts => ({ calls: 0, failures: 0, retries: 0 });

/** `now`: milliseconds since the epoch. */
export const createRollingWindow = (now: () => number): RollingWindow => {
  const slots = Array.from({ length: SECONDS }, () => ({ second: Number.NEGATIVE_INFINITY, counts: none() }));
  const currentSecond = () => Math.floor(now() / 1000);
  return {
    add: (counted) => {
      const second = currentSecond();
      const slot = slots[second % SECONDS];
      if (slot === undefined) return;
      if (slot.second !== second) Object.assign(slot, { second, counts: none() });
      slot.counts[counted] += 1;
    },
    totals: () => {
      const oldest = currentSecond() - SECONDS;
      const sum = none();
      for (const { second, counts } of slots)
        if (second > oldest) for (const name of COUNTED) sum[name] += counts[name];
      return sum;
    },
    clear: () => {
      for (const slot of slots) slot.second = Number.NEGATIVE_INFINITY;
    },
  };
};
