import { z } from "@hono/zod-openapi";
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import { DPOP_HEADER } from "#shared/dpop/proof.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { TOKENS_EXAMPLE, tokensBody, tokensSchema } from "#shared/http/tokens.ts";
import { sha256 } from "#shared/lang/digest.ts";
import { type Result, success } from "#shared/lang/result.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { currentRequest, noteReason } from "#shared/observability/context.ts";
import { endpoint } from "../endpoint.ts";
import { type KmsContext, NO_STORE } from "../http/context.ts";
import {
  BAD_OAUTH_CLIENT,
  clientFields,
  formBody,
  identifyClient,
  OAUTH_REFUSALS,
  parameter,
  refuse,
} from "../http/oauth.ts";
import {
  BAD_PROOF,
  CLIENT_REFUSALS,
  CODE_REFUSALS,
  DEVICE_REFUSALS,
  EXCHANGE_REFUSALS,
  REFRESH_REFUSALS,
} from "../http/token-refusals.ts";
import type { WantedIdToken } from "../identity/id-token.ts";
import type { OAuthError } from "./oauth-form.ts";
import {
  ACCESS_TOKEN_TYPE,
  DEVICE_CODE,
  GRANT_TYPES,
  parseTokenRequest,
  TOKEN_EXCHANGE,
  type TokenRequest,
} from "./token-request.ts";
import { checkTarget } from "./token-target.ts";

const form = z
  .object({
    grant_type: z.enum(GRANT_TYPES),
    refresh_token: parameter.optional(),
    code: parameter.optional(),
    redirect_uri: parameter.optional(),
    code_verifier: parameter.optional().openapi({ description: "Of PKCE (RFC 7636)" }),
    device_code: parameter.optional().openapi({ description: "Of a device that waits to be let in (RFC 8628)" }),
    scope: parameter.optional(),
    subject_token: parameter.optional().openapi({ description: "The access token of the user to act for" }),
    subject_token_type: parameter.optional().openapi({ example: ACCESS_TOKEN_TYPE }),
    audience: parameter.optional().openapi({ description: "The workers to call", example: "service-a" }),
    resource: parameter.optional().openapi({
      description: "The workers or services to call, by URL (RFC 8707)",
      example: "http://localhost:8787/service-a",
    }),
    ...clientFields,
  })
  .openapi("TokenRequest");

type Grant<Name extends TokenRequest["grant"]> = Extract<TokenRequest, { grant: Name }>;

const sessionTokens = async (
  context: KmsContext,
  { access, refreshToken, ...about }: WantedIdToken & { refreshToken: string },
): Promise<Response> => {
  const idToken = await context.var.services.idTokenFor({ ...about, access });
  return context.json({ ...tokensBody(access, refreshToken), ...(idToken && { id_token: idToken }) }, 200, NO_STORE);
};

const redeem = async (
  context: KmsContext,
  { client, code, redirectUri, codeVerifier, audiences }: Grant<"authorization_code">,
  jkt: string | undefined,
): Promise<Response> => {
  const { authenticateClient: authenticate, redeemCode } = context.var.services;
  const authenticated = await authenticate(client, "token.authorization-code");
  if (!authenticated.ok) return refuse(context, BAD_OAUTH_CLIENT);
  const codeChallenge = await sha256(codeVerifier);
  const isAuthenticated = client.secret !== undefined;
  const presented = { clientId: client.id, code, redirectUri, codeChallenge, audiences, jkt, isAuthenticated };
  const redeemed = await redeemCode(presented);
  if (!redeemed.ok) return refuse(context, CODE_REFUSALS[redeemed.error.kind]);
  return sessionTokens(context, redeemed.value);
};

const redeemDevice = async (
  context: KmsContext,
  { client, deviceCode, audiences }: Grant<typeof DEVICE_CODE>,
  jkt: string | undefined,
): Promise<Response> => {
  const { authenticateClient: authenticate, redeemDeviceCode } = context.var.services;
  const authenticated = await authenticate(client, "token.device-code");
  if (!authenticated.ok) return refuse(context, BAD_OAUTH_CLIENT);
  const isAuthenticated = client.secret !== undefined;
  const redeemed = await redeemDeviceCode({ clientId: client.id, deviceCode, audiences, jkt, isAuthenticated });
  if (!redeemed.ok) return refuse(context, DEVICE_REFUSALS[redeemed.error.kind]);
  return sessionTokens(context, redeemed.value);
};

