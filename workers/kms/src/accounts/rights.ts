/** What roles grant, and who may grant what. */
import { type BaseScope, isGranted, SCOPES, type Scope } from "#shared/contracts/rights.ts";

/** The role that has every permission there is, those to come too; it stands in no table and cannot be edited. */
export const ADMIN_ROLE = "admin";

/** The scopes of a user with these roles, which have these permissions together; in the order of SCOPES. */
export const scopesOf = (roles: readonly string[], permissions: ReadonlySet<string>): BaseScope[] =>
  SCOPES.filter((scope) => roles.includes(ADMIN_ROLE) || permissions.has(scope));

/** What both of these allow. */
export const commonScopes = (some: Iterable<Scope>, others: Iterable<Scope>): Scope[] => {
  const [one, other] = [new Set(some), new Set(others)];
  return [...new Set([...one, ...other])].filter((scope) => isGranted(scope, one) && isGranted(scope, other));
};

/** The scopes wanted but not held: no one grants a right that they lack. */
export const scopesBeyond = (wanted: readonly Scope[], held: ReadonlySet<Scope>): Scope[] =>
  wanted.filter((scope) => !isGranted(scope, held));
