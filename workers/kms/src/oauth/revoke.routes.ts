import { z } from "@hono/zod-openapi";
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { endpoint } from "../endpoint.ts";
import { NO_STORE } from "../http/context.ts";
import {
  clientFields,
  formBody,
  identifyClient,
  OAUTH_REFUSALS,
  parameter,
  readFormBody,
  refuse,
} from "../http/oauth.ts";
import { type OAuthError, parseClient } from "./oauth-form.ts";

const form = z
  .object({ token: parameter, token_type_hint: parameter.optional(), ...clientFields })
  .openapi("RevocationRequest");

const NO_TOKEN: OAuthError = { kind: "invalid_request", description: "token is missing." };
const NOT_YOURS: OAuthError = {
  kind: "unauthorized_client",
  description: "Only the client that the token was issued to can revoke it.",
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
    const identified = credentials.value && (await identifyClient(context, credentials.value, "token.revoke"));
    if (identified && !identified.ok) return refuse(context, identified.error);
    const clientId = identified?.value.service ?? read.value.get("client_id") ?? FIRST_PARTY_CLIENT;
    if (!identified && clientId !== FIRST_PARTY_CLIENT)
      return refuse(context, { kind: "invalid_client", description: "Client authentication is required." });

    const token = read.value.get("token");
    if (token === undefined) return refuse(context, NO_TOKEN);
    const client = { id: clientId, isAuthenticated: identified !== undefined };
    const revoked = await context.var.services.revokeToken(token, client);
    if (revoked.ok) return context.body(null, 200, NO_STORE);
    if (revoked.error.kind === "trust-unavailable") throw new Unavailable("the verification keys are not known");
    return refuse(context, NOT_YOURS);
  },
});

export const revokeEndpoints = [revoke];
