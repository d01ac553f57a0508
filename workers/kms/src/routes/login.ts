import { createRoute, z } from "@hono/zod-openapi";
import { json, jsonBody, problems } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { audit, type KmsApp, NO_STORE, record, tooBusy } from "./frame.ts";
import { tokenAnswer, toTokenAnswer } from "./token-answer.ts";

const credentials = z.object({ username: z.string().min(1), password: z.string().min(1) });

const route = createRoute({
  method: "post",
  path: "/login",
  tags: ["Accounts"],
  summary: "Log in with a username and a password",
  request: { body: jsonBody(credentials) },
  responses: {
    200: json(tokenAnswer, "A new session's tokens"),
    ...problems("login-refused", "invalid-input", "unavailable"),
  },
});

export const addLogin = (app: KmsApp): void => {
  app.openapi(route, async (context) => {
    const { username, password } = context.req.valid("json");
    const { accounts, sessions } = context.var.services;
    const authenticated = await accounts.authenticate(username, password);
    const opened = authenticated.ok ? await sessions.open(authenticated.value) : authenticated;
    if (!opened.ok) {
      await audit(context, { action: "login", outcome: "failure", reason: opened.error });
      if (opened.error === "busy") throw tooBusy();
      throw problem("login-refused", {
        detail: "The username or the password is wrong.",
        headers: { "www-authenticate": "Bearer" },
      });
    }
    const { userId, sessionId, access, refreshToken } = opened.value;
    record(context, { action: "login", outcome: "success", actor: userId, target: sessionId });
    return context.json(toTokenAnswer(access, refreshToken), 200, NO_STORE);
  });
};
