import { z } from "@hono/zod-openapi";
import { PUBLIC_KEY_EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { isPublishable } from "./signing-key.ts";

const CACHE_CONTROL = "public, max-age=60";

/** The public members of a JWK (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2); no other member passes. */
const publicKey = z
  .object({
    kty: z.string(),
    kid: z.string(),
    alg: z.string(),
    use: z.string(),
    crv: z.string().optional(),
    x: z.string().optional(),
    y: z.string().optional(),
    n: z.string().optional(),
    e: z.string().optional(),
  })
  .openapi("PublicKey");

const keySetSchema = z.object({ keys: z.array(publicKey) }).openapi("KeySet");

const keySet = endpoint("GET /.well-known/jwks.json", {
  operationId: "kms.getKeySet",
  tags: ["Tokens"],
  summary: "Get the public keys that verify access tokens and ID tokens (RFC 7517)",
  responses: {
    200: json(keySetSchema, "The key set", { keys: [PUBLIC_KEY_EXAMPLE] }),
  },
  handle: async (context) => {
    const { keyRing, idTokenKeyRing } = context.var.services;
    const keys = [...(await keyRing.trust()).keys.filter(isPublishable), ...(await idTokenKeyRing.published())];
    return context.json(keySetSchema.parse({ keys }), 200, {
      "cache-control": CACHE_CONTROL,
    });
  },
});

export const keySetEndpoints = [keySet];
