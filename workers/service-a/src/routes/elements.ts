import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { WorkerEnv } from "#shared/http/app.ts";
import { json, page, pageQuery, problems } from "#shared/http/openapi.ts";
import { encodeCursor } from "#shared/http/page.ts";
import type { ServiceAServices } from "../services.ts";
import {
  element,
  elementJson,
  elementParams,
  elementType,
  etagOf,
  noSuchElement,
  numberAfter,
  pathNumber,
} from "./schemas.ts";

const listRoute = createRoute({
  method: "get",
  path: "/elements",
  tags: ["Elements"],
  summary: "Elements in sequence, each in its latest version",
  request: { query: pageQuery.extend({ elementType: elementType.optional(), scriptId: pathNumber.optional() }) },
  responses: {
    200: json(page(element), "The elements"),
    ...problems("unauthenticated", "forbidden", "invalid-input"),
  },
});

const readRoute = createRoute({
  method: "get",
  path: "/elements/{type}/{id}",
  tags: ["Elements"],
  summary: "One element in its latest version",
  request: { params: elementParams },
  responses: {
    200: { ...json(element, "The element"), headers: z.object({ etag: z.string() }) },
    ...problems("unauthenticated", "forbidden", "not-found", "invalid-input"),
  },
});

export const addElements = (app: OpenAPIHono<WorkerEnv<ServiceAServices>>): void => {
  app.openapi(listRoute, async (context) => {
    const { after, ...query } = context.req.valid("query");
    const { elements } = context.var.services;
    const { items, hasMore } = await elements.list({ ...query, after: numberAfter(after) });
    const last = items.at(-1);
    const next = hasMore && last ? encodeCursor(String(last.sequenceNumber)) : null;
    return context.json({ items: items.map(elementJson), next }, 200);
  });

  app.openapi(readRoute, async (context) => {
    const { type, id } = context.req.valid("param");
    const found = await context.var.services.elements.find({ elementType: type, elementId: id });
    if (!found) throw noSuchElement();
    context.header("etag", etagOf(found.versionNumber));
    return context.json(elementJson(found), 200);
  });
};
