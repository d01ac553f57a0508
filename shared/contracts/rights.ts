/**
 * The rights of Fountain: what a token may do (scopes, RFC 6749 §3.3). Some scopes can be narrowed: to a path or to all
 * below one (`secrets:read:typesense/*`), or to a transit key (`transit:use:orders`).
 */
import { coversSecretPath, isSecretPattern } from "./secret-path.ts";
import { isTransitKeyName } from "./transit-key.ts";

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

/** The scopes of a service, a key or a token have so many characters together, with a blank between each two (RFC 6749 §3.3). */
export const MAX_SCOPE_LIST_CHARACTERS = 2_048;

/** Whether a token can hold these scopes together. */
export const fitsToken = (scopes: Iterable<string>): boolean =>
  [...new Set(scopes)].join(" ").length <= MAX_SCOPE_LIST_CHARACTERS;

export type BaseScope = (typeof SCOPES)[number];

/** What each of them can be narrowed to. */
const NARROWABLE = {
  "secrets:read": isSecretPattern,
  "secrets:write": isSecretPattern,
  "transit:use": isTransitKeyName,
} as const satisfies Partial<Record<BaseScope, (pattern: string) => boolean>>;

const NARROWABLE_SCOPES = SCOPES.filter((scope) => scope in NARROWABLE);

export type NarrowableScope = keyof typeof NARROWABLE;
export type NarrowedScope = `${NarrowableScope}:${string}`;

export type Scope = BaseScope | NarrowedScope;

/** The pattern that the scope is narrowed to, if it is this base scope narrowed. */
const patternOf = (scope: string, base: string): string | undefined =>
  scope.startsWith(`${base}:`) ? scope.slice(base.length + 1) : undefined;

/** Whether a token, a service or a key may have a scope of this name. */
export const isScope = (name: string): name is Scope =>
  SCOPES.some((scope) => scope === name) ||
  Object.entries(NARROWABLE).some(([base, isPattern]) => {
    const pattern = patternOf(name, base);
    return pattern !== undefined && isPattern(pattern);
  });

/** The patterns that a base scope is narrowed to among these scopes. */
export const patternsOf = (scopes: Iterable<Scope>, base: BaseScope): string[] =>
  [...scopes].flatMap((scope) => patternOf(scope, base) ?? []);

/** Whether who holds these scopes may do all that the wanted one allows. */
export const isGranted = (wanted: Scope, held: ReadonlySet<Scope>): boolean =>
  held.has(wanted) ||
  NARROWABLE_SCOPES.some((base) => {
    const narrowed = patternOf(wanted, base);
    if (narrowed === undefined) return false;
    return held.has(base) || patternsOf(held, base).some((pattern) => coversSecretPath(pattern, narrowed));
  });
