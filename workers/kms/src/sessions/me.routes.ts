import { z } from "@hono/zod-openapi";
import { unauthenticated } from "#shared/auth/authorize.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { scopeName } from "../http/scope-name.ts";
import { toUserBody, USER_EXAMPLE, userFields } from "../http/user-response.ts";

const profile = z
  .object({
    ...userFields,
    scopes: z.array(scopeName).openapi({ description: "The scopes of the token that was sent" }),
    session: z.object({
      id: z.string(),
      acr: z.enum(["aal1", "aal2"]),
      amr: z.array(z.string()),
      authenticatedAt: z.iso.datetime(),
    }),
  })
  .openapi("Profile");

const me = endpoint("GET /me", {
  operationId: "kms.getProfile",
  tags: ["Accounts"],
  summary: "Get the caller's own account and session",
  responses: {
    200: json(profile, "The profile", {
      ...USER_EXAMPLE,
      scopes: ["search:read", "sequence:read", "sequence:write"],
      session: { id: EXAMPLE.sessionId, acr: "aal1", amr: ["pwd"], authenticatedAt: EXAMPLE.today },
    }),
  },
  handle: async (context, principal) => {
    const { services } = context.var;
    const user = await services.users.findById(principal.subject);
    if (!user) throw unauthenticated(true);
    const session = {
      id: principal.sessionId,
      acr: principal.acr,
      amr: [...principal.amr],
      authenticatedAt: new Date(principal.authTimeSeconds * 1000).toISOString(),
    };
    return context.json({ ...toUserBody(user), scopes: [...principal.scopes], session }, 200);
  },
});

export const meEndpoints = [me];
