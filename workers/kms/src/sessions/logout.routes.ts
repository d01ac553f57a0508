import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";

const ELSEWHERE = {
  service: "An API key has no session. Revoke the key with DELETE /kms/keys/{service}/{id}.",
  delegate: "An application ends its own session with POST /kms/revoke, and a person's at /oauth/logout.",
};

const logout = endpoint("POST /logout", {
  operationId: "kms.logout",
  tags: ["Accounts"],
  summary: "End this session; every worker refuses its tokens within 5 seconds",
  responses: {
    204: { description: "The session has ended" },
  },
  handle: async (context, principal) => {
    const { services } = context.var;
    if (principal.kind !== "user") throw problem("forbidden", { detail: ELSEWHERE[principal.kind] });
    await services.sessions.end({ id: principal.sessionId, userId: principal.subject });
    return context.body(null, 204);
  },
});

export const logoutEndpoints = [logout];
