import { createRoute, z } from "@hono/zod-openapi";
import { assertSteppedUp, unauthenticated } from "#shared/auth/authorize.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, problems } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { audit, entryOf, type KmsApp, NO_STORE, record } from "../http/frame.ts";
import { grantorOf } from "../http/granting.ts";

const signedDocument = z
  .object({
    document: z.record(z.string(), z.unknown()),
    signature: z.string().openapi({ description: "A compact JWS whose payload is the document's JSON" }),
  })
  .openapi("PersonalData");

const exportMe = createRoute({
  method: "get",
  path: "/me/export",
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
    ...problems("too-many-attempts"),
  },
});

const eraseMe = createRoute({
  method: "delete",
  path: "/me",
  operationId: "kms.eraseAccount",
  tags: ["Accounts"],
  summary:
    "Erase the caller: deletes the account, its sessions and second factors; its tokens are refused within 5 seconds",
  responses: {
    204: { description: "The caller is erased" },
    ...problems("conflict"),
  },
});

export const addPrivacy = (app: KmsApp): void => {
  // Through the gateway it answers in our place, with what the other workers hold as well.
  app.openapi(exportMe, async (context) => {
    const { principal, services } = context.var;
    await audit(context, { action: "personal-data.export", outcome: "success", target: principal.subject });
    const collected = await services.privacy.collect(principal.subject, undefined);
    if (!collected.ok) throw unauthenticated(true);
    return context.json(collected.value, 200, NO_STORE);
  });

  app.openapi(eraseMe, async (context) => {
    const { principal, services } = context.var;
    assertSteppedUp(principal, services.now());
    // Every credential of theirs goes with the account, which the holder of a narrowed token may do to none.
    grantorOf(context, "credential");
    const event = { action: "user.erase", outcome: "success", target: principal.subject } as const;
    const erased = await services.privacy.erase(principal.subject, await entryOf(context, event));
    if (!erased.ok) {
      await audit(context, { ...event, outcome: "failure", reason: erased.error.kind });
      if (erased.error.kind === "unknown") throw unauthenticated(true);
      throw problem("conflict", {
        detail: "You are the last administrator. Make another user an administrator first.",
      });
    }
    record(context, event);
    return context.body(null, 204);
  });
};
