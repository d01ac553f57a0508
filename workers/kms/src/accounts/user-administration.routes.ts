import { z } from "@hono/zod-openapi";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { grantorOf } from "../http/granting.ts";
import { noteMail } from "../http/pending-mail.ts";
import {
  ADMINISTRATION_REFUSALS,
  accountRefused,
  assertUsername,
  findUser,
  newAccountFields,
  toUserBody,
  USER_EXAMPLE,
  userBody,
} from "../http/user-response.ts";
import { assertHeld } from "./roles.routes.ts";

const { username, email } = newAccountFields;
const accountChange = z.strictObject({ username: username.optional(), email: email.nullable() });

const updateUser = endpoint("PATCH /users/{id}", {
  operationId: "kms.updateUser",
  tags: ["Accounts"],
  summary: "Change a user's name or email address; what is left out stays, and `null` removes the address",
  params: z.object({ id: reference() }),
  body: jsonBody(accountChange, { email: EXAMPLE.email }),
  responses: {
    200: json(userBody, "The user", USER_EXAMPLE),
  },
  errors: ["not-found", "conflict"],
  handle: async (context, principal) => {
    const change = context.req.valid("json");
    // The holder of the mailbox can log in as the user.
    const grantor = grantorOf(context, principal, "credential");
    if (change.username !== undefined) assertUsername(change.username);
    const user = await findUser(context, context.req.valid("param").id);
    await assertHeld(context, principal, user.roles);
    const updated = await context.var.services.userAdministration.update(user, change, grantor);
    noteMail(context);
    if (updated.ok) return context.json(toUserBody(updated.value), 200);
    const { kind } = updated.error;
    throw kind === "unknown" ? ADMINISTRATION_REFUSALS.unknown() : accountRefused({ kind });
  },
});

export const userAdministrationEndpoints = [updateUser];
