import { z } from "@hono/zod-openapi";
import { text } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { jsonBody } from "#shared/http/openapi.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { problem } from "#shared/problem/problem.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { preferredLanguage } from "#shared/semantics/language.ts";
import { MAX_PASSWORD_INPUT } from "../accounts/password-rules.ts";
import { MAX_USERNAME_INPUT } from "../accounts/username.ts";
import { endpoint } from "../endpoint.ts";
import { assertOneOf, codeField, tokenField } from "../http/mailed-proof.ts";
import { passwordRefused } from "../http/password-refused.ts";
import { noteMail } from "../http/pending-mail.ts";
import type { ResetProof } from "./password-reset.ts";

/** A username, or an email address, which is no longer. */
const login = text({ min: 1, max: MAX_USERNAME_INPUT }).openapi({
  description: "A username or a verified email address",
});

const forgot = endpoint("POST /password/forgot", {
  operationId: "kms.forgotPassword",
  tags: ["Accounts"],
  summary: "Have a link and a code mailed by which a forgotten password can be replaced",
  description:
    "The response is the same for everyone, known or not, and so is its time. A mail goes out where the account has a verified " +
    "address, is not locked, and did not have too many such mails of late.",
  body: jsonBody(z.strictObject({ login }), { login: EXAMPLE.username }),
  responses: {
    202: { description: "If there is such an account with a verified address, a mail is on its way" },
  },
  handle: async (context) => {
    const language = preferredLanguage(context.req.header("accept-language"));
    await context.var.services.passwordReset.request({ login: context.req.valid("json").login, language });
    noteMail(context);
    return context.body(null, 202);
  },
});

const newPassword = z.strictObject({
  token: tokenField,
  login: login.optional(),
  code: codeField,
  newPassword: text({ max: MAX_PASSWORD_INPUT }),
});

/** The link's token, or the code with the name it was asked for by; refuses other combinations with 422. */
const proofOf = (given: z.output<typeof newPassword>): ResetProof => {
  const proof = assertOneOf(given);
  if ("token" in proof) {
    if (given.login === undefined) return proof;
    throw problem("invalid-input", { errors: [{ pointer: "#/login", detail: "belongs to a code, not to a token" }] });
  }
  if (given.login !== undefined) return { login: given.login, code: proof.code };
  throw problem("invalid-input", { errors: [{ pointer: "#/login", detail: "is required with a code" }] });
};

const reset = endpoint("POST /password/reset", {
  operationId: "kms.resetPassword",
  tags: ["Accounts"],
  summary: "Set a new password by a link or a code that was mailed",
  description:
    "Ends all sessions of the user, notifies them by mail, and opens none. A second factor stays in force. A password that does " +
    "not meet the rules leaves the link as it is.",
  body: jsonBody(newPassword, {
    login: EXAMPLE.username,
    code: "12345678",
    newPassword: "five unrelated words, plain ones",
  }),
  responses: {
    204: { description: "The password is set" },
  },
  errors: ["link-refused", "too-many-attempts"],
  handle: async (context) => {
    const given = context.req.valid("json");
    const { passwordReset } = context.var.services;
    const done = await passwordReset.reset(proofOf(given), given.newPassword, currentRequest()?.clientAddress);
    noteMail(context);
    if (done.ok) return context.body(null, 204);
    const { error } = done;
    throw error.kind === "blocked" ? tooOften(error.retryAfterSeconds) : passwordRefused(error);
  },
});

export const passwordResetEndpoints = [forgot, reset];
