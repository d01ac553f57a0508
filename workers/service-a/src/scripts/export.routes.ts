import { z } from "@hono/zod-openapi";
import { invalidInput } from "#shared/http/field-errors.ts";
import { inSlices } from "#shared/lang/steps.ts";
import { partOf } from "#shared/policy/match.ts";
import { endpoint } from "../endpoint.ts";
import { noSuchScript, pathNumber, SCREENPLAY_EXAMPLE } from "../http/schemas.ts";
import { writeScript } from "../model/script.ts";

const TEMPLATE = "/scripts/{id}.fountain";

const params = z.object({ id: pathNumber });

const exportScript = endpoint(`GET ${TEMPLATE}`, {
  operationId: "serviceA.exportScreenplay",
  tags: ["Scripts"],
  summary: "Export a script as Fountain markup: sections in sequence, each element in its latest version",
  params,
  responses: {
    200: {
      description: "The screenplay",
      content: { "text/plain": { schema: z.string(), example: SCREENPLAY_EXAMPLE } },
    },
  },
  errors: ["not-found"],
  validatedBy: "handler",
  handle: async (context) => {
    const parsed = params.safeParse({ id: partOf(TEMPLATE, context.req.path, "id") });
    if (!parsed.success) throw invalidInput("param", parsed.error.issues);
    const scriptId = parsed.data.id;
    const script = await context.var.services.scripts.read(scriptId);
    if (!script) throw noSuchScript();
    return context.text(await inSlices(writeScript(script)), 200, {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": `attachment; filename="${scriptId}.fountain"`,
    });
  },
});

export const exportEndpoints = [exportScript];
