import { z } from "@hono/zod-openapi";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { json, page, pageQuery } from "#shared/http/openapi.ts";
import { toPage } from "#shared/http/page.ts";
import { endpoint } from "../endpoint.ts";
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

const list = endpoint("GET /outbox/dead-letters", {
  operationId: "serviceA.listDeadLetters",
  tags: ["Outbox"],
  summary: "List the changes that search refused permanently, oldest first",
  query: pageQuery,
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
  handle: async (context) => {
    const { limit, after } = context.req.valid("query");
    const rows = await context.var.services.deadLetters.list({ after: numberAfter(after), limit: limit + 1 });
    const { items, next } = toPage(rows, limit, ({ id }) => String(id));
    return context.json({ items: items.map(deadLetterJson), next }, 200);
  },
});

const redriveAll = endpoint("POST /outbox/dead-letters/redrive", {
  operationId: "serviceA.redriveDeadLetters",
  tags: ["Outbox"],
  summary: "Redeliver all dead letters",
  headers: idempotencyHeaders,
  responses: {
    200: json(z.object({ redriven: z.int() }), "How many are redelivered", { redriven: 1 }),
  },
  handle: async (context, principal) => {
    const { redrive, now } = context.var.services;
    const redriven = await writeOnce(context, principal, [], (idempotencyKey) => redrive(now(), idempotencyKey));
    return context.json({ redriven }, 200);
  },
});

export const deadLettersEndpoints = [list, redriveAll];
