/** The targets of all upstreams, as one process calls them and knows them. */
import type { Upstream } from "../compiled.ts";
import type { Egress, Reach } from "../ports.ts";
import { createHealthChecks } from "./checks.ts";
import { createRunCall, type RunOptions } from "./run.ts";
import { createUpstreamStates } from "./states.ts";

export type TargetsOptions = Omit<RunOptions, "states" | "checks"> & { reach: Reach };

export interface Targets extends Pick<Egress, "run" | "show"> {
  /** Drops what is known of upstreams that are not among these. */
  keep(upstreams: ReadonlyMap<string, Upstream>): void;
  /** Makes the health checks that are due. */
  check(upstreams: ReadonlyMap<string, Upstream>): Promise<void>;
}

export const createTargets = ({ reach, ...options }: TargetsOptions): Targets => {
  const { now, log } = options;
  const states = createUpstreamStates({ now, log });
  const checks = createHealthChecks({ reach, now, log });
  return {
    run: createRunCall({ ...options, states, checks }),
    show: states.show,
    keep: states.keep,
    check: async (upstreams) => {
      await Promise.all([...upstreams.values()].map((upstream) => checks(states.of(upstream))));
    },
  };
};
