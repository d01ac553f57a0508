import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { json, problems } from "#shared/http/openapi.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import type { GatewayServices } from "../composition/services.ts";
import { passOn } from "./access.ts";

const PATH = "/.well-known/oauth-authorization-server";

const route = createRoute({
  method: "get",
  path: PATH,
  operationId: "gateway.getServerMetadata",
  summary: "What an OAuth client needs to know (RFC 8414)",
  responses: {
    200: json(z.looseObject({ issuer: z.string(), token_endpoint: z.string() }), "The metadata"),
    ...problems("unavailable"),
  },
});

export const addMetadata = (app: OpenAPIHono<WorkerEnv<GatewayServices>>): void => {
  app.openAPIRegistry.registerPath(route);
  app.get(PATH, (context) => passOn(context, "kms", { path: PATH, policy: { caller: "anyone" }, own: {} }));
};
