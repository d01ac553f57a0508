/** The export of personal data, to which every worker contributes and which the kms signs. */
import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { kmsEndpoint } from "../endpoint.ts";

const signedDocument = z
  .object({
    document: z.record(z.string(), z.unknown()),
    signature: z.string().openapi({ description: "A compact JWS whose payload is the document's JSON" }),
  })
  .openapi("PersonalData");

const exportPersonalData = kmsEndpoint("GET /me/export", {
  operationId: "kms.exportPersonalData",
  tags: ["Accounts"],
  summary: "Export all personal data of the caller, signed",
  responses: {
    200: json(signedDocument, "The document and its signature", {
      document: {
        issuer: EXAMPLE.issuer,
        exportedAt: EXAMPLE.today,
        account: { id: EXAMPLE.userId, username: EXAMPLE.username, email: EXAMPLE.email, roles: ["user"] },
        sessions: [],
        secondFactor: { factors: [], recoveryCodesLeft: 0 },
        contributions: { scripts: [], versions: [], isComplete: true },
      },
      signature: EXAMPLE.accessToken,
    }),
  },
  errors: ["too-many-attempts"],
  handle: async (context, principal) => {
    const exported = await context.var.services.personalDataOf(principal.subject);
    return context.json(exported, 200, { "cache-control": "no-store" });
  },
});

export const personalDataEndpoints = [exportPersonalData];
