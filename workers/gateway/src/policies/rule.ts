/** A policy as calls are decided by it: compiled once for each change of the configuration. */
import { type PathParameters, type Pattern, storedPattern } from "../matching/pattern.ts";
import { type Condition, conditionsOf, type Effect } from "./conditions.ts";
import type { PolicyBody, RoutePolicyBody } from "./policy.ts";

export interface Rule {
  /** Under which it is configured; of one in a route, the upstream and the route. */
  name: string;
  effect: Effect;
  dryRun: boolean;
  patterns: readonly Pattern[];
  conditions: readonly Condition[];
}

export const compileRule = (
  name: string,
  { effect, when, dryRun = false, ...rest }: PolicyBody | RoutePolicyBody,
): Rule => ({
  name,
  effect,
  dryRun,
  patterns: "routes" in rest ? rest.routes.map(storedPattern) : [],
  conditions: conditionsOf(when, effect),
});

/** What the names in the patterns that the call fits stand for; `undefined`: it fits none. */
export const parametersIn = (
  { patterns }: Rule,
  method: string,
  segments: readonly string[],
): PathParameters | undefined => {
  const fitting = patterns.map((pattern) => pattern.match(method, segments)).filter((found) => found !== undefined);
  return fitting.length === 0 ? undefined : Object.assign({}, ...fitting);
};
