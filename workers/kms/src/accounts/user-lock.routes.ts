import { z } from "@hono/zod-openapi";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { grantorOf, warningFields, warningsTo } from "../http/granting.ts";
import { ADMINISTRATION_REFUSALS, findUser, toUserBody, USER_EXAMPLE, userBody } from "../http/user-response.ts";
import { isBeyondDefault } from "./granting.ts";
import { assertHeld } from "./roles.routes.ts";

const params = z.object({ id: reference() });
const lockedUserBody = userBody.extend(warningFields).openapi("LockedUser");

const lockUser = endpoint("POST /users/{id}/lock", {
  operationId: "kms.lockUser",
  tags: ["Accounts"],
  summary: "Lock a user: their sessions end, and they cannot log in",
  params,
  responses: {
    200: json(lockedUserBody, "The locked user", { ...USER_EXAMPLE, lockedAt: EXAMPLE.today }),
  },
  errors: ["not-found", "conflict"],
  handle: async (context, principal) => {
    const grantor = grantorOf(context, principal, "access");
    const { id } = context.req.valid("param");
    const user = await findUser(context, id);
    await assertHeld(context, principal, user.roles);
    const locked = await context.var.services.userAdministration.lock(id, grantor);
    if (!locked.ok) throw ADMINISTRATION_REFUSALS[locked.error.kind]();
    return context.json({ ...toUserBody(locked.value), ...warningsTo(grantor) }, 200);
  },
});

const unlockUser = endpoint("POST /users/{id}/unlock", {
  operationId: "kms.unlockUser",
  tags: ["Accounts"],
  summary: "Unlock a user, so that they can log in again",
  params,
  responses: {
    200: json(lockedUserBody, "The unlocked user", USER_EXAMPLE),
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { id } = context.req.valid("param");
    const user = await findUser(context, id);
    // To let an administrator in again is to grant what they may do.
    const grantor = grantorOf(context, principal, isBeyondDefault(user.roles) ? "rights" : "access");
    await assertHeld(context, principal, user.roles);
    const unlocked = await context.var.services.userAdministration.unlock(id, grantor);
    if (!unlocked.ok) throw ADMINISTRATION_REFUSALS[unlocked.error.kind]();
    return context.json({ ...toUserBody(unlocked.value), ...warningsTo(grantor) }, 200);
  },
});

export const userLockEndpoints = [lockUser, unlockUser];
