import { z } from "@hono/zod-openapi";
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import { serviceSubject } from "#shared/contracts/principal.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { endpoint } from "../endpoint.ts";
import { entryOf, type KmsContext, NO_STORE, record } from "../http/frame.ts";
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

const done = (context: KmsContext): Response => context.body(null, 200, NO_STORE);

/** Ends the session of a refresh token: its access tokens go with it (RFC 7009 §2.1). */
const revokeSession = async (context: KmsContext, userId: string, sessionId: string): Promise<void> => {
  const event = { action: "session.end", outcome: "success", actor: userId, target: sessionId } as const;
  const isEnded = await context.var.services.sessions.end(sessionId, await entryOf(context, event));
  if (isEnded) record(context, event);
};

/** `isAuthenticated`: the client has shown a key; else whoever holds the token counts as its client. */
const revokeAccessToken = async (
  context: KmsContext,
  token: string,
  { clientId, isAuthenticated }: { clientId: string; isAuthenticated: boolean },
): Promise<Response> => {
  const { verify, revokeToken } = context.var.services;
  const verification = await verify(token);
  if (!verification.ok) {
    if (verification.error.kind === "trust-unavailable") throw new Unavailable("the verification keys are not known");
    return done(context);
  }
  const { value: principal } = verification;
  if (principal.clientId !== clientId) return refuse(context, NOT_YOURS);
  // Every visitor of a page holds its scoped key, and none of them may take it from the others.
  if (principal.searchFilter !== undefined && !isAuthenticated) return refuse(context, NOT_YOURS);
  const event = {
    action: "token.revoke",
    outcome: "success",
    actor: clientId === FIRST_PARTY_CLIENT ? principal.subject : serviceSubject(clientId),
    target: principal.tokenId,
  } as const;
  await revokeToken(principal.tokenId, await entryOf(context, event));
  record(context, event);
  return done(context);
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
    const client = parseClient(read.value, context.req.header("authorization"));
    if (!client.ok) return refuse(context, client.error);
    const identified = client.value && (await identifyClient(context, client.value, "token.revoke"));
    if (identified && !identified.ok) return refuse(context, identified.error);
    const clientId = identified?.value.service ?? read.value.get("client_id") ?? FIRST_PARTY_CLIENT;
    if (!identified && clientId !== FIRST_PARTY_CLIENT)
      return refuse(context, { kind: "invalid_client", description: "Client authentication is required." });

    const token = read.value.get("token");
    if (token === undefined) return refuse(context, NO_TOKEN);
    const session = await context.var.services.sessions.sessionOf(token);
    if (!session) return revokeAccessToken(context, token, { clientId, isAuthenticated: identified !== undefined });
    if (clientId !== FIRST_PARTY_CLIENT) return refuse(context, NOT_YOURS);
    await revokeSession(context, session.userId, session.id);
    return done(context);
  },
});

/** Not added with `openapi`, as `POST /token` is not. A token that is not known is as good as revoked (RFC 7009 §2.2). */
export const revokeEndpoints = [revoke];
