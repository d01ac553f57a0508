/** Lets a load balancer turn away before this process ends: once it drains, it is not ready, and serves on. */
import { unavailable } from "../backends/unavailable.ts";

export interface Drainable {
  /** From now on `probe` fails. */
  drain: () => void;
  /** Resolves if this process can serve and is not draining; fails with the problem `unavailable` otherwise. */
  probe: () => Promise<void>;
}

/** A probe that can be made to fail for good. */
export const drainable = (probe: () => Promise<void>): Drainable => {
  let draining = false;
  return {
    drain: () => {
      draining = true;
    },
    probe: async () => {
      if (draining) throw unavailable(new Error("draining"), "This process is shutting down.");
      await probe();
    },
  };
};
