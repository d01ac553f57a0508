import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { passkeyLoginSchema } from "#shared/contracts/webauthn.ts";
import { PASSKEY_LOGIN_EXAMPLE } from "#shared/http/examples-of-passkeys.ts";
import { jsonBody } from "#shared/http/openapi.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import type { GatewayServices } from "../composition/services.ts";

const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };

/** The input; the kms declares the responses, for the documentation. */
const loginRoute = createRoute({
  method: "post",
  path: "/kms/login/passkey",
  request: { body: jsonBody(passkeyLoginSchema, PASSKEY_LOGIN_EXAMPLE) },
  responses: { 200: { description: "Tokens" } },
});

/** Routes of the kms that it cannot serve itself, because it has no passkeys. */
export const addPasskeyLogin = (app: OpenAPIHono<WorkerEnv<GatewayServices>>): void => {
  app.post("/kms/login/passkey/options", async (context) =>
    context.json(await context.var.services.passkeyLogins.options(), 200, NO_STORE),
  );

  app.openapi(loginRoute, async (context) => {
    const opened = await context.var.services.passkeyLogins.logIn(context.req.valid("json"));
    const { accessToken, expiresInSeconds, refreshToken, scope } = opened;
    const tokens = {
      access_token: accessToken,
      token_type: "Bearer",
      expires_in: expiresInSeconds,
      refresh_token: refreshToken,
      scope,
    };
    return context.json(tokens, 200, NO_STORE);
  });
};
