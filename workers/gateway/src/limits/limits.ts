/**
 * Counts calls. All limits that fit a call count it; the first that refuses it decides, and then none has counted it.
 */
import {
  type CompiledLimits,
  compileLimits,
  fits,
  type LimitedConfiguration,
  type LimitedTarget,
  type Rule,
} from "./compiled.ts";
import { rank, type UsedLimit } from "./consumers.ts";
import { countedAs, type Sender } from "./counted.ts";
import type { Outcome } from "./gcra.ts";
import type { LeasedOutcome, Leases } from "./leases.ts";
import type { LocalCounts } from "./local-counts.ts";
import { createOpenLimits, type Limit, type Stage } from "./open-limits.ts";

/** A call that goes somewhere. */
export interface LimitedCall {
  configuration: LimitedConfiguration | undefined;
  target: LimitedTarget;
  method: string;
  /** As the caller sent it, canonical. */
  path: string;
}

/** A limit that a call was held against. */
export interface Applied {
  limit: Limit;
  /** As whom it counts the call. */
  who: string;
  outcome: Outcome | LeasedOutcome;
}

/** A call on its way past the limits that may fit it. */
export interface Passage {
  /** Those that it was held against so far. */
  applied: readonly Applied[];
  /**
   * Counts the call by the limits of a stage. Gives the one that refuses it. Throws `Unavailable` where an exact one cannot be
   * counted. In both cases none that was applied has counted it.
   */
  count(stage: Stage, sender: Sender): Applied | undefined | Promise<Applied | undefined>;
  /** The limit of a stage that would refuse the call now. It counts nothing. */
  peek(stage: Stage, sender: Sender): Promise<Limit | undefined>;
}

export interface Limits {
  /** `undefined`: no limit fits the call. */
  passageOf(call: LimitedCall): Passage | undefined;
  /** How much is used up of the limits of this scope, as this process counts them. */
  usage(scope: string): UsedLimit[];
}

export interface LimitsOptions {
  counts: LocalCounts;
  leases: Pick<Leases, "take" | "peek" | "giveBack" | "consumers">;
  /** Called for each call that a limit refuses. */
  onRefusal: (limit: Limit, call: LimitedCall) => void;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** As whom a rule counts the call; `undefined`: it does not. */
const whoIn = (rule: Rule, { method, path }: LimitedCall, sender: Sender): string | undefined =>
  fits(rule, method, path) ? countedAs(rule.limit.per, sender) : undefined;

export const createLimits = ({ counts, leases, onRefusal, now }: LimitsOptions): Limits => {
  const opened = createOpenLimits(counts);
  const compiled = new WeakMap<LimitedConfiguration, CompiledLimits>();
  const { all: defaults, ...compiledDefaults } = compileLimits(undefined, opened);
  let newest = Number.NEGATIVE_INFINITY;

  const compiledFor = (configuration: LimitedConfiguration | undefined): CompiledLimits => {
    if (configuration === undefined) return compiledDefaults;
    const known = compiled.get(configuration);
    if (known) return known;
    const { all, ...made } = compileLimits(configuration, opened);
    compiled.set(configuration, made);
    if (configuration.revision >= newest) {
      newest = configuration.revision;
      opened.keep(new Set([...defaults, ...all]));
    }
    return made;
  };

  const takeBack = ({ limit, who, outcome }: Applied): void => {
    if (!outcome.admitted) return;
    if ("lease" in outcome) leases.giveBack(outcome);
    else limit.local?.giveBack(who);
    outcome.remaining += 1;
    outcome.admitted = false;
  };

  /** Whether the call was refused, by the limit that was applied last. */
  const apply = (call: LimitedCall, applied: Applied[], one: Applied): boolean => {
    applied.push(one);
    if (one.outcome.admitted) return false;
    onRefusal(one.limit, call);
    applied.forEach(takeBack);
    return true;
  };

  /** Counts the call by the rules from this one on: first by those in memory, then one after another by those that may wait. */
  const countFrom = (
    first: number,
    rules: readonly Rule[],
    call: LimitedCall,
    sender: Sender,
    applied: Applied[],
  ): Applied | undefined | Promise<Applied | undefined> => {
    const nowMs = now();
    for (let at = first; at < rules.length; at += 1) {
      const rule = rules[at];
      const who = rule && whoIn(rule, call, sender);
      if (rule === undefined || who === undefined) continue;
      const { limit } = rule;
      const outcome = limit.local ? limit.local.take(who, nowMs) : leases.take(limit, who);
      if (outcome instanceof Promise)
        return outcome.then(
          (known) => {
            const one = { limit, who, outcome: known };
            return apply(call, applied, one) ? one : countFrom(at + 1, rules, call, sender, applied);
          },
          (error: unknown) => {
            applied.forEach(takeBack);
            throw error;
          },
        );
      const one = { limit, who, outcome };
      if (apply(call, applied, one)) return one;
    }
    return undefined;
  };

  const peek = async (rules: readonly Rule[], call: LimitedCall, sender: Sender): Promise<Limit | undefined> => {
    for (const rule of rules) {
      const { limit } = rule;
      const who = whoIn(rule, call, sender);
      if (who === undefined) continue;
      const isAdmitted = limit.local ? limit.local.peek(who, now()).admitted : await leases.peek(limit, who);
      if (!isAdmitted) return limit;
    }
    return undefined;
  };

  return {
    passageOf: (call) => {
      const fitting = compiledFor(call.configuration).fitting(call.target, call.method, call.path);
      if (fitting === undefined) return undefined;
      const applied: Applied[] = [];
      return {
        applied,
        count: (stage, sender) => countFrom(0, fitting[stage], call, sender, applied),
        peek: (stage, sender) => peek(fitting[stage], call, sender),
      };
    },
    usage: (scope) =>
      opened.within(scope).map((limit) => ({
        scope: limit.scope,
        name: limit.name,
        allowed: limit.allowed,
        exact: limit.local === undefined,
        ...rank(limit.local?.consumers(now()) ?? leases.consumers(limit)),
      })),
  };
};
