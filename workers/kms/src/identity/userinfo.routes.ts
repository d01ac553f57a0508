import { z } from "@hono/zod-openapi";
import { unauthenticated } from "#shared/auth/authorize.ts";
import type { Principal } from "#shared/auth/claims.ts";
import { IDENTITY_SCOPES } from "#shared/contracts/rights.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { type KmsContext, NO_STORE } from "../http/context.ts";
import { identityClaims } from "./id-token.ts";

const userInfo = z
  .object({
    sub: z.string(),
    preferred_username: z.string().optional(),
    email: z.string().optional(),
    email_verified: z.boolean().optional(),
  })
  .openapi("UserInfo");

const responses = {
  200: json(userInfo, "What the person has let the application know", {
    sub: EXAMPLE.userId,
    preferred_username: EXAMPLE.username,
    email: EXAMPLE.email,
    email_verified: true,
  }),
};

/** People themselves may know all of it. */
const claimsFor = async (context: KmsContext, { kind, subject, identityScopes = [] }: Principal) => {
  const scopes = kind === "user" ? IDENTITY_SCOPES : identityScopes;
  if (!scopes.includes("openid"))
    throw problem("forbidden", {
      detail: "This requires a user's token, or one that an application was issued with the scope openid.",
      headers: { "www-authenticate": 'Bearer error="insufficient_scope"' },
    });
  const user = await context.var.services.users.findById(subject);
  if (!user) throw unauthenticated(true);
  return identityClaims(user, scopes);
};

const getUserInfo = endpoint("GET /userinfo", {
  operationId: "kms.getUserInfo",
  tags: ["Tokens"],
  summary: "Get what an application may know of the person (OpenID Connect Core §5.3)",
  responses,
  handle: async (context, principal) => context.json(await claimsFor(context, principal), 200, NO_STORE),
});

const postUserInfo = endpoint("POST /userinfo", {
  operationId: "kms.postUserInfo",
  tags: ["Tokens"],
  summary: "The same by POST, with the token in Authorization",
  responses,
  validatedBy: "handler",
  handle: async (context, principal) => context.json(await claimsFor(context, principal), 200, NO_STORE),
});

export const userInfoEndpoints = [getUserInfo, postUserInfo];
