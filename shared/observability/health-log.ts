/**
 * At which level requests for a worker's health are logged. Whatever watches Fountain asks all day, and would crowd out the
 * lines that matter.
 */
import type { Level } from "./log.ts";

const HEALTH_ROUTES = /(?:^|\/)(?:health|ready)$/;
const REPEAT_MS = 60_000;

/** Whether a route, given by its template, only says that the worker is well. */
export const isHealthRoute = (template: string): boolean => HEALTH_ROUTES.test(template);

export interface HealthLog {
  /** A check that succeeds is of interest to debugging only, but for the first after one that failed. */
  succeeded(template: string): Level;
  /** A check that fails is logged when that begins, and from then on once a minute. */
  failed(template: string): Level;
}

export const createHealthLog = (now: () => number): HealthLog => {
  const loggedAtMs = new Map<string, number>();
  return {
    succeeded: (template) => (loggedAtMs.delete(template) ? "info" : "debug"),
    failed: (template) => {
      const last = loggedAtMs.get(template);
      if (last !== undefined && now() - last < REPEAT_MS) return "debug";
      loggedAtMs.set(template, now());
      return "error";
    },
  };
};
