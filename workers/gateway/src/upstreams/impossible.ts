/** What of an upstream can never apply, whatever else is configured: it is refused instead of stored. */
import { overlap } from "../matching/overlap.ts";
import { namesIn, storedPattern } from "../matching/pattern.ts";
import { refusedTargets, type TargetRules } from "./target-rules.ts";
import { prefixOf, type RouteBody, type UpstreamBody, withPrefix } from "./upstream.ts";

/** A part of what is configured: where it stands, and what is wrong with it. */
export interface FaultyPart {
  path: PropertyKey[];
  detail: string;
}

/** Rules about calls that no upstream with this prefix gets. */
const refusedRules = (name: string, body: UpstreamBody): FaultyPart[] => {
  const prefix = prefixOf(name, body);
  const all = storedPattern(`* ${withPrefix(prefix, "/**")}`);
  return (body.firewall ?? []).flatMap(({ calls = [] }, rule) =>
    calls.flatMap((call, at) =>
      overlap(storedPattern(call), all)
        ? []
        : [
            {
              path: ["firewall", rule, "calls", at],
              detail: `must begin with ${prefix}, as the paths of all calls do`,
            },
          ],
    ),
  );
};

/** Policies of a route that look at names which the route's pattern does not have. */
const refusedConditions = ({ match, policy }: RouteBody): FaultyPart[] => {
  const names = new Set(namesIn(storedPattern(match)));
  return [policy].flat().flatMap((one, at) =>
    Object.keys(typeof one === "object" ? (one.when.path ?? {}) : {})
      .filter((name) => !names.has(name))
      .map((name) => ({
        path: ["policy", ...(Array.isArray(policy) ? [at] : []), "when", "path", name],
        detail: `must be a name in the route's match, such as {${name}} in GET /items/{${name}}`,
      })),
  );
};

/** Limits that count the same calls under one name, so that a refusal would not say which of them it is. */
const refusedLimits = ({ limits = [], routes = [] }: UpstreamBody): FaultyPart[] => {
  const shared = limits.map(({ name }) => name);
  const repeatedIn = (names: readonly string[], path: PropertyKey[]): FaultyPart[] =>
    names.flatMap((name, at) => {
      const isTaken = names.indexOf(name) !== at || (path.length > 1 && shared.includes(name));
      return isTaken
        ? [{ path: [...path, at, "name"], detail: "must be another name than that of a limit beside it" }]
        : [];
    });
  return [
    ...repeatedIn(shared, ["limits"]),
    ...routes.flatMap((route, at) =>
      repeatedIn(
        (route.limits ?? []).map(({ name }) => name),
        ["routes", at, "limits"],
      ),
    ),
  ];
};

/** Each part of an upstream that may not be. */
export const refusedParts = (name: string, body: UpstreamBody, rules: TargetRules): FaultyPart[] => [
  ...refusedTargets(body, rules),
  ...refusedRules(name, body),
  ...refusedLimits(body),
  ...(body.routes ?? []).flatMap((route, at) =>
    refusedConditions(route).map(({ path, detail }) => ({ path: ["routes", at, ...path], detail })),
  ),
];
