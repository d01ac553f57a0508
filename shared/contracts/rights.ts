/**
 * The rights of Fountain: what a token may do (scopes, RFC 6749 §3.3). Some scopes can be narrowed: to a path or to all
 * below one (`secrets:read:typesense/*`), or to a transit key (`transit:use:orders`). Upstreams declare scopes of their own
 * (`notes:read`), whose namespaces are none of Fountain's.
 */
import { coversSecretPath, isSecretPattern } from "./secret-path.ts";
import { isTransitKeyName } from "./transit-key.ts";
import { WORKERS } from "./workers.ts";

export const SCOPES = [
  "users:admin",
  "gateway:read",
  "gateway:write",
  "tokens:verify",
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

/** The role that has every permission there is, those to come too; it stands in no table and cannot be edited. */
export const ADMIN_ROLE = "admin";

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

/** Makes {@link UpstreamScope} a type of its own, which only {@link isUpstreamScope} gives a name. */
declare const UPSTREAM: unique symbol;
export type UpstreamScope = `${string}:${string}` & { readonly [UPSTREAM]: true };

/** What a policy demands and a role grants: a scope that is not narrowed. */
export type Permission = BaseScope | UpstreamScope;

export type Scope = Permission | NarrowedScope;

const UPSTREAM_SCOPE = /^([a-z][a-z0-9-]{0,30}):[a-z][a-z0-9-]{0,30}$/;
const OWN_NAMESPACES: ReadonlySet<string> = new Set([
  "fountain",
  ...WORKERS,
  ...SCOPES.map((scope) => scope.slice(0, scope.indexOf(":"))),
]);

/** Whether an upstream could declare a scope of this name: it says nothing about whether one has. */
export const isUpstreamScope = (name: string): name is UpstreamScope => {
  const namespace = UPSTREAM_SCOPE.exec(name)?.[1];
  return namespace !== undefined && !OWN_NAMESPACES.has(namespace);
};

/** What an upstream says that a scope allows. */
export const MAX_SCOPE_DESCRIPTION_CHARACTERS = 200;

const isBaseScope = (name: string): name is BaseScope => SCOPES.some((scope) => scope === name);

/** Whether a role may grant, and a policy demand, a scope of this name. */
export const isPermission = (name: string): name is Permission => isBaseScope(name) || isUpstreamScope(name);

/** What an application may learn of a person (OpenID Connect Core §5.4), and whether it may do so when they are away (§11). */
export const IDENTITY_SCOPES = ["openid", "profile", "email", "offline_access"] as const;
export type IdentityScope = (typeof IDENTITY_SCOPES)[number];
export const isIdentityScope = (name: string): name is IdentityScope => IDENTITY_SCOPES.some((scope) => scope === name);

/** What a person can let an application do. */
export type GrantedScope = Scope | IdentityScope;

/** The pattern that the scope is narrowed to, if it is this base scope narrowed. */
const patternOf = (scope: string, base: string): string | undefined =>
  scope.startsWith(`${base}:`) ? scope.slice(base.length + 1) : undefined;

/** Whether a token, a service or a key may have a scope of this name; one of an upstream, if it is declared. */
export const isScope = (name: string): name is Scope =>
  isPermission(name) ||
  Object.entries(NARROWABLE).some(([base, isPattern]) => {
    const pattern = patternOf(name, base);
    return pattern !== undefined && isPattern(pattern);
  });

/** The patterns that a base scope is narrowed to among these scopes. */
export const patternsOf = (scopes: Iterable<Scope>, base: Permission): string[] =>
  [...scopes].flatMap((scope) => patternOf(scope, base) ?? []);

/** Whether who holds these scopes may do all that the wanted one allows. */
export const isGranted = (wanted: Scope, held: ReadonlySet<Scope>): boolean =>
  held.has(wanted) ||
  NARROWABLE_SCOPES.some((base) => {
    const narrowed = patternOf(wanted, base);
    if (narrowed === undefined) return false;
    return held.has(base) || patternsOf(held, base).some((pattern) => coversSecretPath(pattern, narrowed));
  });
