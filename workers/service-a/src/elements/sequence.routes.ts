import { z } from "@hono/zod-openapi";
import { createdWithTag, locationOf } from "#shared/http/location.ts";
import { jsonBody } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { etagOf } from "#shared/semantics/entity-tag.ts";
import { endpoint } from "../endpoint.ts";
import { authorOf } from "../http/author.ts";
import { idempotencyHeaders, writeOnce } from "../http/idempotency.ts";
import { comment, elementId, elementType, newElementId, text } from "../http/schemas.ts";

const sequence = endpoint("POST /sequence", {
  operationId: "serviceA.createElement",
  tags: ["Elements"],
  summary: "Register an element and assign it the next sequence number",
  description:
    "All elements of all types draw from one sequence: the numbers have no gap and no duplicate. With " +
    "`Idempotency-Key` a request that is sent again has no second effect.",
  headers: idempotencyHeaders,
  body: jsonBody(z.strictObject({ elementType, elementId: newElementId, comment, text: text.default("") }), {
    elementType: "action",
    elementId: 7,
    comment: "First draft",
    text: "The keeper of the lighthouse slowly climbs the stairs.",
  }),
  responses: {
    201: createdWithTag(
      z.object({ elementType, elementId, sequenceNumber: z.int(), versionNumber: z.literal(1), comment }),
      "The element with its number",
      { elementType: "action", elementId: 7, sequenceNumber: 12, versionNumber: 1, comment: "First draft" },
    ),
  },
  errors: ["conflict"],
  handle: async (context, principal) => {
    const { services } = context.var;
    const body = context.req.valid("json");
    const draft = { ...body, ...authorOf(principal, services.now()) };
    const created = await writeOnce(context, principal, [body], (idempotencyKey) =>
      services.elements.create(draft, idempotencyKey),
    );
    if (!created.ok) throw problem("conflict", { detail: "This element already exists. Create a new version of it." });
    const { text: _, ...given } = body;
    const { elementType: type, elementId: id } = body;
    context.header("location", locationOf("service-a", "GET /elements/{type}/{id}", type, id));
    context.header("etag", etagOf(1));
    return context.json({ ...given, sequenceNumber: created.value, versionNumber: 1 as const }, 201);
  },
});

export const sequenceEndpoints = [sequence];
