import { z } from "@hono/zod-openapi";
import { created, locationOf } from "#shared/http/location.ts";
import { jsonBody } from "#shared/http/openapi.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { problem } from "#shared/problem/problem.ts";
import { preferredLanguage } from "#shared/semantics/language.ts";
import { endpoint } from "../endpoint.ts";
import { consentsField, givenConsents } from "../http/consent-response.ts";
import { noteMail } from "../http/pending-mail.ts";
import {
  accountRefused,
  assertAcceptable,
  NEW_ACCOUNT_EXAMPLE,
  newAccountFields,
  toUserBody,
  USER_EXAMPLE,
  userBody,
} from "../http/user-response.ts";

const CLOSED = {
  closed: "Registration is closed. Ask an administrator for an account.",
  email: "Registration is by mail here: have a link mailed by POST /kms/sign-up.",
};

const register = endpoint("POST /register", {
  operationId: "kms.register",
  tags: ["Accounts"],
  summary: "Create an account for yourself, if REGISTRATION=open",
  body: jsonBody(z.strictObject({ ...newAccountFields, consents: consentsField }), NEW_ACCOUNT_EXAMPLE),
  responses: {
    201: created(userBody, "The new user; their role is always `user`", USER_EXAMPLE),
  },
  errors: ["forbidden", "conflict"],
  handle: async (context) => {
    const { accounts, registration } = context.var.services;
    if (registration !== "open") throw problem("forbidden", { detail: CLOSED[registration] });
    const { username, email, password, consents: versions } = context.req.valid("json");
    assertAcceptable(context, { username, email, password });
    const consents = givenConsents(context, versions, "sign-up-page");
    const registered = await accounts.register(
      { username, email, password, consents },
      {
        address: currentRequest()?.clientAddress,
        language: preferredLanguage(context.req.header("accept-language")),
      },
    );
    if (!registered.ok) throw accountRefused(registered.error);
    noteMail(context);
    context.header("location", locationOf("kms", "GET /users/{id}", registered.value.id));
    return context.json(toUserBody(registered.value), 201);
  },
});

export const registerEndpoints = [register];
