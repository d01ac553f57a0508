/** What of an object of any kind can never be: it is refused instead of stored. */
import { routeLimitBody } from "../limits/limit.ts";
import { repeatedNames } from "../matching/pattern.ts";
import { policyBody } from "../policies/policy.ts";
import { type FaultyPart, refusedParts } from "../upstreams/impossible.ts";
import type { TargetRules } from "../upstreams/target-rules.ts";
import { upstreamBody } from "../upstreams/upstream.ts";
import type { StoredObject } from "./stored.ts";

type Configured = Pick<StoredObject, "kind" | "name" | "body">;

const inPattern = (path: PropertyKey[], written: string): FaultyPart[] =>
  repeatedNames(written).map((name) => ({
    path,
    detail: `must have {${name}} once: it stands for one part of a path`,
  }));

/** What is found in an object of each kind. */
const FINDERS = {
  upstream: ({ name, body }: Configured, rules: TargetRules) => {
    const { routes = [], firewall = [], ...upstream } = upstreamBody.parse(body);
    return [
      ...refusedParts(name, { ...upstream, routes, firewall }, rules),
      ...routes.flatMap(({ match }, at) => inPattern(["routes", at, "match"], match)),
      ...firewall.flatMap(({ calls = [] }, rule) =>
        calls.flatMap((call, at) => inPattern(["firewall", rule, "calls", at], call)),
      ),
    ];
  },
  limit: ({ body }: Configured) => inPattern(["match"], routeLimitBody.parse(body).match),
  policy: ({ body }: Configured) =>
    policyBody.parse(body).routes.flatMap((route, at) => inPattern(["routes", at], route)),
} as const;

/** Where and why the object can never work; none: it may be stored. */
export const refusedIn = (object: Configured, rules: TargetRules): FaultyPart[] => FINDERS[object.kind](object, rules);
