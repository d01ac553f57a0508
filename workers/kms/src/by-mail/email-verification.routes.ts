import { z } from "@hono/zod-openapi";
import { unauthenticated } from "#shared/auth/authorize.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { preferredLanguage } from "#shared/semantics/language.ts";
import { endpoint } from "../endpoint.ts";
import { grantorOf, warningFields, warningsTo } from "../http/granting.ts";
import { assertOneOf, codeField, linkRefused, tokenField } from "../http/mailed-proof.ts";
import { noteMail } from "../http/pending-mail.ts";
import { newAddress, toUserBody, USER_EXAMPLE, userBody } from "../http/user-response.ts";

const pendingAddress = z
  .object({ email: z.string(), expiresAt: z.iso.datetime(), ...warningFields })
  .openapi("PendingAddress");

const changeEmail = endpoint("PUT /me/email", {
  operationId: "kms.changeEmail",
  tags: ["Accounts"],
  summary: "Give an email address, which counts once it is verified by the link or the code that is mailed to it",
  body: jsonBody(z.strictObject({ email: newAddress }), { email: EXAMPLE.email }),
  responses: {
    202: json(pendingAddress, "The mail is on its way", { email: EXAMPLE.email, expiresAt: EXAMPLE.monthLater }),
  },
  errors: ["too-many-attempts"],
  handle: async (context, principal) => {
    const { users, emailVerification } = context.var.services;
    const { email } = context.req.valid("json");
    // Anyone who reads the mail that goes there can set a new password.
    const grantor = grantorOf(context, principal, "credential");
    const user = await users.findById(grantor.subject);
    if (!user) throw unauthenticated(true);
    const language = preferredLanguage(context.req.header("accept-language"));
    const requested = await emailVerification.request({ user, email, language }, grantor);
    if (!requested.ok) throw tooOften(requested.error.retryAfterSeconds);
    noteMail(context);
    const expiresAt = requested.value.expiresAt.toISOString();
    return context.json({ email, expiresAt, ...warningsTo(grantor) }, 202);
  },
});

const proof = z.strictObject({ token: tokenField, code: codeField });

const verifyEmail = endpoint("POST /me/email/verify", {
  operationId: "kms.verifyEmail",
  tags: ["Accounts"],
  summary: "Verify an email address by the token of the link, or the code, that was mailed to it",
  body: jsonBody(proof, { code: "12345678" }),
  responses: {
    200: json(userBody, "The user; the address they had before is notified", USER_EXAMPLE),
  },
  errors: ["link-refused", "too-many-attempts"],
  handle: async (context, principal) => {
    const { users, emailVerification } = context.var.services;
    const given = assertOneOf(context.req.valid("json"));
    const user = await users.findById(principal.subject);
    if (!user) throw unauthenticated(true);
    const confirmed = await emailVerification.confirm(user, given);
    noteMail(context);
    if (confirmed.ok) return context.json(toUserBody(confirmed.value), 200);
    throw confirmed.error.kind === "blocked" ? tooOften(confirmed.error.retryAfterSeconds) : linkRefused();
  },
});

export const emailVerificationEndpoints = [changeEmail, verifyEmail];
