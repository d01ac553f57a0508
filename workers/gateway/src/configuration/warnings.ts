/**
 * What of an object will not work as long as everything else is configured as it is: a name that nothing has, a pattern that no
 * call fits. It is stored all the same, since the other may come later, and said with the object.
 */
import { isScope, isUpstreamScope } from "#shared/contracts/rights.ts";
import { ROUTES } from "#shared/policy/routes.ts";
import { routeLimitBody } from "../limits/limit.ts";
import { overlap } from "../matching/overlap.ts";
import { namesIn, type Pattern, storedPattern } from "../matching/pattern.ts";
import { policyBody, type When } from "../policies/policy.ts";
import { isUnder } from "../upstreams/compiled.ts";
import type { FaultyPart } from "../upstreams/impossible.ts";
import { targetOf } from "../upstreams/target.ts";
import { callsOf, prefixOf, type RouteBody, type UpstreamBody, upstreamBody } from "../upstreams/upstream.ts";
import type { StoredObject } from "./stored.ts";

type Configured = Pick<StoredObject, "kind" | "name" | "body">;

/** What an object is looked at beside: everything that is configured, the object included. */
interface Others {
  upstreams: readonly { name: string; body: UpstreamBody }[];
  /** All scopes that upstreams declare. */
  scopes: ReadonlySet<string>;
  /** The names of all policies. */
  policies: ReadonlySet<string>;
}

/** The calls of Fountain itself. `{id}.txt` is no segment that a pattern could name. */
const OWN_CALLS: readonly Pattern[] = Object.entries(ROUTES).flatMap(([worker, table]) =>
  Object.keys(table).map((key) => {
    const [method, path = ""] = key.split(" ");
    const prefix = worker === "gateway" ? "" : `/${worker}`;
    return storedPattern(`${method} ${prefix}${path.replaceAll(/\{\w+\}[^/]+/g, "*")}`);
  }),
);

const isKnownScope = (scope: string, { scopes }: Others): boolean =>
  isUpstreamScope(scope) ? scopes.has(scope) : isScope(scope);

const unknownScope = (path: PropertyKey[], scope: string, others: Others): FaultyPart[] =>
  isKnownScope(scope, others)
    ? []
    : [{ path, detail: `no upstream declares ${scope}, so only administrators have it` }];

const inCondition = ({ scopes = [] }: When, path: PropertyKey[], others: Others): FaultyPart[] =>
  [scopes]
    .flat()
    .flatMap((scope, at) => unknownScope([...path, ...(Array.isArray(scopes) ? [at] : [])], scope, others));

const inRoute = ({ scope, policy }: RouteBody, others: Others): FaultyPart[] => [
  ...(scope === undefined ? [] : unknownScope(["scope"], scope, others)),
  ...[policy].flat().flatMap((one, at) => {
    const path = ["policy", ...(Array.isArray(policy) ? [at] : [])];
    if (typeof one === "object") return inCondition(one.when, [...path, "when", "scopes"], others);
    if (one === undefined || others.policies.has(one)) return [];
    return [{ path, detail: `there is no policy ${one}, so every call of this route is refused` }];
  }),
];

/** Upstreams of which one has calls that the prefix of the other would have led one to expect there. */
const nested = (name: string, body: UpstreamBody, { upstreams }: Others): FaultyPart[] => {
  const prefix = prefixOf(name, body);
  return upstreams.flatMap((other) => {
    if (other.name === name || other.body.host !== body.host) return [];
    const theirs = prefixOf(other.name, other.body);
    if (isUnder(prefix, theirs))
      return [{ path: ["prefix"], detail: `calls below ${theirs} go to the upstream ${other.name} instead` }];
    if (!isUnder(theirs, prefix)) return [];
    return [{ path: ["prefix"], detail: `it takes the calls below ${prefix} from the upstream ${other.name}` }];
  });
};

const inUpstream = (name: string, body: UpstreamBody, others: Others): FaultyPart[] => [
  ...(body.targets.some((target) => targetOf(target).weight > 0)
    ? []
    : [{ path: ["targets"], detail: "none gets calls: it serves forward authentication only, other calls get 503" }]),
  ...(body.routes?.length === 0 ? [{ path: ["routes"], detail: "there is none: every call gets 404" }] : []),
  ...nested(name, body, others),
  ...(body.routes ?? []).flatMap((route, at) =>
    inRoute(route, others).map(({ path, detail }) => ({ path: ["routes", at, ...path], detail })),
  ),
];

const fitsSomeCall = (written: string, { upstreams }: Others): boolean => {
  const pattern = storedPattern(written);
  return (
    OWN_CALLS.some((call) => overlap(pattern, call)) ||
    upstreams.some(({ name, body }) => callsOf(name, body).some((call) => overlap(pattern, storedPattern(call))))
  );
};

const inPattern = (path: PropertyKey[], written: string, others: Others): FaultyPart[] =>
  fitsSomeCall(written, others)
    ? []
    : [{ path, detail: "no call fits it: neither Fountain nor an upstream has such a route" }];

/** In a route whose pattern lacks a name, what the name stands for is never known. */
const lackingNames = (names: readonly string[], written: string, path: PropertyKey[]): FaultyPart[] => {
  const present = new Set(namesIn(storedPattern(written)));
  return names
    .filter((name) => !present.has(name))
    .map((name) => ({
      path,
      detail: `it has no {${name}}, at which when.path looks: an allow never applies here, and a deny always`,
    }));
};

/** What is found in an object of each kind. */
const FINDERS = {
  upstream: ({ name, body }: Configured, others: Others) => inUpstream(name, upstreamBody.parse(body), others),
  limit: ({ body }: Configured, others: Others) => inPattern(["match"], routeLimitBody.parse(body).match, others),
  policy: ({ body }: Configured, others: Others) => {
    const { routes, when } = policyBody.parse(body);
    const names = Object.keys(when.path ?? {});
    return [
      ...routes.flatMap((route, at) => [
        ...inPattern(["routes", at], route, others),
        ...lackingNames(names, route, ["routes", at]),
      ]),
      ...inCondition(when, ["when", "scopes"], others),
    ];
  },
} as const;

/** Where and why the object will not work as things are; `stored`: everything that is configured, the object included. */
export const warningsOf = (object: Configured, stored: readonly Configured[]): FaultyPart[] => {
  const upstreams = stored.flatMap(({ kind, name, body }) =>
    kind === "upstream" ? [{ name, body: upstreamBody.parse(body) }] : [],
  );
  const others: Others = {
    upstreams,
    scopes: new Set(upstreams.flatMap(({ body }) => Object.keys(body.scopes ?? {}))),
    policies: new Set(stored.flatMap(({ kind, name }) => (kind === "policy" ? [name] : []))),
  };
  return FINDERS[object.kind](object, others);
};
