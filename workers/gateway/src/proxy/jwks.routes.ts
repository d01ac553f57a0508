import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { PUBLIC_KEY_EXAMPLE } from "#shared/http/examples.ts";
import { json, problems } from "#shared/http/openapi.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import type { GatewayServices } from "../composition/services.ts";
import { forwardTo } from "./access.ts";

const PATH = "/.well-known/jwks.json";

const route = createRoute({
  method: "get",
  path: PATH,
  operationId: "gateway.getKeySet",
  summary: "Get the public keys that verify access tokens (RFC 7517)",
  responses: {
    200: json(z.object({ keys: z.array(z.looseObject({ kid: z.string() })) }), "The key set", {
      keys: [PUBLIC_KEY_EXAMPLE],
    }),
    ...problems("unavailable"),
  },
});

export const addJwks = (app: OpenAPIHono<WorkerEnv<GatewayServices>>): void => {
  app.openAPIRegistry.registerPath(route);
  app.get(PATH, (context) => forwardTo(context, "kms", { path: PATH, policy: { caller: "anyone" }, own: {} }));
};
