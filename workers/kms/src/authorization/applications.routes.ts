import { z } from "@hono/zod-openapi";
import { grantRefused } from "#shared/auth/authorize.ts";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { json, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeCursor, toPage } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";

const applicationBody = z
  .object({
    clientId: z.string(),
    name: z.string(),
    scopes: z.array(z.string()).openapi({ description: "What the caller let it do" }),
    grantedAt: z.iso.datetime().nullable().openapi({ description: "When they agreed last; null: they were not asked" }),
    lastUsedAt: z.iso
      .datetime()
      .nullable()
      .openapi({ description: "When it last got tokens; null: it has no session" }),
  })
  .openapi("ConnectedApplication");

const listApplications = endpoint("GET /me/applications", {
  operationId: "kms.listApplications",
  tags: ["Accounts"],
  summary: "List the applications that the caller has logged in to",
  query: pageQuery,
  responses: {
    200: json(
      page(applicationBody),
      "A page of applications",
      pageOf({
        clientId: EXAMPLE.clientId,
        name: "Notes",
        scopes: ["openid", "search:read"],
        grantedAt: EXAMPLE.today,
        lastUsedAt: EXAMPLE.quarterLater,
      }),
    ),
  },
  handle: async (context, principal) => {
    const { limit, after } = context.req.valid("query");
    const found = await context.var.services.applications.list(principal.subject, limit + 1, decodeCursor(after));
    const { items, next } = toPage(found, limit, ({ clientId }) => clientId);
    const shown = items.map(({ grantedAt, usedAt, ...application }) => ({
      ...application,
      grantedAt: grantedAt?.toISOString() ?? null,
      lastUsedAt: usedAt?.toISOString() ?? null,
    }));
    return context.json({ items: shown, next }, 200);
  },
});

const disconnectApplication = endpoint("DELETE /me/applications/{clientId}", {
  operationId: "kms.disconnectApplication",
  tags: ["Accounts"],
  summary: "Take back what the caller let an application do; every worker refuses its tokens within 5 seconds",
  params: z.object({ clientId: reference() }),
  responses: { 204: { description: "Its sessions have ended, and it has to ask again" } },
  errors: ["not-found"],
  handle: async (context, principal) => {
    if (principal.narrowed === true) throw grantRefused("narrowed");
    const { clientId } = context.req.valid("param");
    const isDone = await context.var.services.applications.disconnect(principal.subject, clientId);
    if (!isDone) throw problem("not-found", { detail: "You have not logged in to an application with this id." });
    return context.body(null, 204);
  },
});

export const applicationsEndpoints = [listApplications, disconnectApplication];
