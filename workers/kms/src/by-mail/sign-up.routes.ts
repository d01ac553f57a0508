import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { jsonBody } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { preferredLanguage } from "#shared/semantics/language.ts";
import { endpoint } from "../endpoint.ts";
import { noteMail } from "../http/pending-mail.ts";
import { newAddress } from "../http/user-response.ts";

const signUp = endpoint("POST /sign-up", {
  operationId: "kms.signUp",
  tags: ["Accounts"],
  summary: "Have a link mailed by which you can create an account, unless REGISTRATION=closed",
  description:
    "The response is the same for everyone, and so is its time: only the mail says whether an account has the address already. " +
    "The link works once, for 24 hours, at POST /kms/invitations/accept.",
  body: jsonBody(z.strictObject({ email: newAddress }), { email: EXAMPLE.email }),
  responses: {
    202: { description: "A mail is on its way, unless too many went to that mailbox of late" },
  },
  errors: ["forbidden"],
  handle: async (context) => {
    const { registration, signUp: signUps } = context.var.services;
    if (registration === "closed")
      throw problem("forbidden", { detail: "No one can sign up here. Ask an administrator for an account." });
    const language = preferredLanguage(context.req.header("accept-language"));
    await signUps.request({ email: context.req.valid("json").email, language });
    noteMail(context);
    return context.body(null, 202);
  },
});

export const signUpEndpoints = [signUp];
