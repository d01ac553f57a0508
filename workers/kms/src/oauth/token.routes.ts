import { z } from "@hono/zod-openapi";
import { MAX_TOKEN_CHARACTERS } from "#shared/contracts/access-token.ts";
import { serviceSubject } from "#shared/contracts/principal.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { TOKENS_EXAMPLE, tokensBody, tokensSchema } from "#shared/http/tokens.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { endpoint } from "../endpoint.ts";
import { audit, type KmsContext, NO_STORE, record } from "../http/frame.ts";
import {
  BAD_CLIENT,
  clientFields,
  formBody,
  identifyClient,
  OAUTH_REFUSALS,
  parameter,
  refuse,
} from "../http/oauth.ts";
import type { RefreshFailure } from "../sessions/sessions.ts";
import { TokenTooLong } from "../tokens/access-token.ts";
import type { ClientFailure } from "./clients.ts";
import type { OAuthError } from "./oauth-form.ts";
import type { ExchangeFailure } from "./token-exchange.ts";
import {
  ACCESS_TOKEN_TYPE,
  GRANT_TYPES,
  parseTokenRequest,
  TOKEN_EXCHANGE,
  type TokenRequest,
} from "./token-request.ts";

const form = z
  .object({
    grant_type: z.enum(GRANT_TYPES),
    refresh_token: parameter.optional(),
    scope: parameter.optional(),
    subject_token: parameter.optional().openapi({ description: "The access token of the user to act for" }),
    subject_token_type: parameter.optional().openapi({ example: ACCESS_TOKEN_TYPE }),
    audience: parameter.optional().openapi({ description: "The workers to call", example: "service-a" }),
    resource: parameter.optional().openapi({
      description: "The workers to call, by URL (RFC 8707)",
      example: "http://localhost:8787/service-a",
    }),
    ...clientFields,
  })
  .openapi("TokenRequest");

const EXCEEDED: OAuthError = { kind: "invalid_scope", description: "The requested scopes exceed the granted scopes." };
const BAD_GRANT: OAuthError = {
  kind: "invalid_grant",
  description: "This refresh token is invalid. Log in again.",
};
const NO_COMMON_SCOPE: OAuthError = {
  kind: "invalid_scope",
  description: "The service has none of the scopes of subject_token. Name the scopes it needs in scope.",
};
const TARGET_EXCEEDED: OAuthError = {
  kind: "invalid_target",
  description: "subject_token is not valid for that audience.",
};
const BAD_SUBJECT: OAuthError = {
  kind: "invalid_request",
  description: "subject_token must be a valid access token that was issued to a user.",
};

const EXCHANGE_REFUSALS: Record<Exclude<ExchangeFailure, "trust-unavailable">, OAuthError> = {
  "subject-invalid": BAD_SUBJECT,
  "subject-not-a-user": BAD_SUBJECT,
  "scope-exceeded": EXCEEDED,
  "no-common-scope": NO_COMMON_SCOPE,
  "target-exceeded": TARGET_EXCEEDED,
};

const REFRESH_REFUSALS: Record<RefreshFailure, OAuthError> = {
  "scope-exceeded": EXCEEDED,
  unknown: BAD_GRANT,
  reused: BAD_GRANT,
  "session-ended": BAD_GRANT,
};

/** Why a key is not accepted is for the log alone. */
const CLIENT_REFUSALS: Record<ClientFailure, OAuthError> = {
  "scope-exceeded": EXCEEDED,
  malformed: BAD_CLIENT,
  unknown: BAD_CLIENT,
  revoked: BAD_CLIENT,
  expired: BAD_CLIENT,
  disabled: BAD_CLIENT,
  "address-not-allowed": BAD_CLIENT,
  "other-service": BAD_CLIENT,
};

type Grant<Name extends TokenRequest["grant"]> = Extract<TokenRequest, { grant: Name }>;

const refresh = async (
  context: KmsContext,
  { refreshToken, scopes, audiences }: Grant<"refresh_token">,
): Promise<Response> => {
  const { sessions } = context.var.services;
  const refreshed = await sessions.refresh(refreshToken, scopes, audiences);
  if (!refreshed.ok) {
    const concerns = (await sessions.sessionOf(refreshToken))?.userId;
    await audit(context, { action: "token.refresh", outcome: "failure", reason: refreshed.error.kind, concerns });
    return refuse(context, REFRESH_REFUSALS[refreshed.error.kind]);
  }
  const { access, refreshToken: successor, userId, sessionId, use } = refreshed.value;
  const event = { action: "token.refresh", outcome: "success", actor: userId, target: sessionId } as const;
  if (use === "concurrent") await audit(context, { ...event, reason: use });
  else record(context, use === "retried" ? { ...event, reason: use } : event);
  return context.json(tokensBody(access, successor), 200, NO_STORE);
};

