import { createRoute } from "@hono/zod-openapi";
import { problem } from "#shared/problem/problem.ts";
import { entryOf, type KmsApp, record } from "../http/frame.ts";

const route = createRoute({
  method: "post",
  path: "/logout",
  operationId: "kms.logout",
  tags: ["Accounts"],
  summary: "End this session; every worker refuses its tokens within 5 seconds",
  responses: {
    204: { description: "The session has ended" },
  },
});

export const addLogout = (app: KmsApp): void => {
  app.openapi(route, async (context) => {
    const { principal, services } = context.var;
    if (principal.kind !== "user")
      throw problem("forbidden", {
        detail: "An API key has no session. Revoke the key with DELETE /kms/keys/{service}/{id}.",
      });
    const event = { action: "session.end", outcome: "success", target: principal.sessionId } as const;
    const isEnded = await services.sessions.end(principal.sessionId, await entryOf(context, event));
    if (isEnded) record(context, event);
    return context.body(null, 204);
  });
};
