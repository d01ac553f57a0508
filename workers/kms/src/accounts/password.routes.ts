import { z } from "@hono/zod-openapi";
import { unauthenticated } from "#shared/auth/authorize.ts";
import { text } from "#shared/contracts/input.ts";
import { jsonBody } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { attemptRefused } from "../http/attempt-response.ts";
import { grantorOf } from "../http/granting.ts";
import { noteMail } from "../http/pending-mail.ts";
import { MAX_PASSWORD_INPUT, passwordFault } from "./password-rules.ts";

const passwords = z.strictObject({
  currentPassword: text({ min: 1, max: MAX_PASSWORD_INPUT }),
  newPassword: text({ max: MAX_PASSWORD_INPUT }),
});

const password = endpoint("PUT /me/password", {
  operationId: "kms.changePassword",
  tags: ["Accounts"],
  summary: "Change the caller's own password and end their other sessions",
  description:
    "Requires the current password and, for users who have a second factor, its verification within the last 5 minutes. " +
    "Narrowed tokens are refused.",
  body: jsonBody(passwords, {
    currentPassword: "four unrelated plain words",
    newPassword: "five unrelated words, plain ones",
  }),
  responses: {
    204: { description: "The password is changed; this session continues" },
  },
  errors: ["login-refused", "conflict", "too-many-attempts"],
  handle: async (context, principal) => {
    const { currentPassword, newPassword } = context.req.valid("json");
    const { services } = context.var;
    const grantor = grantorOf(context, principal, "password");
    const user = await services.users.findById(grantor.subject);
    if (!user) throw unauthenticated(true);
    const fault = passwordFault(newPassword, { ...user, issuer: services.issuer });
    if (fault !== undefined)
      throw problem("invalid-input", {
        detail: "This password does not meet the rules.",
        errors: [{ pointer: "#/newPassword", detail: fault }],
      });
    const change = { sessionId: principal.sessionId, currentPassword, newPassword };
    const changed = await services.accounts.changePassword(change, grantor);
    if (!changed.ok) {
      if (changed.error.kind === "superseded")
        throw problem("conflict", { detail: "Another session has changed the password in the meantime." });
      throw attemptRefused("The current password is wrong.", changed);
    }
    noteMail(context);
    return context.body(null, 204);
  },
});

export const passwordEndpoints = [password];
