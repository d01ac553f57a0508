import type { OpenAPIHono } from "@hono/zod-openapi";
import { validator } from "hono/validator";
import { passkeyLoginSchema } from "#shared/contracts/webauthn.ts";
import { fieldErrors, type WorkerEnv } from "#shared/http/app.ts";
import { problem } from "#shared/problem/problem.ts";
import type { GatewayServices } from "../services.ts";

const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };

const loginBody = validator("json", (body: unknown) => {
  const parsed = passkeyLoginSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw problem("invalid-input", {
    detail: "Some fields are not as they should be.",
    errors: fieldErrors("json", parsed.error.issues),
  });
});

/** Declared by the kms, which cannot answer them: it knows no passkeys. */
export const addPasskeyLogin = (app: OpenAPIHono<WorkerEnv<GatewayServices>>): void => {
  app.post("/kms/login/passkey/options", async (context) =>
    context.json(await context.var.services.passkeyLogins.options(), 200, NO_STORE),
  );

  app.post("/kms/login/passkey", loginBody, async (context) => {
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
