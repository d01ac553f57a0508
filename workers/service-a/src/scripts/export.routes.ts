import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { problems } from "#shared/http/openapi.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { inSlices } from "#shared/lang/steps.ts";
import type { ServiceAServices } from "../composition/services.ts";
import { noSuchScript, pathNumber, SCREENPLAY_EXAMPLE } from "../http/schemas.ts";
import { writeScript } from "../model/script.ts";

const route = createRoute({
  method: "get",
  path: "/scripts/{id}.fountain",
  operationId: "serviceA.exportScreenplay",
  tags: ["Scripts"],
  summary: "Export a script as Fountain markup: sections in sequence, each element in its latest version",
  request: { params: z.object({ id: pathNumber }) },
  responses: {
    200: {
      description: "The screenplay",
      content: { "text/plain": { schema: z.string(), example: SCREENPLAY_EXAMPLE } },
    },
    ...problems("not-found"),
  },
});

/** Hono's router knows parameters that are a whole segment only, so that this one is declared and routed apart. */
export const addExport = (app: OpenAPIHono<WorkerEnv<ServiceAServices>>): void => {
  app.openAPIRegistry.registerPath(route);
  app.get("/scripts/:file{\\d{1,15}\\.fountain}", async (context) => {
    const scriptId = Number.parseInt(context.req.param("file"), 10);
    const script = await context.var.services.scripts.read(scriptId);
    if (!script) throw noSuchScript();
    return context.text(await inSlices(writeScript(script, script.lines)), 200, {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": `attachment; filename="${scriptId}.fountain"`,
    });
  });
};
