/** Roles: names for bundles of permissions. They are stored, and an administrator may change what they grant. */

import { ADMIN_ROLE, type Permission, type Scope, type UpstreamScope } from "#shared/contracts/rights.ts";
import { type Failure, failure, type Result, success } from "#shared/lang/result.ts";
import { listed } from "#shared/settings/settings.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import { REVOCATION_RETENTION_MS } from "../tokens/key-ring.ts";
import type { UpstreamScopes } from "../upstream-scopes/upstream-scopes.ts";
import type { Grantor } from "./granting.ts";
import { findLookAlike, type LooksLike } from "./look-alikes.ts";
import { grantable, scopesBeyond } from "./rights.ts";

export interface Role {
  name: string;
  permissions: Permission[];
}

const NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** Whether a role may have this name. */
export const isRoleName = (name: string): boolean => NAME.test(name);

/** Roles by name, with commas between, such as `admin,auditor`. */
export const parseRoleNames = (list: string): ReadonlySet<string> => new Set(listed(list));

/** What STEP_UP_FOR_ROLES may be set to. */
export const STEP_UP_ROLES = "names of roles with commas between, such as admin,auditor";

/** The roles of a new installation, besides that of administrators. */
export const FIRST_ROLES: readonly string[] = ["auditor", "editor", "user"];

const BUILT_IN_ROLES: readonly string[] = [ADMIN_ROLE, ...FIRST_ROLES];

/** What is wrong with roles that demand a second factor: one that does not exist would demand it of no one. */
export const stepUpRolesFault = (names: ReadonlySet<string>, stored: readonly string[]): string | undefined => {
  const known = [...new Set([ADMIN_ROLE, ...stored])];
  const unknown = [...names].filter((name) => !known.includes(name));
  if (unknown.length === 0) return undefined;
  const missing = unknown.map((name) => JSON.stringify(name)).join(", ");
  return `has ${missing}, which does not exist: set it to roles that do, with commas between: ${known.join(", ")}`;
};

export interface RoleStore {
  /** All roles but that of administrators, by name, without permissions that are withdrawn. */
  list(): Promise<Role[]>;
  /**
   * Stores what a role grants, and voids the tokens with that role that were issued before; false: it grants this already,
   * and nothing is changed.
   */
  put(role: Role, at: Date, entry: AuditEntry): Promise<boolean>;
  /** Deletes a role, takes it from all who have it, and voids the tokens with it; false: there is none of that name. */
  remove(name: string, at: Date, entry: AuditEntry): Promise<boolean>;
  /** Forgets who lost a right before that instant. */
  purgeChanges(before: Date): Promise<void>;
}

/** `unknown`: those of the roles that do not exist. */
export type GrantFailure = { kind: "unknown-roles"; unknown: readonly string[] } | { kind: "not-held" };
/** `unknown-scopes`: those of the permissions that no upstream declares. */
export type ChangeFailure = Failure<
  "fixed" | "not-held" | LooksLike | { kind: "unknown-scopes"; unknown: readonly string[] }
>;

/** `built-in`: every installation has it. `demanding`: `STEP_UP_FOR_ROLES` names it. */
export type RemovalFailure = Failure<"built-in" | "demanding" | "unknown" | "not-held">;

export interface Roles {
  /** By name, the role of administrators included. */
  list(): Promise<Role[]>;
  /** Whether a caller with these scopes may grant these roles: all of them exist, and none grants more. */
  mayGrant(names: readonly string[], held: ReadonlySet<Scope>): Promise<Result<undefined, GrantFailure>>;
  /** Makes or changes a role that grants, before and after, no more than the grantor may do. */
  put(role: Role, grantor: Grantor<"rights">): Promise<Result<Role, ChangeFailure>>;
  /** Deletes a role, which may grant no more than its remover may do; all who have it lose it. */
  remove(name: string, grantor: Grantor<"rights">): Promise<Result<undefined, RemovalFailure>>;
  /** Forgets changes of rights that no unexpired token was issued before. */
  purge(): Promise<void>;
}

export interface RolesOptions {
  store: RoleStore;
  upstreamScopes: Pick<UpstreamScopes, "list">;
  recorder: AuditRecorder;
  /** Roles whose rights a session has only once it has passed a second factor. */
  stepUpForRoles: ReadonlySet<string>;
  now: () => number;
}

const administrator = (declared: readonly UpstreamScope[]): Role => ({
  name: ADMIN_ROLE,
  permissions: grantable(declared),
});

export const createRoles = ({ store, upstreamScopes, recorder, stepUpForRoles, now }: RolesOptions): Roles => {
  const list = async (): Promise<[Role, ...Role[]]> => {
    const [declared, stored] = await Promise.all([upstreamScopes.list(), store.list()]);
    return [administrator(declared), ...stored];
  };
  return {
    list,
    mayGrant: async (names, held) => {
      const roles = await list();
      const unknown = names.filter((name) => !roles.some((role) => role.name === name));
      if (unknown.length > 0) return failure("unknown-roles", { unknown });
      const granted = roles.filter(({ name }) => names.includes(name)).flatMap(({ permissions }) => permissions);
      return scopesBeyond(granted, held).length > 0 ? failure("not-held") : success(undefined);
    },
    put: async ({ name, permissions }, { subject: actor, scopes: held }) => {
      if (name === ADMIN_ROLE) return failure("fixed");
      const [{ permissions: all }, ...stored] = await list();
      const unknown = permissions.filter((permission) => !all.includes(permission));
      if (unknown.length > 0) return failure("unknown-scopes", { unknown });
      const role = { name, permissions: all.filter((permission) => permissions.includes(permission)) };
      const existing = stored.find((other) => other.name === name);
      const before = existing?.permissions ?? [];
      if (scopesBeyond([...before, ...role.permissions], held).length > 0) return failure("not-held");
      const other = findLookAlike(name, [ADMIN_ROLE, ...stored.map((role) => role.name)]);
      if (existing === undefined && other !== undefined) return failure("looks-like", { other });
      await recorder.change({ action: "role.change", outcome: "success", actor, target: name }, (entry) =>
        store.put(role, new Date(now()), entry),
      );
      return success(role);
    },
    remove: async (name, { subject: actor, scopes: held }) => {
      if (BUILT_IN_ROLES.includes(name)) return failure("built-in");
      const role = (await list()).find((existing) => existing.name === name);
      if (!role) return failure("unknown");
      // Without it the setting would be refused at the next start.
      if (stepUpForRoles.has(name)) return failure("demanding");
      if (scopesBeyond(role.permissions, held).length > 0) return failure("not-held");
      const isRemoved = await recorder.change(
        { action: "role.delete", outcome: "success", actor, target: name },
        (entry) => store.remove(name, new Date(now()), entry),
      );
      return isRemoved ? success(undefined) : failure("unknown");
    },
    purge: () => store.purgeChanges(new Date(now() - REVOCATION_RETENTION_MS)),
  };
};
