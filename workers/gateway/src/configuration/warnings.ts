/**
 * What of an object will not work as long as everything else is configured as it is: a name that nothing has, a pattern that no
 * call fits. It is stored all the same, since the other may come later, and said with the object.
 */
import { isScope, isUpstreamScope } from "#shared/contracts/rights.ts";
import { ROUTES } from "#shared/policy/routes.ts";
import { isNeverLimited } from "../limits/compiled.ts";
import { lackingWithoutCaller } from "../limits/counted.ts";
import { fitOf } from "../limits/fitting.ts";
import { type LimitBody, type RouteLimitBody, routeLimitBody } from "../limits/limit.ts";
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

/** Calls of Fountain itself, or of an upstream. */
interface Calls {
  pattern: Pattern;
  /** No credential is asked for. */
  anyone: boolean;
  neverLimited: boolean;
}

/** `{id}.txt` is no segment that a pattern could name. */
const OWN_CALLS: readonly Calls[] = Object.entries(ROUTES).flatMap(([worker, table]) =>
  Object.entries(table).map(([key, policy]) => {
    const [method, path = ""] = key.split(" ");
    const template = (worker === "gateway" ? "" : `/${worker}`) + path;
    return {
      pattern: storedPattern(`${method} ${template.replaceAll(/\{\w+\}[^/]+/g, "*")}`),
      anyone: policy.caller === "anyone",
      neverLimited: isNeverLimited(template),
    };
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

/** Routes that no call takes, since all that fit one take an earlier one. */
const shadowed = (routes: readonly RouteBody[]): FaultyPart[] =>
  routes.flatMap(({ match }, at) => {
    const [method = "", path = ""] = match.split(" ");
    const earlier = routes.slice(0, at).find((route) => fitOf(storedPattern(route.match), method, path) === "always");
    return earlier === undefined
      ? []
      : [
          {
            path: ["routes", at, "match"],
            detail: `no call takes this route: all that fit it take ${earlier.match} before`,
          },
        ];
  });

/** A limit per caller on calls that have no caller. */
const callerless = (per: LimitBody["per"], path: PropertyKey[]): FaultyPart[] => {
  const lacking = lackingWithoutCaller(per);
  return lacking === undefined
    ? []
    : [
        {
          path: [...path, "per"],
          detail: `it counts nothing: anyone may make these calls, so that no ${lacking} is known`,
        },
      ];
};

const callerlessIn = ({ limits = [], routes = [] }: UpstreamBody): FaultyPart[] => {
  const isOpen = routes.length > 0 && routes.every(({ anyone }) => anyone === true);
  return [
    ...(isOpen ? limits : []).flatMap(({ per }, at) => callerless(per, ["limits", at])),
    ...routes.flatMap((route, at) =>
      (route.anyone === true ? (route.limits ?? []) : []).flatMap(({ per }, limit) =>
        callerless(per, ["routes", at, "limits", limit]),
      ),
    ),
  ];
};

const inUpstream = (name: string, body: UpstreamBody, others: Others): FaultyPart[] => [
  ...(body.targets.some((target) => targetOf(target).weight > 0)
    ? []
    : [{ path: ["targets"], detail: "none gets calls: it serves forward authentication only, other calls get 503" }]),
  ...(body.routes?.length === 0 ? [{ path: ["routes"], detail: "there is none: every call gets 404" }] : []),
  ...nested(name, body, others),
  ...shadowed(body.routes ?? []),
  ...callerlessIn(body),
  ...(body.routes ?? []).flatMap((route, at) =>
    inRoute(route, others).map(({ path, detail }) => ({ path: ["routes", at, ...path], detail })),
  ),
];

/** All calls that may fit the pattern. */
const callsFitting = (written: string, { upstreams }: Others): Calls[] => {
  const pattern = storedPattern(written);
  const ofUpstreams = upstreams.flatMap(({ name, body }) =>
    callsOf(name, body).map((call, at) => ({
      pattern: storedPattern(call),
      anyone: body.routes?.[at]?.anyone === true,
      neverLimited: false,
    })),
  );
  return [...OWN_CALLS, ...ofUpstreams].filter((calls) => overlap(pattern, calls.pattern));
};

const NO_CALL = "no call fits it: neither Fountain nor an upstream has such a route";

const inPattern = (path: PropertyKey[], written: string, others: Others): FaultyPart[] =>
  callsFitting(written, others).length > 0 ? [] : [{ path, detail: NO_CALL }];

const inLimit = ({ match, per }: RouteLimitBody, others: Others): FaultyPart[] => {
  const fitting = callsFitting(match, others);
  if (fitting.length === 0) return [{ path: ["match"], detail: NO_CALL }];
  const limited = fitting.filter(({ neverLimited }) => !neverLimited);
  if (limited.length === 0) return [{ path: ["match"], detail: "no limit fits /health, /ready and /gateway/**" }];
  return limited.every(({ anyone }) => anyone) ? callerless(per, []) : [];
};

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
  limit: ({ body }: Configured, others: Others) => inLimit(routeLimitBody.parse(body), others),
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
