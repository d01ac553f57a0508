import { createRoute, z } from "@hono/zod-openapi";
import { json, problems } from "#shared/http/openapi.ts";
import { parseTokenRequest, type TokenError, type TokenRequest } from "../domain/token-request.ts";
import { audit, type KmsApp, type KmsContext, NO_STORE, record } from "./frame.ts";
import { tokenAnswer, toTokenAnswer } from "./token-answer.ts";

const form = z
  .object({
    grant_type: z.enum(["refresh_token", "client_credentials"]),
    refresh_token: z.string().optional(),
    client_id: z.string().optional(),
    client_secret: z.string().optional(),
    scope: z.string().optional(),
  })
  .openapi("TokenRequest");

const tokenError = z.object({ error: z.string(), error_description: z.string() }).openapi("TokenError");

const route = createRoute({
  method: "post",
  path: "/token",
  tags: ["Tokens"],
  summary: "OAuth 2 token endpoint (RFC 6749): refresh_token, client_credentials",
  request: { body: { required: true, content: { "application/x-www-form-urlencoded": { schema: form } } } },
  responses: {
    200: json(tokenAnswer, "Tokens"),
    400: json(tokenError, "The request is refused (RFC 6749 §5.2)"),
    401: json(tokenError, "The client did not authenticate"),
    ...problems("unsupported-media-type", "unavailable"),
  },
});

const EXCEEDED: TokenError = { error: "invalid_scope", description: "More scopes are asked for than were granted." };
const BAD_GRANT: TokenError = {
  error: "invalid_grant",
  description: "This refresh token cannot be used. Log in again.",
};
const BAD_CLIENT: TokenError = { error: "invalid_client", description: "The service or its API key is not known." };

const refuse = (context: KmsContext, { error, description }: TokenError): Response => {
  const body = { error, error_description: description };
  if (error !== "invalid_client") return context.json(body, 400, NO_STORE);
  return context.json(body, 401, { ...NO_STORE, "www-authenticate": 'Basic realm="fountain"' });
};

type Grant<Name extends TokenRequest["grant"]> = Extract<TokenRequest, { grant: Name }>;

const refresh = async (context: KmsContext, { refreshToken, scopes }: Grant<"refresh_token">): Promise<Response> => {
  const refreshed = await context.var.services.sessions.refresh(refreshToken, scopes);
  if (!refreshed.ok) {
    await audit(context, { action: "token.refresh", outcome: "failure", reason: refreshed.error });
    return refuse(context, refreshed.error === "scope-exceeded" ? EXCEEDED : BAD_GRANT);
  }
  const { access, refreshToken: successor, userId, sessionId, isRepeated } = refreshed.value;
  const event = { action: "token.refresh", outcome: "success", actor: userId, target: sessionId } as const;
  if (isRepeated) await audit(context, { ...event, reason: "repeated" });
  else record(context, event);
  return context.json(toTokenAnswer(access, successor), 200, NO_STORE);
};

const authenticateClient = async (
  context: KmsContext,
  { client, scopes }: Grant<"client_credentials">,
): Promise<Response> => {
  const authenticated = await context.var.services.clients.authenticate(client.id, client.secret, scopes);
  if (!authenticated.ok) {
    await audit(context, { action: "token.client-credentials", outcome: "failure", reason: authenticated.error });
    return refuse(context, authenticated.error === "scope-exceeded" ? EXCEEDED : BAD_CLIENT);
  }
  const { access, service, keyId } = authenticated.value;
  await audit(context, { action: "token.client-credentials", outcome: "success", actor: service, target: keyId });
  return context.json(toTokenAnswer(access), 200, NO_STORE);
};

/** Not added with `openapi`: what is wrong with a request here is told in OAuth's own words, not in ours. */
export const addToken = (app: KmsApp): void => {
  app.openAPIRegistry.registerPath(route);
  app.post(route.path, async (context) => {
    const parameters = new URLSearchParams(await context.req.text());
    const parsed = parseTokenRequest(parameters, context.req.header("authorization"));
    if (!parsed.ok) {
      context.set("reason", parsed.error.error);
      return refuse(context, parsed.error);
    }
    const request = parsed.value;
    return request.grant === "refresh_token" ? refresh(context, request) : authenticateClient(context, request);
  });
};
