import { z } from "@hono/zod-openapi";
import { EXAMPLE, PUBLIC_KEY_EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { countParameter, json, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeNumber, toPage } from "#shared/http/page.ts";
import { endpoint } from "../endpoint.ts";
import { showCheckpoint } from "./audit-export.ts";

/** Within the time that the gateway waits for this route. */
const MAX_VERIFICATION_MS = 45_000;

const verdictResponse = z
  .object({
    valid: z.boolean(),
    entries: z.int().openapi({ description: "How many entries are valid" }),
    brokenAt: z.int().optional().openapi({ description: "The first id whose entry is modified or missing" }),
    next: z.int().optional().openapi({ description: "Set if the check ran out of time: continue with ?from=" }),
  })
  .openapi("AuditVerdict");

const checkpointResponse = z
  .object({
    entries: z.int(),
    at: z.iso.datetime(),
    jws: z.string(),
    publicJwk: z.record(z.string(), z.string()),
  })
  .openapi("AuditCheckpoint");

const verifyChain = endpoint("GET /audit/verify", {
  operationId: "kms.verifyAuditTrail",
  tags: ["Audit"],
  summary: "Verify the audit chain: finds an entry that was modified, removed, inserted or moved",
  query: z.object({ from: countParameter({ min: 1, max: Number.MAX_SAFE_INTEGER }).optional() }),
  responses: {
    200: json(verdictResponse, "The result; a broken chain is not an error", { valid: true, entries: 1_204 }),
  },
  handle: async (context) => {
    const { from: fromId } = context.req.valid("query");
    const { auditLog, now } = context.var.services;
    return context.json(await auditLog.verify({ fromId, untilMs: now() + MAX_VERIFICATION_MS }), 200);
  },
});

const listCheckpoints = endpoint("GET /audit/checkpoints", {
  operationId: "kms.listAuditCheckpoints",
  tags: ["Audit"],
  summary: "List the signed checkpoints of the chain, oldest first; keep copies elsewhere",
  query: pageQuery,
  responses: {
    200: json(
      page(checkpointResponse),
      "A page of checkpoints",
      pageOf({ entries: 1_000, at: EXAMPLE.today, jws: EXAMPLE.accessToken, publicJwk: PUBLIC_KEY_EXAMPLE }),
    ),
  },
  handle: async (context) => {
    const { limit, after } = context.req.valid("query");
    const kept = await context.var.services.auditLog.checkpoints(limit + 1, decodeNumber(after) ?? 0);
    const { items, next } = toPage(kept, limit, ({ entryId }) => String(entryId));
    return context.json({ items: items.map(showCheckpoint), next }, 200);
  },
});

export const auditVerificationEndpoints = [verifyChain, listCheckpoints];
