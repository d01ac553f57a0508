/** What this process knows of the upstreams that were called. It survives changes of the configuration, and ends with its upstream. */
import type { Log } from "#shared/observability/log.ts";
import { setUpstreamBreakersOpen } from "#shared/observability/upstream-metrics.ts";
import type { Upstream } from "../compiled.ts";
import type { ShownState } from "../state.ts";
import type { Target } from "../target.ts";
import { type Breaker, createBreaker } from "./breaker.ts";
import { createPlaces, type Places } from "./places.ts";
import { newTargetState, shownTarget, type TargetState } from "./target-state.ts";
import { createRollingWindow, type RollingWindow } from "./window.ts";

export interface UpstreamState {
  /** As it was configured when it was last called. */
  upstream: Upstream;
  targets: readonly TargetState[];
  window: RollingWindow;
  breaker: Breaker;
  places: Places;
  /** When its health may be checked next, in milliseconds since the epoch. */
  checkAtMs: number;
}

export interface UpstreamStates {
  /** The state of an upstream; a new one, if it was never called. */
  of(upstream: Upstream): UpstreamState;
  show(name: string, targets: readonly Target[]): ShownState;
  /** Drops what is not among these. */
  keep(upstreams: ReadonlyMap<string, Upstream>): void;
}

export interface StatesOptions {
  /** Milliseconds since the epoch. */
  now: () => number;
  log: Log;
}

export const createUpstreamStates = ({ now, log }: StatesOptions): UpstreamStates => {
  const states = new Map<string, UpstreamState>();

  const measure = (): void =>
    setUpstreamBreakersOpen([...states.values()].filter(({ breaker }) => breaker.state() !== "closed").length);

  /** What is known of targets stays where their URLs do. */
  const targetsOf = (targets: readonly Target[], known: readonly TargetState[] = []): TargetState[] =>
    targets.map((target) => ({
      ...(known.find(({ url }) => url === target.url) ?? newTargetState(target)),
      ...target,
    }));

  const create = (upstream: Upstream): UpstreamState => {
    const window = createRollingWindow(now);
    const onChange = (state: "open" | "closed"): void => {
      log(state === "open" ? "error" : "info", `upstream-breaker-${state}`, { upstream: upstream.name });
      measure();
    };
    return {
      upstream,
      targets: targetsOf(upstream.targets),
      window,
      breaker: createBreaker({ window, now, onChange }),
      places: createPlaces(now),
      checkAtMs: now(),
    };
  };

  return {
    of: (upstream) => {
      const state = states.get(upstream.name) ?? create(upstream);
      states.set(upstream.name, state);
      if (state.upstream !== upstream) {
        if (state.upstream.version !== upstream.version) state.targets = targetsOf(upstream.targets, state.targets);
        state.upstream = upstream;
      }
      return state;
    },
    show: (name, targets) => {
      const state = states.get(name);
      return {
        breaker: state?.breaker.state() ?? "closed",
        targets: targetsOf(targets, state?.targets).map((target) => shownTarget(target, now())),
      };
    },
    keep: (upstreams) => {
      for (const name of states.keys()) if (!upstreams.has(name)) states.delete(name);
      measure();
    },
  };
};
