import { z } from "@hono/zod-openapi";
import { text } from "#shared/contracts/input.ts";
import { MAX_NETWORK_LENGTH, parseAddress } from "#shared/contracts/networks.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { NO_STORE } from "../http/context.ts";
import { scopeName } from "../http/scope-name.ts";
import { endOfKey } from "./api-key.ts";
import type { ApiKeyCheck } from "./api-keys.ts";

const CODES = ["valid", "malformed", "unknown", "revoked", "expired", "disabled", "address-not-allowed"] as const;

/** Several times as long as our keys: what may be one, and something around it. */
const MAX_KEY_CHARACTERS = 256;

const question = z.strictObject({
  key: text({ max: MAX_KEY_CHARACTERS }),
  address: text({ max: MAX_NETWORK_LENGTH })
    .refine((given) => parseAddress(given) !== undefined, "must be an IP address")
    .optional()
    .openapi({ description: "The address the key was used from; without it, the allowed addresses are not checked" }),
});

const verdict = z
  .object({
    valid: z.boolean(),
    code: z.enum(CODES),
    service: z.string().nullable(),
    scopes: z.array(scopeName),
    expiresAt: z.iso.datetime().nullable().openapi({ description: "When it expires or its grace period ends" }),
  })
  .openapi("KeyVerdict");

const toVerdict = (checked: ApiKeyCheck): z.infer<typeof verdict> => {
  const code = checked.ok ? "valid" : checked.error.kind;
  const apiKey = checked.ok ? checked.value : "apiKey" in checked.error ? checked.error.apiKey : undefined;
  return {
    valid: checked.ok,
    code,
    service: apiKey?.service ?? null,
    scopes: checked.ok ? checked.value.scopes : [],
    expiresAt: (apiKey && endOfKey(apiKey)?.toISOString()) ?? null,
  };
};

const keyVerification = endpoint("POST /keys/verify", {
  operationId: "kms.verifyKey",
  tags: ["Keys"],
  summary: "Verify an API key and return its service and scopes",
  description:
    "For services that receive keys themselves. An invalid key gets 200 as well, with `valid: false` and the " +
    "reason in `code`.",
  body: jsonBody(question, { key: EXAMPLE.apiKey, address: EXAMPLE.address }),
  responses: {
    200: json(verdict, "The result; an invalid key is not an error", {
      valid: true,
      code: "valid",
      service: EXAMPLE.service,
      scopes: ["search:read"],
      expiresAt: "2027-03-02T09:00:00.000Z",
    }),
  },
  handle: async (context) => {
    const { key, address } = context.req.valid("json");
    const { apiKeys, keyUses } = context.var.services;
    const checked = await apiKeys.verify(key, address === undefined ? "not-checked" : { address });
    if (checked.ok) keyUses.note(checked.value.id);
    return context.json(toVerdict(checked), 200, NO_STORE);
  },
});

export const keyVerificationEndpoints = [keyVerification];
