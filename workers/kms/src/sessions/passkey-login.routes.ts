import { createRoute } from "@hono/zod-openapi";
import { challengedOptionsSchema, passkeyLoginSchema } from "#shared/contracts/webauthn.ts";
import { CHALLENGED_OPTIONS_EXAMPLE, PASSKEY_LOGIN_EXAMPLE } from "#shared/http/examples-of-passkeys.ts";
import { json, jsonBody, problems } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import type { KmsApp } from "../http/frame.ts";
import { TOKENS_EXAMPLE, tokenAnswer } from "../http/token-answer.ts";

const optionsRoute = createRoute({
  method: "post",
  path: "/login/passkey/options",
  operationId: "kms.getPasskeyLoginOptions",
  tags: ["Accounts"],
  summary: "Get the WebAuthn options for a login with a passkey",
  responses: {
    200: json(challengedOptionsSchema, "For navigator.credentials.get()", CHALLENGED_OPTIONS_EXAMPLE),
    ...problems("too-many-attempts"),
  },
});

const loginRoute = createRoute({
  method: "post",
  path: "/login/passkey",
  operationId: "kms.loginWithPasskey",
  tags: ["Accounts"],
  summary: "Log in with a passkey and user verification (PIN or biometrics); counts as two factors",
  request: { body: jsonBody(passkeyLoginSchema, PASSKEY_LOGIN_EXAMPLE) },
  responses: {
    200: json(tokenAnswer, "A new session's tokens, with acr = aal2", TOKENS_EXAMPLE),
    ...problems("login-refused", "too-many-attempts"),
  },
});

/** The gateway answers in our place, as twofa knows the passkeys. */
const answeredElsewhere = () => problem("not-supported", { detail: "Only the gateway serves this operation." });

export const addPasskeyLogin = (app: KmsApp): void => {
  app.openapi(optionsRoute, () => {
    throw answeredElsewhere();
  });
  app.openapi(loginRoute, () => {
    throw answeredElsewhere();
  });
};
