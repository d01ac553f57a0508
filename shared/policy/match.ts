/** Finds the policy of a request in the route table: literal, method by method, and the first template that fits. */
import { WORKERS, type WorkerName } from "../contracts/workers.ts";
import { type Policy, ROUTES, type RouteTable } from "./routes.ts";

export type Match =
  | { found: true; template: string; policy: Policy }
  | { found: false; allowedMethods: readonly string[] };

interface CompiledRoute {
  template: string;
  pattern: RegExp;
  policies: Map<string, Policy>;
}

const escapeForPattern = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const ONE_SEGMENT = "[^/]+";
/** Handlers see `%2F` decoded: were it let through here, they would see other segments than were decided on. */
const PLAIN_SEGMENT = "(?:(?!%2[fF])[^/])+";
const SEGMENTS = `${PLAIN_SEGMENT}(?:/${PLAIN_SEGMENT})*`;

const compilePart = (part: string): string => {
  if (!part.startsWith("{")) return escapeForPattern(part);
  return part.endsWith("+}") ? `(${SEGMENTS})` : `(${ONE_SEGMENT})`;
};

const compileTemplate = (template: string): RegExp => {
  const parts = template.split(/(\{\w+\+?\})/).map(compilePart);
  return new RegExp(`^${parts.join("")}$`);
};

const PARAMETER = /\{(\w+)\+?\}/g;

/** What `{name}` or `{name+}` of the template stands for in a path that fits it. */
export const partOf = (template: string, path: string, name: string): string | undefined => {
  const at = [...template.matchAll(PARAMETER)].findIndex(([, parameter]) => parameter === name);
  return at === -1 ? undefined : compileTemplate(template).exec(path)?.[at + 1];
};

const compileTable = (table: RouteTable): CompiledRoute[] => {
  const routes = new Map<string, CompiledRoute>();
  for (const [key, policy] of Object.entries(table)) {
    const [method = "", template = ""] = key.split(" ");
    const route = routes.get(template) ?? { template, pattern: compileTemplate(template), policies: new Map() };
    route.policies.set(method, policy);
    routes.set(template, route);
  }
  return [...routes.values()];
};

const compiled = new Map(WORKERS.map((worker) => [worker, compileTable(ROUTES[worker])]));

/** The policy of a call; else the methods the path does have (none: the path does not exist). HEAD counts as GET. */
export const matchRoute = (worker: WorkerName, method: string, path: string): Match => {
  const wanted = method === "HEAD" ? "GET" : method;
  const fitting = (compiled.get(worker) ?? []).filter((route) => route.pattern.test(path));
  for (const route of fitting) {
    const policy = route.policies.get(wanted);
    if (policy) return { found: true, template: route.template, policy };
  }
  return { found: false, allowedMethods: [...new Set(fitting.flatMap((route) => [...route.policies.keys()]))] };
};
