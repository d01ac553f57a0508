import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { json, problems } from "#shared/http/openapi.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { DESTINATIONS } from "../backends/target.ts";
import type { GatewayServices } from "../composition/services.ts";

const ok = z.literal("ok");
const forEach = <Value>(value: Value) => Object.fromEntries(DESTINATIONS.map((worker) => [worker, value]));

const health = createRoute({
  method: "get",
  path: "/health",
  operationId: "gateway.health",
  summary: "Check whether the process runs",
  responses: { 200: json(z.object({ status: ok }), "The process runs", { status: "ok" }) },
});

const ready = createRoute({
  method: "get",
  path: "/ready",
  operationId: "gateway.ready",
  summary: "Check whether every worker and its database respond",
  responses: {
    200: json(z.object({ status: ok, workers: z.object(forEach(ok)) }), "All of them respond", {
      status: "ok",
      workers: forEach("ok" as const),
    }),
    ...problems("unavailable"),
  },
});

export const addHealth = (app: OpenAPIHono<WorkerEnv<GatewayServices>>): void => {
  app.openapi(health, (context) => context.json({ status: "ok" as const }, 200, { "cache-control": "no-store" }));
  app.openapi(ready, async (context) => {
    await context.var.services.probe();
    return context.json({ status: "ok" as const, workers: forEach("ok" as const) }, 200, {
      "cache-control": "no-store",
    });
  });
};
