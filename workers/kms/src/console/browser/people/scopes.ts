/** Scopes by what they are about: `secrets:read` is one of `secrets`. */
import type { Role } from "./rights.ts";

export interface Namespace {
  name: string;
  /** `action`: what the scope allows there, such as `read`. */
  scopes: readonly { scope: string; action: string }[];
}

/** In the order in which each comes first. */
export const byNamespace = (scopes: readonly string[]): readonly Namespace[] =>
  [...Map.groupBy(scopes, (scope) => scope.slice(0, scope.indexOf(":")))].map(([name, own]) => ({
    name,
    scopes: own.map((scope) => ({ scope, action: scope.slice(name.length + 1) })),
  }));

/** Every scope there is, also those that services behind the gateway declare: administrators have them all. */
export const scopesIn = (roles: readonly Role[]): readonly string[] => [
  ...new Set(roles.toSorted((a, b) => b.permissions.length - a.permissions.length).flatMap((role) => role.permissions)),
];
