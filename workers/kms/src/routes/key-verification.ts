import { createRoute, z } from "@hono/zod-openapi";
import { json, jsonBody, problems } from "#shared/http/openapi.ts";
import { endOfKey } from "../domain/api-key.ts";
import type { ApiKeyCheck } from "../domain/api-keys.ts";
import { type KmsApp, NO_STORE, record } from "./frame.ts";
import { scopeName } from "./scope-name.ts";

const verdict = z
  .object({
    valid: z.boolean(),
    code: z.enum(["valid", "malformed", "unknown", "revoked", "expired"]),
    service: z.string().nullable(),
    scopes: z.array(scopeName),
    expiresAt: z.iso.datetime().nullable().openapi({ description: "When it ends: by expiry, or with its grace" }),
  })
  .openapi("KeyVerdict");

const route = createRoute({
  method: "post",
  path: "/keys/verify",
  tags: ["Keys"],
  summary: "Tell whether an API key is good, and for what",
  request: { body: jsonBody(z.strictObject({ key: z.string() })) },
  responses: {
    200: json(verdict, "The verdict; a bad key is no error"),
    ...problems("unauthenticated", "forbidden", "invalid-input", "unavailable"),
  },
});

const toVerdict = (checked: ApiKeyCheck): z.infer<typeof verdict> => {
  const valid = checked.code === "valid";
  if (!("apiKey" in checked)) return { valid, code: checked.code, service: null, scopes: [], expiresAt: null };
  const { code, apiKey } = checked;
  const expiresAt = endOfKey(apiKey)?.toISOString() ?? null;
  return { valid, code, service: apiKey.service, scopes: valid ? apiKey.scopes : [], expiresAt };
};

export const addKeyVerification = (app: KmsApp): void => {
  app.openapi(route, async (context) => {
    const checked = await context.var.services.apiKeys.check(context.req.valid("json").key);
    if (checked.code !== "valid") record(context, { action: "key.verify", outcome: "failure", reason: checked.code });
    return context.json(toVerdict(checked), 200, NO_STORE);
  });
};
