import { z } from "@hono/zod-openapi";
import type { Principal } from "#shared/auth/claims.ts";
import { list, reference, unicodeText } from "#shared/contracts/input.ts";
import { pageOf } from "#shared/http/examples.ts";
import { json, jsonBody, page, pageQuery } from "#shared/http/openapi.ts";
import { pageOfAll } from "#shared/http/page.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import type { KmsContext } from "../http/context.ts";
import { grantorOf } from "../http/granting.ts";
import { permissionName, unknownScopes } from "../http/scope-name.ts";
import { ADMINISTRATION_REFUSALS, findUser, toUserBody, USER_EXAMPLE, userBody } from "../http/user-response.ts";
import { looksTaken } from "./look-alikes.ts";
import { type ChangeFailure, type GrantFailure, isRoleName, type RemovalFailure } from "./roles.ts";

const roleBody = z.object({ name: z.string(), permissions: z.array(permissionName) }).openapi("Role");
const ROLE_EXAMPLE: z.output<typeof roleBody> = { name: "editor", permissions: ["search:read", "sequence:write"] };

/** All of them stand in each token of the user, beside whatever else fits into one. */
const MAX_ROLES = 32;
const MAX_ROLE_NAME_CHARACTERS = 64;
/** Room for each scope there is, and for as many as services of one's own may add. */
const MAX_PERMISSIONS = 256;

const roleName = unicodeText({ max: MAX_ROLE_NAME_CHARACTERS });
/** The roles of a user. */
export const roleNames = list(roleName, { min: 1, max: MAX_ROLES });
const wantedRoles = z.strictObject({ roles: roleNames });
const wantedPermissions = z.strictObject({ permissions: list(permissionName, { max: MAX_PERMISSIONS }) });

const beyondYours = (): Problem =>
  problem("forbidden", { detail: "You cannot grant or revoke permissions that your token does not have." });

const unknownRoles = (names: readonly string[], unknown: readonly string[]): Problem =>
  problem("invalid-input", {
    detail: "No role has this name.",
    errors: names.flatMap((name, at) =>
      unknown.includes(name) ? [{ pointer: `#/roles/${at}`, detail: "no role has this name" }] : [],
    ),
  });

const changeRefused = (names: readonly string[], error: ChangeFailure): Problem => {
  switch (error.kind) {
    case "looks-like":
      return problem("conflict", { detail: looksTaken(error.other) });
    case "not-held":
      return beyondYours();
    case "unknown-scopes":
      return unknownScopes("permissions", names, error.unknown);
    case "fixed":
      return problem("conflict", { detail: "The role admin cannot be changed." });
  }
};

const grantRefused = (names: readonly string[], error: GrantFailure): Problem => {
  switch (error.kind) {
    case "not-held":
      return beyondYours();
    case "unknown-roles":
      return unknownRoles(names, error.unknown);
  }
};

/** Refuses roles that do not exist, and roles that grant more than the caller has. */
export const assertHeld = async (
  { var: { services } }: KmsContext,
  principal: Principal,
  names: readonly string[],
): Promise<void> => {
  const granted = await services.roles.mayGrant(names, principal.scopes);
  if (!granted.ok) throw grantRefused(names, granted.error);
};

const listRoles = endpoint("GET /roles", {
  operationId: "kms.listRoles",
  tags: ["Accounts"],
  summary: "List the roles and their permissions by name",
  query: pageQuery,
  responses: {
    200: json(page(roleBody), "A page of roles", pageOf(ROLE_EXAMPLE)),
  },
  handle: async (context) => {
    const roles = await context.var.services.roles.list();
    return context.json(
      pageOfAll(roles, context.req.valid("query"), ({ name }) => name),
      200,
    );
  },
});

const putRole = endpoint("PUT /roles/{name}", {
  operationId: "kms.setRole",
  tags: ["Accounts"],
  summary: "Create a role or replace its permissions; `admin` has every permission and cannot be changed",
  params: z.object({ name: roleName }),
  body: jsonBody(wantedPermissions, { permissions: ROLE_EXAMPLE.permissions }),
  responses: {
    200: json(roleBody, "The role; access tokens of its users are void and must be refreshed", ROLE_EXAMPLE),
  },
  errors: ["conflict"],
  handle: async (context, principal) => {
    const { name } = context.req.valid("param");
    const { permissions } = context.req.valid("json");
    if (!isRoleName(name))
      throw problem("invalid-input", {
        errors: [{ pointer: "#/param/name", detail: "must start with a letter, followed by a-z, 0-9 and -" }],
      });
    const { roles } = context.var.services;
    const grantor = grantorOf(context, principal, "rights");
    const changed = await roles.put({ name, permissions }, grantor);
    if (!changed.ok) throw changeRefused(permissions, changed.error);
    return context.json(changed.value, 200);
  },
});

const REMOVAL_REFUSALS: Record<RemovalFailure["kind"], () => Problem> = {
  "built-in": () =>
    problem("conflict", { detail: "This role is built in. Only roles that you have made can be deleted." }),
  demanding: () =>
    problem("conflict", { detail: "STEP_UP_FOR_ROLES names this role. Remove it from the setting first." }),
  unknown: () => problem("not-found", { detail: "No role has this name." }),
  "not-held": beyondYours,
};

const deleteRole = endpoint("DELETE /roles/{name}", {
  operationId: "kms.deleteRole",
  tags: ["Accounts"],
  summary: "Delete a role, which all who have it lose; built-in roles remain",
  params: z.object({ name: roleName }),
  responses: {
    204: { description: "The role is deleted; access tokens with it are void within 5 seconds, and must be refreshed" },
  },
  errors: ["not-found", "conflict"],
  handle: async (context, principal) => {
    const grantor = grantorOf(context, principal, "rights");
    const removed = await context.var.services.roles.remove(context.req.valid("param").name, grantor);
    if (!removed.ok) throw REMOVAL_REFUSALS[removed.error.kind]();
    return context.body(null, 204);
  },
});

const putRolesOfUser = endpoint("PUT /users/{id}/roles", {
  operationId: "kms.setUserRoles",
  tags: ["Accounts"],
  summary: "Replace the roles of a user",
  params: z.object({ id: reference() }),
  body: jsonBody(wantedRoles, { roles: ["user", "editor"] }),
  responses: {
    200: json(userBody, "The user; their access tokens are void, and must be refreshed", {
      ...USER_EXAMPLE,
      roles: ["user", "editor"],
    }),
  },
  errors: ["not-found", "conflict"],
  handle: async (context, principal) => {
    const grantor = grantorOf(context, principal, "rights");
    const { id } = context.req.valid("param");
    const roles = [...new Set(context.req.valid("json").roles)];
    await assertHeld(context, principal, roles);
    const user = await findUser(context, id);
    await assertHeld(context, principal, user.roles);
    const changed = await context.var.services.userAdministration.setRoles(id, roles, grantor);
    if (!changed.ok) throw ADMINISTRATION_REFUSALS[changed.error.kind]();
    return context.json(toUserBody({ ...user, roles }), 200);
  },
});

export const rolesEndpoints = [listRoles, putRole, deleteRole, putRolesOfUser];
