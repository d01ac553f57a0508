import { z } from "@hono/zod-openapi";
import { assertSteppedUp, unauthenticated } from "#shared/auth/authorize.ts";
import { reference } from "#shared/contracts/input.ts";
import { problem } from "#shared/problem/problem.ts";
import { assertHeld } from "../accounts/roles.routes.ts";
import { endpoint } from "../endpoint.ts";
import { grantorOf } from "../http/granting.ts";
import { ADMINISTRATION_REFUSALS, findUser } from "../http/user-response.ts";

const ERASURE_REFUSALS = {
  unknown: () => unauthenticated(true),
  "last-administrator": () =>
    problem("conflict", { detail: "You are the last administrator. Make another user an administrator first." }),
};

const eraseMe = endpoint("DELETE /me", {
  operationId: "kms.eraseAccount",
  tags: ["Accounts"],
  summary:
    "Erase the caller: deletes the account, its sessions and second factors; its tokens are refused within 5 seconds",
  responses: {
    204: { description: "The caller is erased" },
  },
  errors: ["conflict"],
  handle: async (context, principal) => {
    const { services } = context.var;
    assertSteppedUp(principal, services.now());
    // Every credential of theirs goes with the account, which the holder of a narrowed token may do to none.
    grantorOf(context, principal, "credential");
    const erased = await services.privacy.erase(principal.subject);
    if (!erased.ok) throw ERASURE_REFUSALS[erased.error.kind]();
    return context.body(null, 204);
  },
});

const eraseUser = endpoint("DELETE /users/{id}", {
  operationId: "kms.eraseUser",
  tags: ["Accounts"],
  summary: "Erase a user, as they can themselves with DELETE /me",
  params: z.object({ id: reference() }),
  responses: {
    204: { description: "The user is erased" },
  },
  errors: ["not-found", "conflict"],
  handle: async (context, principal) => {
    const { services } = context.var;
    grantorOf(context, principal, "credential");
    const user = await findUser(context, context.req.valid("param").id);
    await assertHeld(context, principal, user.roles);
    const erased = await services.privacy.erase(user.id, principal.subject);
    if (!erased.ok) throw ADMINISTRATION_REFUSALS[erased.error.kind]();
    return context.body(null, 204);
  },
});

export const privacyEndpoints = [eraseMe, eraseUser];
