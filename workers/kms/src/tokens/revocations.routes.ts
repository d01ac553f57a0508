/** What verifiers beside the gateway follow, to refuse a revoked token within seconds and not when it expires. */
import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { countParameter, json } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { NO_STORE } from "../http/context.ts";

const revocations = z
  .object({
    revocations: z
      .array(z.object({ id: z.string(), revokedAt: z.iso.datetime() }))
      .openapi({ description: "Refuse tokens whose sid, act.sid or jti this is, from that instant on; oldest first" }),
    rightsChanges: z
      .array(z.object({ holder: z.string(), issuedBefore: z.iso.datetime() }))
      .openapi({ description: "Refuse tokens of user:ID or role:NAME whose iat is earlier; always all of them" }),
    position: z.int().openapi({ description: "Where the next request continues" }),
    isWhole: z.boolean().openapi({ description: "These are from the first one on: forget what was known before" }),
    hasMore: z.boolean().openapi({ description: "There is more: ask again at once" }),
  })
  .openapi("Revocations");

const atSeconds = (seconds: number): string => new Date(seconds * 1000).toISOString();

const listRevocations = endpoint("GET /revocations", {
  operationId: "kms.listRevocations",
  tags: ["Tokens"],
  summary: "List the revocations since a position, for a service that verifies tokens itself",
  query: z.object({ position: countParameter({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional() }),
  responses: {
    200: json(revocations, "The revocations in force since the position; without one, all", {
      revocations: [{ id: EXAMPLE.sessionId, revokedAt: EXAMPLE.today }],
      rightsChanges: [{ holder: `user:${EXAMPLE.userId}`, issuedBefore: EXAMPLE.today }],
      position: 17,
      isWhole: false,
      hasMore: false,
    }),
  },
  handle: async (context) => {
    const trust = await context.var.services.keyRing.trust(context.req.valid("query").position);
    const { position, isWhole, hasMore } = trust;
    return context.json(
      {
        revocations: trust.revocations.map(({ revokedId, revokedAtSeconds }) => ({
          id: revokedId,
          revokedAt: atSeconds(revokedAtSeconds),
        })),
        rightsChanges: trust.rightsChanges.map(({ holder, issuedBeforeSeconds }) => ({
          holder,
          issuedBefore: atSeconds(issuedBeforeSeconds),
        })),
        position,
        isWhole,
        hasMore,
      },
      200,
      NO_STORE,
    );
  },
});

export const revocationsEndpoints = [listRevocations];
