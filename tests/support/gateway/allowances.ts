/** What exact limits are counted by, in memory: as the database does it. */
import type { Allowance, AllowanceStore } from "../../../workers/gateway/src/limits/allowance.ts";

/** `taken`: by key and the start of the window. */
export const createTestAllowances = (): AllowanceStore & { taken: Map<string, number> } => {
  const taken = new Map<string, number>();
  const placeOf = ({ key, window }: Allowance): string => `${key} ${window.startMs}`;
  return {
    taken,
    take: async ({ limit, wanted, ...allowance }) => {
      const before = taken.get(placeOf(allowance)) ?? 0;
      const granted = Math.min(limit - before, wanted, Math.max(1, Math.floor((limit - before) / 4)));
      taken.set(placeOf(allowance), before + granted);
      return { granted, left: limit - before - granted };
    },
    countTaken: async (allowance) => taken.get(placeOf(allowance)) ?? 0,
    giveBack: async ({ unused, ...allowance }) => {
      taken.set(placeOf(allowance), (taken.get(placeOf(allowance)) ?? 0) - unused);
    },
    prune: async () => {},
  };
};
