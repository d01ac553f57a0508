/** API keys as the API shows them: their metadata always, the key itself only when it is made. */
import { z } from "@hono/zod-openapi";
import { type ApiKey, prefixOf, stateOfKey } from "../domain/api-key.ts";
import type { CreatedApiKey } from "../domain/api-keys.ts";
import { scopeName } from "./scope-name.ts";

const fields = {
  id: z.string(),
  service: z.string(),
  name: z.string().nullable(),
  prefix: z.string().openapi({ description: "How the key begins" }),
  scopes: z.array(scopeName),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
};

export const keyAnswer = z
  .object({
    ...fields,
    revokedAt: z.iso.datetime().nullable().openapi({ description: "In the future while a rotated key has its grace" }),
    state: z.enum(["active", "grace", "revoked", "expired"]),
  })
  .openapi("ApiKey");

export const createdKeyAnswer = z.object({ ...fields, key: z.string() }).openapi("CreatedApiKey");

const shared = ({ id, service, name, scopes, createdAt, expiresAt }: ApiKey) => ({
  id,
  service,
  name,
  prefix: prefixOf(id),
  scopes,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt?.toISOString() ?? null,
});

export const toKeyAnswer = (apiKey: ApiKey, nowMs: number): z.infer<typeof keyAnswer> => ({
  ...shared(apiKey),
  revokedAt: apiKey.revokedAt?.toISOString() ?? null,
  state: stateOfKey(apiKey, nowMs),
});

export const toCreatedKeyAnswer = ({ apiKey, key }: CreatedApiKey): z.infer<typeof createdKeyAnswer> => ({
  ...shared(apiKey),
  key,
});
