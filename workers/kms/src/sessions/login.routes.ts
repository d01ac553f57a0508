import { z } from "@hono/zod-openapi";
import { text } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { TOKENS_EXAMPLE, tokensBody, tokensSchema } from "#shared/http/tokens.ts";
import { originOfRequest } from "#shared/observability/context.ts";
import { problem } from "#shared/problem/problem.ts";
import { MAX_PASSWORD_INPUT } from "../accounts/password-rules.ts";
import { MAX_USERNAME_INPUT } from "../accounts/username.ts";
import { endpoint } from "../endpoint.ts";
import { attemptRefused, limitHeaders } from "../http/attempt-response.ts";
import { NO_STORE } from "../http/context.ts";

const credentials = z.strictObject({
  username: text({ min: 1, max: MAX_USERNAME_INPUT }),
  password: text({ min: 1, max: MAX_PASSWORD_INPUT }),
});

const login = endpoint("POST /login", {
  operationId: "kms.login",
  tags: ["Accounts"],
  summary: "Log in with a username and password",
  description:
    "Wrong passwords are counted by account and by address; `RateLimit` says how many more may be tried. The token is of " +
    "level `aal1`: pass a second factor at POST /twofa/auth/verify for operations that need one.",
  body: jsonBody(credentials, { username: EXAMPLE.username, password: "four unrelated plain words" }),
  responses: {
    200: json(tokensSchema, "A new session's tokens", TOKENS_EXAMPLE),
  },
  errors: ["forbidden", "login-refused", "too-many-attempts"],
  handle: async (context) => {
    const { username, password } = context.req.valid("json");
    const { passwordLogins, signInMethods } = context.var.services;
    if (!signInMethods.has("password"))
      throw problem("forbidden", { detail: "No one logs in with a password here. Use a passkey." });
    const opened = await passwordLogins.open({ username, password }, originOfRequest());
    if (!opened.ok) throw attemptRefused("The username or the password is wrong.", opened);
    const { access, refreshToken } = opened.value;
    return context.json(tokensBody(access, refreshToken), 200, { ...NO_STORE, ...limitHeaders(opened.allowance) });
  },
});

export const loginEndpoints = [login];
