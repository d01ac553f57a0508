import { z } from "@hono/zod-openapi";
import { assertSteppedUp } from "#shared/auth/authorize.ts";
import { list } from "#shared/contracts/input.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { idempotencyHeaders, writeOnce } from "../http/idempotency.ts";
import { comment, elementId, elementType } from "../http/schemas.ts";
import { type Fault, faultsOfOrder, faultsOfUnknown, MAX_REORDERED } from "../model/reorder.ts";

const ids = list(elementId, { min: 1, max: MAX_REORDERED });

const assertNone = (faults: Fault[]): void => {
  if (faults.length > 0) throw problem("invalid-input", { detail: "Nothing was reordered.", errors: faults });
};

const reorder = endpoint("POST /sequence/reorder", {
  operationId: "serviceA.reorderElements",
  tags: ["Elements"],
  summary: "Reorder elements within the sequence numbers that they have",
  description:
    "`newOrder` lists the same ids as `elementIds`. It is one transaction: the first element in `newOrder` gets the " +
    "smallest of their numbers.",
  headers: idempotencyHeaders,
  body: jsonBody(z.strictObject({ elementType, elementIds: ids, newOrder: ids, comment: comment.default("") }), {
    elementType: "action",
    elementIds: [7, 8],
    newOrder: [8, 7],
    comment: "The storm comes first",
  }),
  responses: {
    200: json(
      z.object({
        reorderedElements: z.array(
          z.object({ elementId: z.int(), oldSequenceNumber: z.int(), newSequenceNumber: z.int() }),
        ),
        comment,
      }),
      "The elements in their new order",
      {
        reorderedElements: [
          { elementId: 8, oldSequenceNumber: 13, newSequenceNumber: 12 },
          { elementId: 7, oldSequenceNumber: 12, newSequenceNumber: 13 },
        ],
        comment: "The storm comes first",
      },
    ),
  },
  handle: async (context, principal) => {
    const { services } = context.var;
    assertSteppedUp(principal, services.now());
    const body = context.req.valid("json");
    const { elementType, elementIds, newOrder, comment } = body;
    assertNone(faultsOfOrder(elementIds, newOrder));
    const order = { elementType, newOrder, nowMs: services.now() };
    const { moves, unknownPlaces } = await writeOnce(context, principal, [body], (idempotencyKey) =>
      services.reorder(order, idempotencyKey),
    );
    assertNone(faultsOfUnknown(newOrder, unknownPlaces));
    return context.json({ reorderedElements: moves, comment }, 200);
  },
});

export const reorderEndpoints = [reorder];
