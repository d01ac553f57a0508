/** Roles whose rights a session has only once it has passed a second factor: STEP_UP_FOR_ROLES. */
import type { Scope } from "#shared/contracts/rights.ts";
import type { OpenSession } from "./session.ts";

/** Roles that demand a second factor of their users. */
export type DemandingRoles = ReadonlySet<string>;

/** What the tokens of a session may say of its user. */
export interface Entitlement {
  roles: readonly string[];
  scopes: Scope[];
  /** Roles whose rights are not in it. */
  withheldRoles: readonly string[];
}

/** All that the user's roles grant, or, before a second factor was passed, what those grant that demand none. */
export const entitlementOf = (
  {
    session,
    user,
    permissions,
    permissionsByRole,
  }: Omit<OpenSession, "session"> & { session: Pick<OpenSession["session"], "acr"> },
  demanding: DemandingRoles,
): Entitlement => {
  const withheldRoles = session.acr === "aal2" ? [] : user.roles.filter((role) => demanding.has(role));
  if (withheldRoles.length === 0) return { roles: user.roles, scopes: permissions, withheldRoles };
  const roles = user.roles.filter((role) => !demanding.has(role));
  const granted = new Set(roles.flatMap((role) => permissionsByRole[role] ?? []));
  return { roles, scopes: permissions.filter((permission) => granted.has(permission)), withheldRoles };
};
