/** What the OAuth endpoints share: their body, their errors, and how clients authenticate (RFC 6749 §2.3, §5.2). */
import { z } from "@hono/zod-openapi";
import type { AuditAction } from "#shared/contracts/audit.ts";
import { text } from "#shared/contracts/input.ts";
import { json } from "#shared/http/openapi.ts";
import { type Result, success } from "#shared/lang/result.ts";
import { currentRequest, noteReason } from "#shared/observability/context.ts";
import type { ApiKey } from "../api-keys/api-key.ts";
import {
  type ClientCredentials,
  MAX_PARAMETER_CHARACTERS,
  type OAuthError,
  type Parameters,
  type Parsed,
  parseClient,
  readForm,
} from "../oauth/oauth-form.ts";
import { claimedClient } from "../oauth/token-request.ts";
import type { OAuthClient } from "../oauth-clients/client.ts";
import { type KmsContext, NO_STORE } from "./context.ts";

const oauthError = z.object({ error: z.string(), error_description: z.string() }).openapi("OAuthError");

export const formBody = <Schema extends z.ZodType>(schema: Schema, example: z.input<Schema>) => ({
  body: { required: true, content: { "application/x-www-form-urlencoded": { schema, example } } },
});

/** A parameter of an OAuth form. */
export const parameter = text({ max: MAX_PARAMETER_CHARACTERS });

export const clientFields = {
  client_id: parameter.optional().openapi({ description: "The service's name, unless sent with HTTP Basic" }),
  client_secret: parameter.optional().openapi({ description: "One of its API keys, unless sent with HTTP Basic" }),
};

export const OAUTH_REFUSALS = {
  400: json(oauthError, "The request is refused (RFC 6749 §5.2)"),
  401: json(oauthError, "Client authentication failed"),
};

export const BAD_CLIENT: OAuthError = {
  kind: "invalid_client",
  description: "The service or its API key is unknown.",
};

export const BAD_OAUTH_CLIENT: OAuthError = {
  kind: "invalid_client",
  description: "The client or its secret is unknown.",
};

/** An error response of OAuth, not a problem. */
export const refuse = (context: KmsContext, { kind, description }: OAuthError): Response => {
  if (!currentRequest()?.reason) noteReason(kind);
  const body = { error: kind, error_description: description };
  if (kind !== "invalid_client") return context.json(body, 400, NO_STORE);
  return context.json(body, 401, { ...NO_STORE, "www-authenticate": 'Basic realm="fountain", charset="UTF-8"' });
};

export const readFormBody = async (context: KmsContext): Promise<Parsed<Parameters>> =>
  readForm(await context.req.text());

/**
 * The parameters of a form, and the registered client that sends it and has authenticated, or is public. `unnamed`: the refusal of
 * a form that names none. A failure is recorded as one of the action.
 */
export const readClientForm = async (
  context: KmsContext,
  action: AuditAction,
  unnamed: OAuthError = BAD_OAUTH_CLIENT,
): Promise<Parsed<{ parameters: Parameters; client: OAuthClient }>> => {
  const read = await readFormBody(context);
  if (!read.ok) return read;
  const parameters = read.value;
  const credentials = parseClient(parameters, context.req.header("authorization"));
  if (!credentials.ok) return credentials;
  const claimed = claimedClient({ parameters, client: credentials.value });
  if (!claimed) return { ok: false, error: unnamed };
  const client = await context.var.services.authenticateClient(claimed, action);
  return client.ok ? success({ parameters, client: client.value }) : { ok: false, error: BAD_OAUTH_CLIENT };
};

/** The key of the client with these credentials. A refusal is recorded as one of the action. */
export const identifyClient = async (
  context: KmsContext,
  client: ClientCredentials,
  action: AuditAction,
): Promise<Result<ApiKey, OAuthError>> => {
  const address = currentRequest()?.clientAddress;
  const identified = await context.var.services.clients.identify(client.id, client.secret, address, action);
  if (!identified.ok) return { ok: false, error: BAD_CLIENT };
  context.var.services.keyUses.note(identified.value.id);
  return identified;
};
