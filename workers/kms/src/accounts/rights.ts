/** What roles grant, and who may grant what. */
import { isGranted, type Permission, SCOPES, type Scope, type UpstreamScope } from "#shared/contracts/rights.ts";

/** Everything that a role can grant, in the one order that roles and tokens have: the built-in scopes, then the declared. */
export const grantable = (declared: readonly UpstreamScope[]): Permission[] => [...SCOPES, ...declared];

/** What both of these allow. */
export const commonScopes = (some: Iterable<Scope>, others: Iterable<Scope>): Scope[] => {
  const [one, other] = [new Set(some), new Set(others)];
  return [...new Set([...one, ...other])].filter((scope) => isGranted(scope, one) && isGranted(scope, other));
};

/** The scopes wanted but not held: no one grants a right that they lack. */
export const scopesBeyond = (wanted: readonly Scope[], held: ReadonlySet<Scope>): Scope[] =>
  wanted.filter((scope) => !isGranted(scope, held));
