import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { readScopes } from "../authorization/authorization-request.ts";
import { endpoint } from "../endpoint.ts";
import { NO_STORE } from "../http/context.ts";
import { clientFields, formBody, OAUTH_REFUSALS, parameter, readClientForm, refuse } from "../http/oauth.ts";
import type { OAuthError } from "../oauth/oauth-form.ts";
import { checkTarget, parseTarget } from "../oauth/token-target.ts";
import { isOwnClient } from "../oauth-clients/own-client.ts";

const form = z
  .object({
    scope: parameter
      .optional()
      .openapi({ description: "By default all that the client may ask for; `fountain` takes none" }),
    resource: parameter.optional().openapi({ description: "The workers to call, by URL (RFC 8707)" }),
    audience: parameter.optional().openapi({ description: "The workers to call" }),
    ...clientFields,
    client_id: parameter.optional().openapi({
      description: "The application, or `fountain`: a tool that acts as the person, in a session of theirs",
    }),
  })
  .openapi("DeviceRequest");

const response = z
  .object({
    device_code: z.string(),
    user_code: z.string(),
    verification_uri: z.string(),
    verification_uri_complete: z.string(),
    expires_in: z.int(),
    interval: z.int(),
  })
  .openapi("DeviceResponse");

const NO_APPLICATION: OAuthError = { kind: "invalid_client", description: "Send the client_id of the application." };

const page = (issuer: string): string => `${issuer}/oauth/device`;

/** To ask for less and get full access would mislead anyone who asks. */
const NO_SCOPE: OAuthError = {
  kind: "invalid_scope",
  description: "client_id=fountain takes no scope: its sessions may do all that the person may.",
};

const beginDevice = endpoint("POST /device", {
  operationId: "kms.beginDevice",
  tags: ["Tokens"],
  summary: "Begin to log in on a device without a browser (RFC 8628); the person types user_code on another one",
  description:
    "The device shows `user_code` and `verification_uri`, and asks `POST /kms/token` every `interval` seconds with `device_code` " +
    "until it gets tokens or is refused.",
  ...formBody(form, { client_id: EXAMPLE.clientId, scope: "openid offline_access" }),
  responses: {
    200: json(response, "What to show, and to ask with", {
      device_code: "4lJ…",
      user_code: "BDWP-HQPK",
      verification_uri: page(EXAMPLE.issuer),
      verification_uri_complete: `${page(EXAMPLE.issuer)}?user_code=BDWP-HQPK`,
      expires_in: 600,
      interval: 5,
    }),
    ...OAUTH_REFUSALS,
  },
  validatedBy: "handler",
  handle: async (context) => {
    const { deviceRequests, issuer, upstreamScopes } = context.var.services;
    const read = await readClientForm(context, "token.device-code", NO_APPLICATION);
    if (!read.ok) return refuse(context, read.error);
    const { parameters, client } = read.value;
    const scope = parameters.get("scope");
    if (isOwnClient(client) && scope !== undefined) return refuse(context, NO_SCOPE);
    const scopes = readScopes(scope, client);
    if (!scopes.ok) return refuse(context, scopes.error);
    const audiences = parseTarget(parameters, issuer);
    if (!audiences.ok) return refuse(context, audiences.error);
    const target = await checkTarget(audiences.value, issuer, upstreamScopes);
    if (!target.ok) return refuse(context, target.error);
    const begun = await deviceRequests.begin(client, { scopes: scopes.value, audiences: audiences.value });
    const body = {
      device_code: begun.deviceCode,
      user_code: begun.userCode,
      verification_uri: page(issuer),
      verification_uri_complete: `${page(issuer)}?user_code=${begun.userCode}`,
      expires_in: begun.expiresInSeconds,
      interval: begun.intervalSeconds,
    };
    return context.json(body, 200, NO_STORE);
  },
});

export const deviceEndpoints = [beginDevice];
