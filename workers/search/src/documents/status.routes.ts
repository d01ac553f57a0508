/** GET /status: the state of the search engine. */
import { z } from "@hono/zod-openapi";
import { json } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";

const statusSchema = z
  .object({
    engine: z.enum(["libsql", "typesense"]),
    healthy: z.boolean(),
    nodes: z
      .array(z.object({ url: z.string(), healthy: z.boolean() }))
      .openapi({ description: "The servers of the engine; empty for the embedded engine." }),
    documents: z.int(),
    lagSeconds: z.number().openapi({
      description: "Age of the oldest accepted change that searches do not find yet; always 0 for the embedded engine.",
    }),
  })
  .openapi("SearchStatus");

const status = endpoint("GET /status", {
  operationId: "search.getStatus",
  summary: "Get the state of the search engine",
  responses: {
    200: json(statusSchema, "The state", { engine: "libsql", healthy: true, nodes: [], documents: 320, lagSeconds: 0 }),
  },
  handle: async (context) => {
    const { engine } = context.var.services;
    return context.json({ engine: engine.name, ...(await engine.status()) }, 200);
  },
});

export const statusEndpoints = [status];
