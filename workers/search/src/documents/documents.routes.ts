/** POST /documents/sync: creates, updates and deletes documents, one or many at a time. */
import { z } from "@hono/zod-openapi";
import { list, members, text } from "#shared/contracts/input.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { DOCUMENT_EXAMPLE, documentPatchSchema, MAX_ID_LENGTH } from "../model/document.ts";
import { syncDocuments } from "../sync/sync.ts";

const MAX_OPERATIONS = 1_000;
/** Far more than the collection has. */
const MAX_FIELDS = 100;

/** Only what makes it an operation; the document's fields are checked one document at a time. */
const operationSchema = z
  .strictObject({
    operation: z.enum(["create", "update", "delete"]),
    document: members(z.looseObject({ id: text({ min: 1, max: MAX_ID_LENGTH }) }), MAX_FIELDS).openapi({
      maxProperties: MAX_FIELDS,
      description: `Fields: ${Object.keys(documentPatchSchema.shape).join(", ")}. Others are ignored.`,
    }),
  })
  .openapi("SyncOperation");

const resultsSchema = z
  .object({
    results: z.array(z.object({ id: z.string(), success: z.boolean(), error: z.string().optional() })),
  })
  .openapi("SyncResults");

const documents = endpoint("POST /documents/sync", {
  operationId: "search.syncDocuments",
  summary: "Create, update or delete documents",
  description:
    "Applies one operation or a list of operations in order, in one transaction. `create` replaces a document with the " +
    "same id, `update` changes the given fields, and `delete` of a missing document succeeds. An invalid document " +
    "fails alone. Results are in the order of the operations.",
  body: jsonBody(z.union([operationSchema, list(operationSchema, { min: 1, max: MAX_OPERATIONS })]), [
    { operation: "create", document: DOCUMENT_EXAMPLE },
    { operation: "delete", document: { id: "action-8" } },
  ]),
  responses: {
    200: json(resultsSchema, "One result per operation", {
      results: [
        { id: "action-7", success: true },
        { id: "action-8", success: true },
      ],
    }),
  },
  handle: async (context, principal) => {
    const { engine, now } = context.var.services;
    const operations = [context.req.valid("json")].flat();
    const defaults = { service_name: principal.clientId, updated_at: Math.floor(now() / 1000) };
    return context.json({ results: await syncDocuments(engine, operations, defaults) }, 200);
  },
});

export const documentsEndpoints = [documents];
