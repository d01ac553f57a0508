import { z } from "@hono/zod-openapi";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { instant } from "#shared/http/instant.ts";
import { json, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeNumber, toPage } from "#shared/http/page.ts";
import { endpoint } from "../endpoint.ts";
import { noSuchService } from "../http/service-response.ts";

const hourBody = z
  .object({
    hour: z.iso.datetime().openapi({ description: "The start of the hour" }),
    calls: z.int().openapi({ description: "All calls of the service, by its keys or tokens made of them" }),
    refused: z.int().openapi({ description: "Of these, those refused for the key, its scopes or a policy" }),
    limited: z.int().openapi({ description: "Of these, those beyond a limit" }),
  })
  .openapi("HourOfUse");

const readUsage = endpoint("GET /keys/{service}/usage", {
  operationId: "kms.getKeyUsage",
  tags: ["Keys"],
  summary: "List how many calls a service made, by hour, oldest first",
  description:
    "Hours without calls are left out. Counted by the gateway, and up to a minute behind; what it had counted when it was " +
    "ended abruptly is missing. Kept for 90 days.",
  params: z.object({ service: reference() }),
  query: pageQuery.extend({
    from: instant.optional().openapi({ description: "Hours from here on, inclusive" }),
    to: instant.optional().openapi({ description: "Hours up to here, exclusive" }),
  }),
  responses: {
    200: json(
      page(hourBody),
      "A page of hours",
      pageOf({ hour: EXAMPLE.today, calls: 1_200, refused: 3, limited: 40 }),
    ),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { service } = context.req.valid("param");
    const { limit, after, ...range } = context.req.valid("query");
    const { services, keyUsage } = context.var.services;
    if (!(await services.find(service))) throw noSuchService();
    const position = decodeNumber(after);
    const hours = await keyUsage.list(service, {
      ...range,
      after: position === undefined ? undefined : new Date(position),
      limit: limit + 1,
    });
    const { items, next } = toPage(hours, limit, ({ hour }) => String(hour.getTime()));
    return context.json(
      { items: items.map(({ hour, ...counts }) => ({ hour: hour.toISOString(), ...counts })), next },
      200,
    );
  },
});

export const keyUsageEndpoints = [readUsage];
