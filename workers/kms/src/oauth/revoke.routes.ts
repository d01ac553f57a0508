import { z } from "@hono/zod-openapi";
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import { isOAuthClientId } from "#shared/contracts/principal.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { endpoint } from "../endpoint.ts";
import { type KmsContext, NO_STORE } from "../http/context.ts";
import {
  BAD_OAUTH_CLIENT,
  clientFields,
  formBody,
  identifyClient,
  OAUTH_REFUSALS,
  parameter,
  readFormBody,
  refuse,
} from "../http/oauth.ts";
import { type OAuthError, parseClient } from "./oauth-form.ts";
import type { RevokingClient } from "./token-revocation.ts";

const form = z
  .object({ token: parameter, token_type_hint: parameter.optional(), ...clientFields })
  .openapi("RevocationRequest");

const NO_TOKEN: OAuthError = { kind: "invalid_request", description: "token is missing." };
const NOT_YOURS: OAuthError = {
  kind: "unauthorized_client",
  description: "Only the client that the token was issued to can revoke it.",
};

const revokeAs = async (context: KmsContext, token: string | undefined, client: RevokingClient): Promise<Response> => {
  if (token === undefined) return refuse(context, NO_TOKEN);
  const revoked = await context.var.services.revokeToken(token, client);
  if (revoked.ok) return context.body(null, 200, NO_STORE);
  if (revoked.error.kind === "trust-unavailable") throw new Unavailable("the verification keys are not known");
  return refuse(context, NOT_YOURS);
};

const revoke = endpoint("POST /revoke", {
  operationId: "kms.revokeToken",
  tags: ["Tokens"],
  summary: "Revoke a token (RFC 7009): a refresh token ends its session, an access token is revoked alone",
  ...formBody(form, { token: EXAMPLE.refreshToken, token_type_hint: "refresh_token" }),
  responses: {
    200: { description: "The token is revoked or was already invalid" },
    ...OAUTH_REFUSALS,
  },
  validatedBy: "handler",
  handle: async (context) => {
    const read = await readFormBody(context);
    if (!read.ok) return refuse(context, read.error);
    const credentials = parseClient(read.value, context.req.header("authorization"));
    if (!credentials.ok) return refuse(context, credentials.error);
    const claimedId = credentials.value?.id ?? read.value.get("client_id");
    if (claimedId !== undefined && isOAuthClientId(claimedId)) {
      const claimed = { id: claimedId, secret: credentials.value?.secret };
      const authenticated = await context.var.services.authenticateClient(claimed, "token.revoke");
      if (!authenticated.ok) return refuse(context, BAD_OAUTH_CLIENT);
      return revokeAs(context, read.value.get("token"), { id: claimedId, isAuthenticated: true });
    }
    const identified = credentials.value && (await identifyClient(context, credentials.value, "token.revoke"));
    if (identified && !identified.ok) return refuse(context, identified.error);
    const clientId = identified?.value.service ?? read.value.get("client_id") ?? FIRST_PARTY_CLIENT;
    if (!identified && clientId !== FIRST_PARTY_CLIENT)
      return refuse(context, { kind: "invalid_client", description: "Client authentication is required." });

    return revokeAs(context, read.value.get("token"), { id: clientId, isAuthenticated: identified !== undefined });
  },
});

export const revokeEndpoints = [revoke];
