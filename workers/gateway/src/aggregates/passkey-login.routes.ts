/** Login by passkey, to which twofa contributes the passkey and the kms the session. */
import { challengedOptionsSchema, passkeyLoginSchema } from "#shared/contracts/webauthn.ts";
import { CHALLENGED_OPTIONS_EXAMPLE, PASSKEY_LOGIN_EXAMPLE } from "#shared/http/examples-of-passkeys.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { TOKENS_EXAMPLE, tokensBody, tokensSchema } from "#shared/http/tokens.ts";
import { problem } from "#shared/problem/problem.ts";
import type { SignInMethod } from "#shared/settings/sign-in.ts";
import { kmsEndpoint } from "../endpoint.ts";

const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };

/** The kms refuses it anyway; here the caller learns why. */
const assertOffered = (methods: ReadonlySet<SignInMethod>): void => {
  if (!methods.has("passkey"))
    throw problem("forbidden", { detail: "No one logs in with a passkey here. Use a password." });
};

const getOptions = kmsEndpoint("POST /login/passkey/options", {
  operationId: "kms.getPasskeyLoginOptions",
  tags: ["Accounts"],
  summary: "Get the WebAuthn options for a login with a passkey",
  responses: { 200: json(challengedOptionsSchema, "For navigator.credentials.get()", CHALLENGED_OPTIONS_EXAMPLE) },
  errors: ["forbidden", "too-many-attempts"],
  handle: async (context) => {
    const { passkeyLogins, signInMethods } = context.var.services;
    assertOffered(signInMethods);
    return context.json(await passkeyLogins.options(), 200, NO_STORE);
  },
});

const logIn = kmsEndpoint("POST /login/passkey", {
  operationId: "kms.loginWithPasskey",
  tags: ["Accounts"],
  summary: "Log in with a passkey and user verification (PIN or biometrics); counts as two factors",
  body: jsonBody(passkeyLoginSchema, PASSKEY_LOGIN_EXAMPLE),
  responses: { 200: json(tokensSchema, "A new session's tokens, with acr = aal2", TOKENS_EXAMPLE) },
  errors: ["forbidden", "login-refused", "too-many-attempts"],
  handle: async (context) => {
    const { passkeyLogins, signInMethods } = context.var.services;
    assertOffered(signInMethods);
    const opened = await passkeyLogins.logIn(context.req.valid("json"));
    return context.json(tokensBody(opened, opened.refreshToken), 200, NO_STORE);
  },
});

export const passkeyLoginEndpoints = [getOptions, logIn];