const refresh = async (
  context: KmsContext,
  { refreshToken, client, ...wanted }: Grant<"refresh_token">,
  jkt: string | undefined,
): Promise<Response> => {
  const { authenticateClient: authenticate, sessions } = context.var.services;
  const authenticated = client && (await authenticate(client, "token.refresh"));
  if (authenticated && !authenticated.ok) return refuse(context, BAD_OAUTH_CLIENT);
  const presenter = { clientId: client?.id ?? FIRST_PARTY_CLIENT, jkt, isAuthenticated: client?.secret !== undefined };
  const refreshed = await sessions.refresh(refreshToken, { ...presenter, ...wanted });
  if (!refreshed.ok) return refuse(context, REFRESH_REFUSALS[refreshed.error.kind]);
  return sessionTokens(context, refreshed.value);
};

const authenticateClient = async (
  context: KmsContext,
  { client, ...wanted }: Grant<"client_credentials">,
  jkt: string | undefined,
): Promise<Response> => {
  const { clients, keyUses } = context.var.services;
  const authenticated = await clients.authenticate(
    client.id,
    client.secret,
    { ...wanted, jkt },
    currentRequest()?.clientAddress,
  );
  if (!authenticated.ok) return refuse(context, CLIENT_REFUSALS[authenticated.error.kind]);
  const { access, keyId } = authenticated.value;
  keyUses.note(keyId);
  return context.json(tokensBody(access), 200, NO_STORE);
};

const exchange = async (
  context: KmsContext,
  request: Grant<typeof TOKEN_EXCHANGE>,
  jkt: string | undefined,
): Promise<Response> => {
  const identified = await identifyClient(context, request.client, "token.exchange");
  if (!identified.ok) return refuse(context, identified.error);
  const exchanged = await context.var.services.exchangeToken({ ...request, actor: identified.value, jkt });
  if (!exchanged.ok) {
    if (exchanged.error.kind === "trust-unavailable") throw new Unavailable("the verification keys are not known");
    return refuse(context, EXCHANGE_REFUSALS[exchanged.error.kind]);
  }
  const { access } = exchanged.value;
  return context.json({ ...tokensBody(access), issued_token_type: ACCESS_TOKEN_TYPE }, 200, NO_STORE);
};

/** Uses up the proof that was sent, and gives the thumbprint of its key (RFC 9449 §5); `undefined`: none was sent. */
const provenKey = async (context: KmsContext): Promise<Result<string | undefined, OAuthError>> => {
  const proof = context.req.header(DPOP_HEADER);
  if (proof === undefined) return success(undefined);
  const { proofs, issuer } = context.var.services;
  const used = await proofs.use(proof, { method: "POST", url: `${issuer}/kms/token` });
  if (used.ok) return used;
  noteReason(used.error.kind);
  return { ok: false, error: BAD_PROOF };
};

/** `jkt`: the key that the tokens are to be bound to. */
const grantIt = (context: KmsContext, request: TokenRequest, jkt: string | undefined): Promise<Response> => {
  switch (request.grant) {
    case "authorization_code":
      return redeem(context, request, jkt);
    case DEVICE_CODE:
      return redeemDevice(context, request, jkt);
    case "refresh_token":
      return refresh(context, request, jkt);
    case "client_credentials":
      return authenticateClient(context, request, jkt);
    case TOKEN_EXCHANGE:
      return exchange(context, request, jkt);
  }
};

const token = endpoint("POST /token", {
  operationId: "kms.issueToken",
  tags: ["Tokens"],
  summary: "Issue tokens (OAuth 2.0): refresh_token and client_credentials (RFC 6749), token exchange (RFC 8693)",
  description:
    "`refresh_token` returns a session's next tokens and consumes the one sent. `client_credentials` gives a service a token " +
    "for its API key. Token exchange gives a service a token to act for the user whose access token is `subject_token`. " +
    "With a proof in the header `DPoP` (RFC 9449), the tokens are bound to its key.",
  ...formBody(form, { grant_type: "refresh_token", refresh_token: EXAMPLE.refreshToken }),
  responses: {
    200: json(tokensSchema, "Tokens", TOKENS_EXAMPLE),
    ...OAUTH_REFUSALS,
  },
  errors: ["too-many-attempts"],
  validatedBy: "handler",
  handle: async (context) => {
    const { issuer, upstreamScopes } = context.var.services;
    const parsed = parseTokenRequest(await context.req.text(), context.req.header("authorization"), issuer);
    if (!parsed.ok) return refuse(context, parsed.error);
    const target = await checkTarget(parsed.value.audiences, issuer, upstreamScopes);
    if (!target.ok) return refuse(context, target.error);
    const key = await provenKey(context);
    return key.ok ? grantIt(context, parsed.value, key.value) : refuse(context, key.error);
  },
});

export const tokenEndpoints = [token];
