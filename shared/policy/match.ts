/**
 * Finds the policy of a request in the route table: the first template that fits and has the method. By Hono's TrieRouter,
 * because its RegExpRouter supports no literal beside a placeholder, such as `/keys/verify` and `/keys/{service}`.
 */

import { TrieRouter } from "hono/router/trie-router";
import { WORKERS, type WorkerName } from "../contracts/workers.ts";
import { failure, type Result, success } from "../lang/result.ts";
import type { Policy, RouteTable } from "./policy.ts";
import { ROUTES } from "./routes.ts";

export interface MatchedRoute {
  template: string;
  policy: Policy;
}

/** No route has the method; `allowedMethods`: those that the path has. None: the path does not exist. */
export interface NoRoute {
  readonly kind: "no-route";
  readonly allowedMethods: readonly string[];
}

interface Route {
  template: string;
  policies: Map<string, Policy>;
}

/** The routers know paths only: methods are looked up in a route's policies. */
const ANY_METHOD = "ALL";

/** Handlers see `%2F` decoded: were it let through here, they would see other segments than were decided on. */
const PLAIN_SEGMENT = "(?:(?!%2[fF])[^/])+";
const SEGMENTS = `${PLAIN_SEGMENT}(?:/${PLAIN_SEGMENT})*`;

const PLACEHOLDER = /\{(\w+)(\+?)\}([^/]*)/g;

const escapeForPattern = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The template as Hono writes it. One segment of a placeholder and a literal, `{id}.txt`, is a parameter `id.txt`. */
export const honoPath = (template: string): string =>
  template.replace(PLACEHOLDER, (_, name: string, plus: string, ending: string) => {
    if (plus !== "") return `:${name}{${SEGMENTS}}`;
    return ending === "" ? `:${name}` : `:${name}${ending}{[^/]+${escapeForPattern(ending)}}`;
  });

/** What `{name}` or `{name+}` of the template stands for in a path that fits it. */
export const partOf = (template: string, path: string, name: string): string | undefined => {
  const router = new TrieRouter<string>();
  router.add(ANY_METHOD, honoPath(template), template);
  const parts = router.match(ANY_METHOD, path)[0][0]?.[1] ?? {};
  // `{id}.txt` is matched as one parameter, `id.txt`.
  const [placeholder = "", , , ending = ""] = [...template.matchAll(PLACEHOLDER)].find(([, own]) => own === name) ?? [];
  const part = placeholder === "" ? undefined : parts[name + ending];
  return typeof part === "string" ? part.slice(0, part.length - ending.length) : undefined;
};

/** The routes that fit a path, the first one first. */
type Find = (path: string) => readonly Route[];

const compileTable = (table: RouteTable): Find => {
  const routes = new Map<string, Route>();
  const router = new TrieRouter<Route>();
  for (const [key, policy] of Object.entries(table)) {
    const [method = "", template = ""] = key.split(" ");
    const route = routes.get(template) ?? { template, policies: new Map() };
    if (!routes.has(template)) router.add(ANY_METHOD, honoPath(template), route);
    routes.set(template, route);
    route.policies.set(method, policy);
  }
  const find: Find = (path) => router.match(ANY_METHOD, path)[0].map(([route]) => route);
  // Found once: most calls are for paths without a placeholder, and the router splits and compares each of their segments.
  const found = new Map([...routes.keys()].filter((path) => !path.includes("{")).map((path) => [path, find(path)]));
  return (path) => found.get(path) ?? find(path);
};

const compiled = new Map(WORKERS.map((worker) => [worker, compileTable(ROUTES[worker])]));

/** The policy of a call. HEAD counts as GET. */
export const matchRoute = (worker: WorkerName, method: string, path: string): Result<MatchedRoute, NoRoute> => {
  const wanted = method === "HEAD" ? "GET" : method;
  const fitting = compiled.get(worker)?.(path) ?? [];
  for (const route of fitting) {
    const policy = route.policies.get(wanted);
    if (policy) return success({ template: route.template, policy });
  }
  return failure("no-route", {
    allowedMethods: [...new Set(fitting.flatMap((route) => [...route.policies.keys()]))],
  });
};