const authenticateClient = async (
  context: KmsContext,
  { client, ...wanted }: Grant<"client_credentials">,
): Promise<Response> => {
  const { clients, keyUses } = context.var.services;
  const authenticated = await clients.authenticate(client.id, client.secret, wanted, currentRequest()?.clientAddress);
  if (!authenticated.ok) {
    await audit(context, { action: "token.client-credentials", outcome: "failure", reason: authenticated.error.kind });
    return refuse(context, CLIENT_REFUSALS[authenticated.error.kind]);
  }
  const { access, service, keyId } = authenticated.value;
  const actor = serviceSubject(service);
  await audit(context, { action: "token.client-credentials", outcome: "success", actor, target: keyId });
  keyUses.note(keyId);
  return context.json(tokensBody(access), 200, NO_STORE);
};

const exchange = async (context: KmsContext, request: Grant<typeof TOKEN_EXCHANGE>): Promise<Response> => {
  const { exchangeToken } = context.var.services;
  const identified = await identifyClient(context, request.client, "token.exchange");
  if (!identified.ok) return refuse(context, identified.error);
  const { value: apiKey } = identified;
  const exchanged = await exchangeToken({ ...request, actor: apiKey });
  const event = { action: "token.exchange", actor: serviceSubject(apiKey.service) } as const;
  if (!exchanged.ok) {
    if (exchanged.error.kind === "trust-unavailable") throw new Unavailable("the verification keys are not known");
    await audit(context, { ...event, outcome: "failure", reason: exchanged.error.kind });
    return refuse(context, EXCHANGE_REFUSALS[exchanged.error.kind]);
  }
  const { access, userId } = exchanged.value;
  await audit(context, { ...event, outcome: "success", target: userId });
  return context.json({ ...tokensBody(access), issued_token_type: ACCESS_TOKEN_TYPE }, 200, NO_STORE);
};

const TOO_LONG: OAuthError = {
  kind: "invalid_scope",
  description: `The token would have more than ${MAX_TOKEN_CHARACTERS} characters. Name fewer scopes in scope.`,
};

const ACTIONS = {
  refresh_token: "token.refresh",
  client_credentials: "token.client-credentials",
  [TOKEN_EXCHANGE]: "token.exchange",
} as const;

const grantIt = (context: KmsContext, request: TokenRequest): Promise<Response> => {
  switch (request.grant) {
    case "refresh_token":
      return refresh(context, request);
    case "client_credentials":
      return authenticateClient(context, request);
    case TOKEN_EXCHANGE:
      return exchange(context, request);
  }
};

const token = endpoint("POST /token", {
  operationId: "kms.issueToken",
  tags: ["Tokens"],
  summary: "Issue tokens (OAuth 2.0): refresh_token and client_credentials (RFC 6749), token exchange (RFC 8693)",
  description:
    "`refresh_token` returns a session's next tokens and consumes the one sent. `client_credentials` gives a service a token " +
    "for its API key. Token exchange gives a service a token to act for the user whose access token is `subject_token`.",
  ...formBody(form, { grant_type: "refresh_token", refresh_token: EXAMPLE.refreshToken }),
  responses: {
    200: json(tokensSchema, "Tokens", TOKENS_EXAMPLE),
    ...OAUTH_REFUSALS,
  },
  errors: ["too-many-attempts"],
  validatedBy: "handler",
  handle: async (context) => {
    const { issuer } = context.var.services;
    const parsed = parseTokenRequest(await context.req.text(), context.req.header("authorization"), issuer);
    if (!parsed.ok) return refuse(context, parsed.error);
    const request = parsed.value;
    try {
      return await grantIt(context, request);
    } catch (error) {
      if (!(error instanceof TokenTooLong)) throw error;
      await audit(context, { action: ACTIONS[request.grant], outcome: "failure", reason: "token-too-long" });
      return refuse(context, TOO_LONG);
    }
  },
});

/** Not added with `openapi`: what is wrong with a request here is told in OAuth's own words, not in ours. */
export const tokenEndpoints = [token];
