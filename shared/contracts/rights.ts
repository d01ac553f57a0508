/**
 * The rights of Fountain: what a token may do (scopes, RFC 6749 §3.3). Some scopes can be narrowed to a path or to all
 * below one: `secrets:read:typesense/*`.
 */
import { coversSecretPath, isSecretPattern } from "./secret-path.ts";

export const SCOPES = [
  "users:admin",
  "keys:read",
  "keys:write",
  "secrets:read",
  "secrets:write",
  "transit:use",
  "audit:read",
  "sequence:read",
  "sequence:write",
  "search:read",
  "search:write",
] as const;

export type BaseScope = (typeof SCOPES)[number];

const NARROWABLE = ["secrets:read", "secrets:write"] as const satisfies readonly BaseScope[];

export type NarrowedScope = `${(typeof NARROWABLE)[number]}:${string}`;

export type Scope = BaseScope | NarrowedScope;

/** The pattern that the scope is narrowed to, if it is this base scope narrowed. */
const patternOf = (scope: string, base: string): string | undefined =>
  scope.startsWith(`${base}:`) ? scope.slice(base.length + 1) : undefined;

/** Whether a token, a service or a key may have a scope of this name. */
export const isScope = (name: string): name is Scope =>
  SCOPES.some((scope) => scope === name) ||
  NARROWABLE.some((base) => {
    const pattern = patternOf(name, base);
    return pattern !== undefined && isSecretPattern(pattern);
  });

/** The patterns that a base scope is narrowed to among these scopes. */
export const patternsOf = (scopes: Iterable<Scope>, base: BaseScope): string[] =>
  [...scopes].flatMap((scope) => patternOf(scope, base) ?? []);

/** Whether who holds these scopes may do all that the wanted one allows. */
export const isGranted = (wanted: Scope, held: ReadonlySet<Scope>): boolean =>
  held.has(wanted) ||
  NARROWABLE.some((base) => {
    const narrowed = patternOf(wanted, base);
    if (narrowed === undefined) return false;
    return held.has(base) || patternsOf(held, base).some((pattern) => coversSecretPath(pattern, narrowed));
  });
