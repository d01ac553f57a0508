/** Who may do what to whom: no one changes someone who may do more than they may themselves. */
import { list, type Schemas } from "#console";

export type Role = Schemas["kms.Role"];

export const DEFAULT_ROLE = "user";
/** It has every scope, and cannot be changed. */
export const ADMIN_ROLE = "admin";

/** All roles there are, by name. */
export const allRoles = async (): Promise<readonly Role[]> => {
  const roles: Role[] = [];
  for await (const role of list("GET /kms/roles", { query: { limit: 200 } })) roles.push(role);
  return roles;
};

/** The scopes that these roles grant and the caller lacks: empty where they may give, take and touch them. */
export const scopesBeyond = (
  names: readonly string[],
  roles: readonly Role[],
  may: (scope: string) => boolean,
): readonly string[] => {
  const granted = roles.filter(({ name }) => names.includes(name)).flatMap(({ permissions }) => permissions);
  return [...new Set(granted)].filter((scope) => !may(scope));
};
