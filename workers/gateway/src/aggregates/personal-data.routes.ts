import type { OpenAPIHono } from "@hono/zod-openapi";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import type { GatewayServices } from "../composition/services.ts";

/** Declared by the kms, which alone does not have the data of the other workers. */
export const addPersonalData = (app: OpenAPIHono<WorkerEnv<GatewayServices>>): void => {
  app.get("/kms/me/export", async (context) => {
    const { principal, services } = context.var;
    return context.json(await services.personalDataOf(principal.subject), 200, { "cache-control": "no-store" });
  });
};
