/** An upstream as calls are matched against it: compiled once for each change of the configuration. */
import { type Policy, STEP_UP } from "#shared/policy/policy.ts";
import type { LimitBody } from "../limits/limit.ts";
import { type PathParameters, type Pattern, readingsOf, storedPattern } from "../matching/pattern.ts";
import { compileRule, type Rule } from "../policies/rule.ts";
import { compileFirewall, type Firewall } from "./firewall.ts";
import { type Target, targetOf } from "./target.ts";
import { prefixOf, type RouteBody, type UpstreamBody, withPrefix } from "./upstream.ts";

/** What one route of an upstream demands. */
export interface UpstreamRoute {
  /** As it stands in logs and metrics: with the prefix. */
  template: string;
  /** `undefined`: every call fits. */
  pattern: Pattern | undefined;
  /** What the pipeline enforces. */
  policy: Policy;
  limits: readonly LimitBody[];
  /** Names of policies, and policies of its own. */
  policies: readonly (string | Rule)[];
}

export interface Upstream {
  name: string;
  /** As it was configured. */
  body: UpstreamBody;
  /** Changes with each replacement of the object. */
  version: number;
  host: string | undefined;
  prefix: string;
  targets: readonly Target[];
  identity: NonNullable<UpstreamBody["identity"]>;
  /** Its scopes by name. */
  scopes: readonly string[];
  routes: readonly UpstreamRoute[];
  limits: readonly LimitBody[];
  firewall: Firewall;
  /** How many WebSockets may be open in each process. */
  webSockets: { perUpstream: number; perCaller: number };
}

/** The route of an upstream that a call takes. */
export interface UpstreamCall {
  upstream: Upstream;
  route: UpstreamRoute;
  parameters: PathParameters;
  /** The same for each way in which the path can be read. */
  parametersByReading: readonly PathParameters[];
  /** The path as the upstream knows it. */
  path: string;
  /** The call is for the prefix itself, without a slash behind it. */
  atPrefix: boolean;
}

export const DEFAULT_ANSWER_SECONDS = 30;
const DEFAULT_MAX_SOCKETS = 1_000;
const DEFAULT_MAX_SOCKETS_PER_CALLER = 50;
export const DEFAULT_MAX_BODY_BYTES = 100 * 1024 * 1024;

const callerOf = ({ anyone }: Pick<RouteBody, "anyone">): Policy["caller"] =>
  anyone === true ? "anyone" : "authenticated";

const policyOf = (route: Partial<RouteBody>, { answerWithinSeconds, maxBodyBytes }: UpstreamBody): Policy => ({
  caller: callerOf(route),
  ...(route.scope !== undefined && { scope: route.scope }),
  ...(route.stepUp && { stepUp: { ...STEP_UP, maxAgeSeconds: route.stepUp.maxAgeSeconds, delegates: true } }),
  streamed: true,
  maxBodyBytes: route.maxBodyBytes ?? maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
  timeoutSeconds: route.answerWithinSeconds ?? answerWithinSeconds ?? DEFAULT_ANSWER_SECONDS,
});

const compilePolicies = (upstream: string, { match, policy }: RouteBody): UpstreamRoute["policies"] => {
  const given = policy === undefined ? [] : [policy].flat();
  return given.map((one, at) =>
    typeof one === "string" ? one : compileRule(`${upstream}: ${match}${given.length > 1 ? ` #${at + 1}` : ""}`, one),
  );
};

const compileRoute = (name: string, route: RouteBody, prefix: string, body: UpstreamBody): UpstreamRoute => ({
  template: withPrefix(prefix, route.match.slice(route.match.indexOf(" ") + 1)),
  pattern: storedPattern(route.match),
  policy: policyOf(route, body),
  limits: route.limits ?? [],
  policies: compilePolicies(name, route),
});

export const compileUpstream = (name: string, body: UpstreamBody, version: number): Upstream => {
  const prefix = prefixOf(name, body);
  const all: UpstreamRoute = {
    template: withPrefix(prefix, "/**"),
    pattern: undefined,
    policy: policyOf({}, body),
    limits: [],
    policies: [],
  };
  return {
    name,
    body,
    version,
    host: body.host,
    prefix,
    targets: body.targets.map(targetOf),
    identity: body.identity ?? "token",
    scopes: Object.keys(body.scopes ?? {}),
    routes: body.routes?.map((route) => compileRoute(name, route, prefix, body)) ?? [all],
    limits: body.limits ?? [],
    firewall: compileFirewall(body.firewall ?? []),
    webSockets: {
      perUpstream: body.webSockets?.max ?? DEFAULT_MAX_SOCKETS,
      perCaller: body.webSockets?.maxPerCaller ?? DEFAULT_MAX_SOCKETS_PER_CALLER,
    },
  };
};

/** Whether a path lies under an upstream's prefix. */
export const isUnder = (prefix: string, path: string): boolean =>
  prefix === "/" || path === prefix || path.startsWith(`${prefix}/`);

/** The path without the prefix. */
const restOf = (prefix: string, path: string): string => {
  if (prefix === "/") return path;
  return path.length === prefix.length ? "/" : path.slice(prefix.length);
};

/** The upstream that a call is for, by the host that it names and its path: the longest prefix counts. */
export const createUpstreamFinder = (upstreams: readonly Upstream[]) => {
  const byHost = new Map<string | undefined, Upstream[]>();
  for (const upstream of upstreams) byHost.set(upstream.host, [...(byHost.get(upstream.host) ?? []), upstream]);
  for (const group of byHost.values()) group.sort((one, other) => other.prefix.length - one.prefix.length);
  const at = (host: string | undefined, path: string): Upstream | undefined =>
    byHost.get(host)?.find(({ prefix }) => isUnder(prefix, path));
  const hasHosts = [...byHost.keys()].some((host) => host !== undefined);
  return {
    /** The upstream that has this host to itself, or a part of it. */
    ofHost: (host: string, path: string): Upstream | undefined => (hasHosts ? at(host, path) : undefined),
    /** The upstream with this prefix on every host. */
    ofPath: (path: string): Upstream | undefined => at(undefined, path),
  };
};

interface Fitting {
  route: UpstreamRoute;
  parameters: PathParameters;
}

const fittingRoute = (
  routes: readonly UpstreamRoute[],
  method: string,
  segments: readonly string[],
): Fitting | undefined => {
  for (const route of routes) {
    const parameters = route.pattern ? route.pattern.match(method, segments) : {};
    if (parameters) return { route, parameters };
  }
  return undefined;
};

/** The first route of the upstream that a call fits; `undefined`: there is none, or it is another one if the path is read otherwise. */
export const routeCall = (upstream: Upstream, method: string, path: string): UpstreamCall | undefined => {
  const rest = restOf(upstream.prefix, path);
  const fitting = readingsOf(rest).map((segments) => fittingRoute(upstream.routes, method, segments));
  const found = fitting.filter((one) => one !== undefined);
  const [first] = found;
  if (!first || found.length < fitting.length || found.some(({ route }) => route !== first.route)) return undefined;
  return {
    upstream,
    ...first,
    parametersByReading: found.map(({ parameters }) => parameters),
    path: upstream.body.keepPrefix === true ? path : rest,
    atPrefix: path === upstream.prefix,
  };
};
