/** Runs a call of an upstream on one of its targets, each chosen as often as its weight says. */
import { Problem, problem } from "#shared/problem/problem.ts";
import { unavailable } from "../../backends/unavailable.ts";
import type { RunCall } from "../ports.ts";
import type { Target } from "../target.ts";

const LOST = "The service cannot be reached or sent no valid response. The request may have taken effect.";
const TOO_LATE = "The service did not respond in time, and the request may have taken effect.";

const pickTarget = (targets: readonly Target[], random: () => number): Target | undefined => {
  let rest = random() * targets.reduce((sum, { weight }) => sum + weight, 0);
  for (const target of targets) {
    rest -= target.weight;
    if (rest < 0) return target;
  }
  return undefined;
};

export interface RunOptions {
  /** Milliseconds since the epoch. */
  now: () => number;
  random: () => number;
}

export const createRunCall =
  ({ now, random }: RunOptions): RunCall =>
  async ({ upstream: { name, targets }, deadlineAtMs }, attempt) => {
    const target = pickTarget(targets, random);
    if (target === undefined) throw unavailable(new Error(`${name} has no target`), `${name} has no target.`);
    const response = await attempt(target, Math.max(1, deadlineAtMs - now())).catch((cause: unknown) => {
      throw cause instanceof Problem ? cause : problem("bad-gateway", { detail: LOST, cause });
    });
    if (response === undefined)
      throw problem("gateway-timeout", { detail: TOO_LATE, cause: new Error(`${name} did not respond in time`) });
    return response;
  };
