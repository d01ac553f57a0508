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
}

export interface LimitsOptions {
  counts: LocalCounts;
  leases: Pick<Leases, "take" | "peek" | "giveBack">;
  /** Called for each call that a limit refuses. */
  onRefusal: (limit: Limit, call: LimitedCall) => void;
  /** Milliseconds since the epoch. */
  now: () => number;
}

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

  const waitFor = async (
    call: LimitedCall,
    { limit, who, taking }: { limit: Limit; who: string; taking: Promise<LeasedOutcome> },
    rest: readonly { limit: Limit; who: string }[],
    applied: Applied[],
  ): Promise<Applied | undefined> => {
    try {
      const one = { limit, who, outcome: await taking };
      return apply(call, applied, one) ? one : await countExactly(call, rest, applied);
    } catch (error) {
      applied.forEach(takeBack);
      throw error;
    }
  };

  const countExactly = (
    call: LimitedCall,
    rest: readonly { limit: Limit; who: string }[],
    applied: Applied[],
  ): Applied | undefined | Promise<Applied | undefined> => {
    for (const [at, { limit, who }] of rest.entries()) {
      const outcome = leases.take(limit, who);
      if (outcome instanceof Promise)
        return waitFor(call, { limit, who, taking: outcome }, rest.slice(at + 1), applied);
      const one = { limit, who, outcome };
      if (apply(call, applied, one)) return one;
    }
    return undefined;
  };

  const count = (
    rules: readonly Rule[],
    call: LimitedCall,
    sender: Sender,
    applied: Applied[],
  ): Applied | undefined | Promise<Applied | undefined> => {
    const nowMs = now();
    const { method, path } = call;
    const exact: { limit: Limit; who: string }[] = [];
    for (const rule of rules) {
      const { limit } = rule;
      const who = fits(rule, method, path) ? countedAs(limit.per, sender) : undefined;
      if (who === undefined) continue;
      if (limit.local) {
        const one = { limit, who, outcome: limit.local.take(who, nowMs) };
        if (apply(call, applied, one)) return one;
      } else exact.push({ limit, who });
    }
    return exact.length === 0 ? undefined : countExactly(call, exact, applied);
  };

  const peek = async (
    rules: readonly Rule[],
    { method, path }: LimitedCall,
    sender: Sender,
  ): Promise<Limit | undefined> => {
    for (const rule of rules) {
      const { limit } = rule;
      const who = fits(rule, method, path) ? countedAs(limit.per, sender) : undefined;
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
        count: (stage, sender) => count(fitting[stage], call, sender, applied),
        peek: (stage, sender) => peek(fitting[stage], call, sender),
      };
    },
  };
};
