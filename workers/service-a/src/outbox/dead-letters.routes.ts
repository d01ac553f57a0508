import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { json, page, pageQuery } from "#shared/http/openapi.ts";
import { toPage } from "#shared/http/page.ts";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import type { ServiceAServices } from "../composition/services.ts";
import { idempotencyHeaders, writeOnce } from "../http/idempotency.ts";
import { elementType, instant, numberAfter } from "../http/schemas.ts";
import type { DeadLetter } from "../model/dead-letter.ts";

const deadLetter = z
  .object({
    id: z.int(),
    elementType,
    elementId: z.int(),
    attempts: z.int(),
    refusal: z.string().openapi({ description: "The reason search gave last" }),
    changedAt: z.iso.datetime(),
  })
  .openapi("DeadLetter");

const deadLetterJson = ({ changedAtMs, ...rest }: DeadLetter): z.infer<typeof deadLetter> => ({
  ...rest,
  changedAt: instant(changedAtMs),
});

const listRoute = createRoute({
  method: "get",
  path: "/outbox/dead-letters",
  operationId: "serviceA.listDeadLetters",
  tags: ["Outbox"],
  summary: "List the changes that search refused permanently, oldest first",
  request: { query: pageQuery },
  responses: {
    200: json(
      page(deadLetter),
      "The dead letters",
      pageOf({
        id: 31,
        elementType: "action" as const,
        elementId: 7,
        attempts: 3,
        refusal: "Field `text`: not valid.",
        changedAt: EXAMPLE.today,
      }),
    ),
  },
});

const redriveRoute = createRoute({
  method: "post",
  path: "/outbox/dead-letters/redrive",
  operationId: "serviceA.redriveDeadLetters",
  tags: ["Outbox"],
  summary: "Redeliver all dead letters",
  request: { headers: idempotencyHeaders },
  responses: {
    200: json(z.object({ redriven: z.int() }), "How many are redelivered", { redriven: 1 }),
  },
});

export const addDeadLetters = (app: OpenAPIHono<WorkerEnv<ServiceAServices>>): void => {
  app.openapi(listRoute, async (context) => {
    const { limit, after } = context.req.valid("query");
    const rows = await context.var.services.deadLetters.list({ after: numberAfter(after), limit: limit + 1 });
    const { items, next } = toPage(rows, limit, ({ id }) => String(id));
    return context.json({ items: items.map(deadLetterJson), next }, 200);
  });

  app.openapi(redriveRoute, async (context) => {
    const { deadLetters, now } = context.var.services;
    const redriven = await writeOnce(context, [], (idempotencyKey) => deadLetters.redrive(now(), idempotencyKey));
    return context.json({ redriven }, 200);
  });
};
