import { z } from "@hono/zod-openapi";
import { inSlices } from "#shared/lang/steps.ts";
import { endpoint } from "../endpoint.ts";
import { noSuchScript, pathNumber, SCREENPLAY_EXAMPLE } from "../http/schemas.ts";
import { writeScript } from "../model/script.ts";

const exportScript = endpoint("GET /scripts/{id}.fountain", {
  operationId: "serviceA.exportScreenplay",
  tags: ["Scripts"],
  summary: "Export a script as Fountain markup: sections in sequence, each element in its latest version",
  params: z.object({ id: pathNumber }),
  responses: {
    200: {
      description: "The screenplay",
      content: { "text/plain": { schema: z.string(), example: SCREENPLAY_EXAMPLE } },
    },
  },
  errors: ["not-found"],
  validatedBy: "handler",
  handle: async (context) => {
    const scriptId = Number(/^\d{1,15}/.exec(context.req.param("id") ?? "")?.[0]);
    const script = await context.var.services.scripts.read(scriptId);
    if (!script) throw noSuchScript();
    return context.text(await inSlices(writeScript(script, script.lines)), 200, {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": `attachment; filename="${scriptId}.fountain"`,
    });
  },
});

/** Hono's router knows parameters that are a whole segment only, so that this one is declared and routed apart. */
export const exportEndpoints = [exportScript];
