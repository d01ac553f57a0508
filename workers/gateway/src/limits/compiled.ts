/** The limits that fit a call, found once for each route under each configuration. */
import { isReadDifferently, type Pattern, readingsOf, storedPattern } from "../matching/pattern.ts";
import { DEFAULT_LIMITS } from "./defaults.ts";
import { fitOf } from "./fitting.ts";
import type { LimitBody, RouteLimitBody } from "./limit.ts";
import type { Limit, OpenLimits, Stage } from "./open-limits.ts";

/** A route of an upstream, with limits of its own. */
export interface LimitedRoute {
  /** `undefined`: it takes every call of its upstream. */
  pattern: Pick<Pattern, "text"> | undefined;
  limits: readonly LimitBody[];
}

interface LimitedUpstream {
  name: string;
  limits: readonly LimitBody[];
  routes: readonly LimitedRoute[];
}

/** What is configured, as far as limits are concerned. */
export interface LimitedConfiguration {
  /** Grows with every change. */
  revision: number;
  limits: readonly { name: string; body: RouteLimitBody }[];
  upstreams: ReadonlyMap<string, LimitedUpstream>;
}

export interface LimitedTarget {
  template: string;
  /** The route of an upstream that is called. */
  route: LimitedRoute | undefined;
}

/** A limit that fits all calls of a route, or those that fit its pattern. */
export interface Rule {
  limit: Limit;
  pattern: Pattern | undefined;
}

/** By stages; of each those that need no database come first. */
export type Fitting = Readonly<Record<Stage, readonly Rule[]>>;

export interface CompiledLimits {
  /** `undefined`: no limit fits any call of that route. */
  fitting(target: LimitedTarget, method: string, path: string): Fitting | undefined;
}

/**
 * No limit fits these: health is asked for by what restarts and routes, limits are changed here by those who set one too low,
 * and other proxies ask here about calls, which count as the calls that they are.
 */
export const isNeverLimited = (template: string): boolean =>
  template === "/health" || template === "/ready" || template.startsWith("/gateway/");

/** More methods than there are: what else is made up is not remembered. */
const MAX_METHODS = 32;

/** Whether a rule fits this call; `path`: as the caller sent it. */
export const fits = ({ pattern }: Rule, method: string, path: string): boolean =>
  pattern === undefined || readingsOf(path).some((segments) => pattern.match(method, segments) !== undefined);

const fittingOf = (rules: readonly Rule[]): Fitting | undefined => {
  if (rules.length === 0) return undefined;
  const sorted = [...rules.filter(({ limit }) => limit.local), ...rules.filter(({ limit }) => !limit.local)];
  const of = (stage: Stage): Rule[] => sorted.filter(({ limit }) => limit.stage === stage);
  return { screen: of("screen"), meter: of("meter") };
};

/** The defaults, but for those that an object of the same name replaces, and what is configured. */
const routeLimits = (configured: LimitedConfiguration["limits"]): LimitedConfiguration["limits"] => {
  const names = new Set(configured.map(({ name }) => name));
  return [...DEFAULT_LIMITS.filter(({ name }) => !names.has(name)), ...configured];
};

/** `configuration`: `undefined` as long as it is not known; then there are the defaults. */
export const compileLimits = (
  configuration: LimitedConfiguration | undefined,
  { open }: Pick<OpenLimits, "open">,
): CompiledLimits & { all: ReadonlySet<Limit> } => {
  const openAll = (scope: string, bodies: readonly LimitBody[]): Limit[] =>
    bodies.map(({ name, ...body }) => open(scope, name, body));
  const patterned = routeLimits(configuration?.limits ?? []).map(({ name, body: { match, ...body } }) => ({
    limit: open("gateway", name, body),
    pattern: storedPattern(match),
  }));
  const ofRoutes = new Map<LimitedRoute, Limit[]>();
  for (const { name, limits, routes } of configuration?.upstreams.values() ?? []) {
    const shared = openAll(`upstream ${name}`, limits);
    for (const route of routes) {
      const own = openAll(`upstream ${name} ${route.pattern?.text ?? ""}`, route.limits);
      ofRoutes.set(route, [...new Set([...shared, ...own])]);
    }
  }
  const remembered = new Map<LimitedRoute | string, Map<string, Fitting | undefined>>();

  /** A path that can be read in different ways may fit patterns that its route does not. */
  const find = ({ template, route }: LimitedTarget, method: string, isOdd: boolean): Fitting | undefined => {
    if (route === undefined && isNeverLimited(template)) return undefined;
    const own = route === undefined ? [] : (ofRoutes.get(route) ?? []);
    const matching = patterned.flatMap(({ limit, pattern }): Rule[] => {
      const fit = isOdd ? "sometimes" : fitOf(pattern, method, template);
      return fit === "never" ? [] : [{ limit, pattern: fit === "always" ? undefined : pattern }];
    });
    return fittingOf([...own.map((limit) => ({ limit, pattern: undefined })), ...matching]);
  };

  return {
    all: new Set([...patterned.map(({ limit }) => limit), ...[...ofRoutes.values()].flat()]),
    fitting: (target, method, path) => {
      if (isReadDifferently(path)) return find(target, method, true);
      const key = target.route ?? target.template;
      const byMethod = remembered.get(key) ?? new Map<string, Fitting | undefined>();
      const known = byMethod.get(method);
      if (known !== undefined || byMethod.has(method)) return known;
      const found = find(target, method, false);
      if (byMethod.size < MAX_METHODS) remembered.set(key, byMethod.set(method, found));
      return found;
    },
  };
};
