import { z } from "@hono/zod-openapi";
import { PUBLIC_KEY_EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { publicDocument } from "./public-document.ts";

const PATH = "/.well-known/jwks.json";

const jwks = endpoint("GET /.well-known/jwks.json", {
  operationId: "gateway.getKeySet",
  summary: "Get the public keys that verify access tokens (RFC 7517)",
  responses: {
    200: json(z.object({ keys: z.array(z.looseObject({ kid: z.string() })) }), "The key set", {
      keys: [PUBLIC_KEY_EXAMPLE],
    }),
  },
  errors: ["unavailable"],
  validatedBy: "handler",
  handle: (context) => publicDocument(context, PATH),
});

export const jwksEndpoints = [jwks];
