/** Notes what rules of operators refuse: each call in the metrics, and at most one line a second and rule in the log. */
import { createRecentMemory } from "#shared/lang/recent-memory.ts";
import { noteRule } from "#shared/observability/context.ts";
import type { Log } from "#shared/observability/log.ts";
import { countLimited, countRefusal } from "#shared/observability/metrics.ts";

/** `dry-run`: a policy that would have refused, and let the call pass. */
export type RefusedBy = "firewall" | "path" | "policy" | "dry-run" | "limit";

export interface RefusalLog {
  /** `rule`: its name; `call`: the method and the route. */
  note(by: RefusedBy, rule: string, call: string): void;
}

const EVENTS = {
  firewall: "firewall-refused",
  path: "path-refused",
  policy: "policy-refused",
  "dry-run": "policy-would-refuse",
  limit: "limit-reached",
} as const satisfies Record<RefusedBy, string>;

const PAUSE_MS = 1_000;
/** Of all rules that can be configured, most. */
const MAX_RULES = 4_096;

export interface RefusalLogOptions {
  log: Log;
  /** Milliseconds since the epoch. */
  now: () => number;
}

export const createRefusalLog = ({ log, now }: RefusalLogOptions): RefusalLog => {
  const lines = createRecentMemory<{ atMs: number; unlogged: number }>({ max: MAX_RULES, keepMs: 60_000, now });
  return {
    note: (by, rule, call) => {
      countRefusal({ by });
      if (by !== "dry-run") noteRule(rule);
      const key = `${by} ${rule}`;
      const last = lines.get(key);
      if (last && now() - last.atMs < PAUSE_MS) {
        last.unlogged += 1;
        return;
      }
      log("info", EVENTS[by], { rule, call, ...(last && last.unlogged > 0 && { unlogged: last.unlogged }) });
      lines.set(key, { atMs: now(), unlogged: 0 });
    },
  };
};

/** Notes what limits refuse, and counts it by limit. */
export const noteLimited =
  ({ note }: RefusalLog) =>
  ({ name }: { name: string }, { method, target }: { method: string; target: { template: string } }): void => {
    countLimited(name);
    note("limit", name, `${method} ${target.template}`);
  };
