import { z } from "@hono/zod-openapi";
import { text } from "#shared/contracts/input.ts";
import { FACTORS_HEADER } from "#shared/contracts/people.ts";
import { jsonBody } from "#shared/http/openapi.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { MAX_PASSWORD_INPUT } from "../accounts/password-rules.ts";
import { endpoint } from "../endpoint.ts";
import { token } from "../http/mailed-proof.ts";
import { passwordRefused } from "../http/password-refused.ts";
import { noteMail } from "../http/pending-mail.ts";

const recovered = z.strictObject({ token, newPassword: text({ max: MAX_PASSWORD_INPUT }) });

const recover = endpoint("POST /recover", {
  operationId: "kms.recoverAccount",
  tags: ["Accounts"],
  summary: "Set a new password by a link of `npm run recover`, and lose all second factors and sessions",
  description:
    "For an administrator who lost password or second factor. Notifies them by mail, and opens no session. What delayed logins " +
    "by this name no longer does. A password that does not meet the rules leaves the link as it is.",
  body: jsonBody(recovered, { token: "ftl_…", newPassword: "five unrelated words, plain ones" }),
  responses: {
    204: { description: "The password is set, and the second factors are removed" },
  },
  errors: ["link-refused"],
  handle: async (context) => {
    const given = context.req.valid("json");
    const { recovery } = context.var.services;
    const done = await recovery.recover(given.token, given.newPassword, currentRequest()?.clientAddress);
    if (!done.ok) throw passwordRefused(done.error);
    noteMail(context);
    context.header(FACTORS_HEADER, "pending");
    return context.body(null, 204);
  },
});

export const recoveryEndpoints = [recover];
