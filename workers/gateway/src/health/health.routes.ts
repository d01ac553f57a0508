import { z } from "@hono/zod-openapi";
import { WORKERS } from "#shared/contracts/workers.ts";
import { json } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";

const ok = z.literal("ok");
const forEach = <Value>(value: Value) => Object.fromEntries(WORKERS.map((worker) => [worker, value]));

const health = endpoint("GET /health", {
  operationId: "gateway.health",
  summary: "Check whether the process runs",
  responses: {
    200: json(z.object({ status: ok }), "The process runs", { status: "ok" }),
  },
  handle: (context) => context.json({ status: "ok" as const }, 200, { "cache-control": "no-store" }),
});

const ready = endpoint("GET /ready", {
  operationId: "gateway.ready",
  summary: "Check whether every worker and its database respond",
  responses: {
    200: json(z.object({ status: ok, workers: z.object(forEach(ok)) }), "All of them respond", {
      status: "ok",
      workers: forEach("ok" as const),
    }),
  },
  errors: ["unavailable"],
  handle: async (context) => {
    await context.var.services.probe();
    return context.json({ status: "ok" as const, workers: forEach("ok" as const) }, 200, {
      "cache-control": "no-store",
    });
  },
});

export const healthEndpoints = [health, ready];
