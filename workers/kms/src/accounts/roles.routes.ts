import { createRoute, z } from "@hono/zod-openapi";
import { list, reference, unicodeText } from "#shared/contracts/input.ts";
import { SCOPES } from "#shared/contracts/rights.ts";
import { pageOf } from "#shared/http/examples.ts";
import { json, jsonBody, problems } from "#shared/http/openapi.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { entryOf, type KmsApp, type KmsContext, record } from "../http/frame.ts";
import { grantorOf } from "../http/granting.ts";
import { findUser, toUserAnswer, USER_EXAMPLE, userAnswer } from "../http/user-answer.ts";
import { looksTaken } from "./look-alikes.ts";
import { type ChangeFailure, type GrantFailure, isRoleName } from "./roles.ts";

const roleAnswer = z.object({ name: z.string(), permissions: z.array(z.enum(SCOPES)) }).openapi("Role");
const ROLE_EXAMPLE: z.input<typeof roleAnswer> = { name: "editor", permissions: ["search:read", "sequence:write"] };

/** All of them stand in each token of the user, beside whatever else fits into one. */
const MAX_ROLES = 32;
const MAX_ROLE_NAME_CHARACTERS = 64;
/** Room for each scope there is, and for as many as services of one's own may add. */
const MAX_PERMISSIONS = 256;

const roleName = unicodeText({ max: MAX_ROLE_NAME_CHARACTERS });
/** The roles of a user. */
export const roleNames = list(roleName, { min: 1, max: MAX_ROLES });
const wantedRoles = z.strictObject({ roles: roleNames });
const wantedPermissions = z.strictObject({ permissions: list(z.enum(SCOPES), { max: MAX_PERMISSIONS }) });

const listRoles = createRoute({
  method: "get",
  path: "/roles",
  operationId: "kms.listRoles",
  tags: ["Accounts"],
  summary: "List the roles and their permissions",
  responses: {
    200: json(z.object({ items: z.array(roleAnswer), next: z.null() }), "All roles", pageOf(ROLE_EXAMPLE)),
  },
});

const putRole = createRoute({
  method: "put",
  path: "/roles/{name}",
  operationId: "kms.setRole",
  tags: ["Accounts"],
  summary: "Create a role or replace its permissions; `admin` has every permission and cannot be changed",
  request: {
    params: z.object({ name: roleName }),
    body: jsonBody(wantedPermissions, { permissions: ROLE_EXAMPLE.permissions }),
  },
  responses: {
    200: json(roleAnswer, "The role; access tokens of its users are void and must be refreshed", ROLE_EXAMPLE),
    ...problems("conflict"),
  },
});

const putRolesOfUser = createRoute({
  method: "put",
  path: "/users/{id}/roles",
  operationId: "kms.setUserRoles",
  tags: ["Accounts"],
  summary: "Replace the roles of a user",
  request: { params: z.object({ id: reference() }), body: jsonBody(wantedRoles, { roles: ["user", "editor"] }) },
  responses: {
    200: json(userAnswer, "The user; their access tokens are void, and must be refreshed", {
      ...USER_EXAMPLE,
      roles: ["user", "editor"],
    }),
    ...problems("not-found", "conflict"),
  },
});

const beyondYours = (): Problem =>
  problem("forbidden", { detail: "You cannot grant or revoke permissions that your token does not have." });

const lastAdministrator = (): Problem =>
  problem("conflict", { detail: "This is the last administrator. Make another user an administrator first." });

const unknownRoles = (names: readonly string[], unknown: readonly string[]): Problem =>
  problem("invalid-input", {
    detail: "No role has this name.",
    errors: names.flatMap((name, at) =>
      unknown.includes(name) ? [{ pointer: `#/roles/${at}`, detail: "no role has this name" }] : [],
    ),
  });

const changeRefused = (error: ChangeFailure): Problem => {
  switch (error.kind) {
    case "looks-like":
      return problem("conflict", { detail: looksTaken(error.other) });
    case "not-held":
      return beyondYours();
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

/** Refuses roles that there are not, and such as grant more than the caller may do himself. */
export const assertHeld = async (context: KmsContext, names: readonly string[]): Promise<void> => {
  const granted = await context.var.services.roles.mayGrant(names, context.var.principal.scopes);
  if (!granted.ok) throw grantRefused(names, granted.error);
};

export const addRoles = (app: KmsApp): void => {
  app.openapi(listRoles, async (context) =>
    context.json({ items: await context.var.services.roles.list(), next: null }, 200),
  );

  app.openapi(putRole, async (context) => {
    const { name } = context.req.valid("param");
    const { permissions } = context.req.valid("json");
    if (!isRoleName(name))
      throw problem("invalid-input", {
        errors: [{ pointer: "#/param/name", detail: "must start with a letter, followed by a-z, 0-9 and -" }],
      });
    const { roles } = context.var.services;
    const grantor = grantorOf(context, "rights");
    const event = { action: "role.change", outcome: "success", target: name } as const;
    const changed = await roles.put({ name, permissions }, grantor, await entryOf(context, event));
    if (!changed.ok) throw changeRefused(changed.error);
    record(context, event);
    return context.json(changed.value, 200);
  });

  app.openapi(putRolesOfUser, async (context) => {
    const { users, now } = context.var.services;
    grantorOf(context, "rights");
    const { id } = context.req.valid("param");
    const roles = [...new Set(context.req.valid("json").roles)];
    await assertHeld(context, roles);
    const user = await findUser(context, id);
    await assertHeld(context, user.roles);
    const event = { action: "user.roles", outcome: "success", target: id } as const;
    const isChanged = await users.setRoles(id, roles, new Date(now()), await entryOf(context, event));
    if (!isChanged) throw lastAdministrator();
    record(context, event);
    return context.json(toUserAnswer({ ...user, roles }), 200);
  });
};
