/** Which target a call goes to: one that is available, each as often as its weight says. */
import { isAvailable, type TargetState } from "./target-state.ts";

const byWeight = (targets: readonly TargetState[], random: () => number): TargetState | undefined => {
  let rest = random() * targets.reduce((sum, { weight }) => sum + weight, 0);
  for (const target of targets) {
    rest -= target.weight;
    if (rest < 0) return target;
  }
  // What is left of a sum of fractions.
  return targets.at(-1);
};

export interface Choice {
  targets: readonly TargetState[];
  /** Those that failed this call. */
  tried: ReadonlySet<TargetState>;
  nowMs: number;
  /** From 0 to 1, without 1. */
  random: () => number;
}

/**
 * The target: at best an available one that has not failed this call, or one that has; where none is available, any. `undefined`:
 * no target gets calls.
 */
export const chooseTarget = ({ targets, tried, nowMs, random }: Choice): TargetState | undefined => {
  const all = targets.filter(({ weight }) => weight > 0);
  const available = all.filter((target) => isAvailable(target, nowMs));
  const ranks = [available.filter((target) => !tried.has(target)), available, all.filter((t) => !tried.has(t)), all];
  return byWeight(ranks.find((rank) => rank.length > 0) ?? [], random);
};
