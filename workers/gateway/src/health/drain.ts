/** Lets a load balancer turn away before this process ends: once it drains, it is not ready, and serves on. */
import { unavailable } from "../backends/unavailable.ts";

/** So long must no request come before the load balancer is taken to have turned away. */
export const QUIET_MS = 2_000;
/** A load balancer that has not turned away by then will not. */
export const MAX_DRAIN_MS = 30_000;

export interface Drainable {
  /** From now on `probe` fails. Resolves once no more requests come. */
  drain: () => Promise<void>;
  /** Resolves if this process can serve and is not draining; fails with the problem `unavailable` otherwise. */
  probe: () => Promise<void>;
}

export interface Draining {
  probe: () => Promise<void>;
  /** How many requests were served so far, probes not counted. */
  served: () => number;
  sleep: (ms: number) => Promise<void>;
}

/** A probe that can be made to fail for good. */
export const drainable = ({ probe, served, sleep }: Draining): Drainable => {
  let draining = false;
  return {
    drain: async () => {
      draining = true;
      let before: number;
      let waitedMs = 0;
      do {
        before = served();
        await sleep(QUIET_MS);
        waitedMs += QUIET_MS;
      } while (served() !== before && waitedMs < MAX_DRAIN_MS);
    },
    probe: async () => {
      if (draining) throw unavailable(new Error("draining"), "This process is shutting down.");
      await probe();
    },
  };
};
