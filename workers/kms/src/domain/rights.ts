/** What roles grant, and who may hand out what. */
import { ROLES, type Role, SCOPES, type Scope } from "#shared/contracts/rights.ts";

/** The scopes that roles grant together, in the order of SCOPES. */
export const scopesOfRoles = (roles: readonly Role[]): Scope[] => {
  const granted = new Set<Scope>(roles.flatMap((role) => [...ROLES[role]]));
  return SCOPES.filter((scope) => granted.has(scope));
};

/** The scopes wanted but not held: nobody hands out a right that he lacks. */
export const scopesBeyond = (wanted: readonly Scope[], held: ReadonlySet<Scope>): Scope[] =>
  wanted.filter((scope) => !held.has(scope));
