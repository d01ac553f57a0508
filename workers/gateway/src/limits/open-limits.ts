/** The limits that are counted at present. One that stays as it is keeps its count when others change. */
import { paceOf } from "./gcra.ts";
import type { Quota } from "./leases.ts";
import { type CountedBy, type LimitBody, windowSeconds } from "./limit.ts";
import type { LocalCounter, LocalCounts } from "./local-counts.ts";

/** `screen`: before anything is asked of the caller. `meter`: once it is known who calls. */
export type Stage = "screen" | "meter";

/** A limit with its count. */
export interface Limit extends Quota {
  /** What it belongs to. */
  scope: string;
  /** How many calls someone may make at once, or in a window. */
  allowed: number;
  per: readonly CountedBy[];
  stage: Stage;
  /** `undefined`: it is counted by leases. */
  local: LocalCounter | undefined;
}

export interface OpenLimits {
  /** The limit of this name in this scope. With other numbers it is another one. */
  open(scope: string, name: string, body: Omit<LimitBody, "name">): Limit;
  /** Those of this scope, and of those within it. */
  within(scope: string): Limit[];
  /** Forgets all but these. */
  keep(kept: ReadonlySet<Limit>): void;
}

const stageOf = (per: readonly CountedBy[]): Stage =>
  per.every((by) => by === "address" || by === "all") ? "screen" : "meter";

const isExact = ({ exact, window }: Pick<LimitBody, "exact" | "window">): boolean =>
  exact === true || window === "month";

/** In the order in which they are written, each once. */
const partsOf = (per: LimitBody["per"]): CountedBy[] => [...new Set([per].flat())];

export const createOpenLimits = (counts: LocalCounts): OpenLimits => {
  const limits = new Map<string, Limit>();
  let opened = 0;

  const create = (
    id: string,
    { scope, name }: { scope: string; name: string },
    body: Omit<LimitBody, "name">,
  ): Limit => {
    opened += 1;
    const { limit, burst } = body;
    const per = partsOf(body.per);
    const seconds = windowSeconds(body.window);
    const pace =
      isExact(body) || seconds === undefined ? undefined : { limit, windowSeconds: seconds, ...(burst && { burst }) };
    return {
      id,
      number: opened,
      scope,
      name,
      limit,
      allowed: pace?.burst ?? limit,
      windowSeconds: seconds,
      per,
      stage: stageOf(per),
      local: pace && counts.open(paceOf(pace)),
    };
  };

  return {
    open: (scope, name, body) => {
      const { per, limit, window, burst } = body;
      const id = JSON.stringify([scope, name, partsOf(per), limit, window, isExact(body) ? "exact" : (burst ?? limit)]);
      const known = limits.get(id) ?? create(id, { scope, name }, body);
      limits.set(id, known);
      return known;
    },
    within: (scope) =>
      [...limits.values()].filter((limit) => limit.scope === scope || limit.scope.startsWith(`${scope} `)),
    keep: (kept) => {
      for (const [id, limit] of limits) {
        if (kept.has(limit)) continue;
        limits.delete(id);
        if (limit.local) counts.close(limit.local);
      }
    },
  };
};
