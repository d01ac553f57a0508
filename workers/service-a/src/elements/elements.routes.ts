import { z } from "@hono/zod-openapi";
import { pageOf } from "#shared/http/examples.ts";
import { json, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeCursor, encodeCursor, invalidCursor } from "#shared/http/page.ts";
import { endpoint } from "../endpoint.ts";
import { currentEtagOf } from "../http/conditions.ts";
import {
  ELEMENT_EXAMPLE,
  element,
  elementJson,
  elementParams,
  elementType,
  noSuchElement,
  pathNumber,
} from "../http/schemas.ts";
import type { Place } from "../model/ports.ts";

/** The place that a cursor of the list stands for. */
const placeAfter = (after: string | undefined): Place | undefined => {
  const key = decodeCursor(after);
  if (key === undefined) return undefined;
  const [, sequenceNumber, move] = /^(\d{1,15})\.(\d{1,15})$/.exec(key) ?? [];
  if (sequenceNumber === undefined || move === undefined) throw invalidCursor();
  return { sequenceNumber: Number(sequenceNumber), move: Number(move) };
};

const list = endpoint("GET /elements", {
  operationId: "serviceA.listElements",
  tags: ["Elements"],
  summary: "List elements in sequence, each in its latest version",
  query: pageQuery.extend({ elementType: elementType.optional(), scriptId: pathNumber.optional() }),
  responses: {
    200: json(page(element), "The elements", pageOf(ELEMENT_EXAMPLE)),
  },
  handle: async (context) => {
    const { after, ...query } = context.req.valid("query");
    const { elements } = context.var.services;
    const { items, hasMore, move } = await elements.list({ ...query, after: placeAfter(after) });
    const last = items.at(-1);
    const next = hasMore && last ? encodeCursor(`${last.sequenceNumber}.${move}`) : null;
    return context.json({ items: items.map(elementJson), next }, 200);
  },
});

const read = endpoint("GET /elements/{type}/{id}", {
  operationId: "serviceA.getElement",
  tags: ["Elements"],
  summary: "Read an element in its latest version",
  params: elementParams,
  responses: {
    200: { ...json(element, "The element", ELEMENT_EXAMPLE), headers: z.object({ etag: z.string() }) },
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { type, id } = context.req.valid("param");
    const found = await context.var.services.elements.find({ elementType: type, elementId: id });
    if (!found) throw noSuchElement();
    const { versionCreatedAtMs: _, ...shown } = found;
    context.header("etag", currentEtagOf(found));
    context.header("cache-control", "private, no-cache");
    return context.json(elementJson(shown), 200);
  },
});

export const elementsEndpoints = [list, read];
