import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, problems } from "#shared/http/openapi.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import type { GatewayServices } from "../composition/services.ts";
import { forwardTo } from "./access.ts";

const PATH = "/.well-known/oauth-authorization-server";

const route = createRoute({
  method: "get",
  path: PATH,
  operationId: "gateway.getServerMetadata",
  summary: "Get the metadata of the authorization server (RFC 8414)",
  responses: {
    200: json(z.looseObject({ issuer: z.string(), token_endpoint: z.string() }), "The metadata", {
      issuer: EXAMPLE.issuer,
      token_endpoint: `${EXAMPLE.issuer}/kms/token`,
      revocation_endpoint: `${EXAMPLE.issuer}/kms/revoke`,
      introspection_endpoint: `${EXAMPLE.issuer}/kms/introspect`,
      jwks_uri: `${EXAMPLE.issuer}/.well-known/jwks.json`,
    }),
    ...problems("unavailable"),
  },
});

export const addMetadata = (app: OpenAPIHono<WorkerEnv<GatewayServices>>): void => {
  app.openAPIRegistry.registerPath(route);
  app.get(PATH, (context) => forwardTo(context, "kms", { path: PATH, policy: { caller: "anyone" }, own: {} }));
};
