/** What exact limits need of a database. */
import type { Window } from "./windows.ts";

/** A limit for one of those it counts, in one window of time. */
export interface Allowance {
  key: string;
  window: Window;
}

export interface AllowanceStore {
  /**
   * Takes calls: at most as many as are wanted, and a quarter of what is left, so that no process keeps what another needs.
   * None are granted once as many as the limit are taken.
   */
  take(allowance: Allowance & { limit: number; wanted: number }): Promise<{ granted: number; left: number }>;
  /** How many calls are taken. */
  countTaken(allowance: Allowance): Promise<number>;
  /** Gives back calls that were taken and not used. To be called once for each: it is not safe to repeat. */
  giveBack(allowance: Allowance & { unused: number }): Promise<void>;
  /** Deletes what is about windows that ended before this instant. */
  prune(endedBeforeMs: number): Promise<void>;
}
