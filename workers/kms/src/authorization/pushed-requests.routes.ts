import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { NO_STORE } from "../http/context.ts";
import {
  BAD_OAUTH_CLIENT,
  clientFields,
  formBody,
  OAUTH_REFUSALS,
  parameter,
  readFormBody,
  refuse,
} from "../http/oauth.ts";
import { parseClient } from "../oauth/oauth-form.ts";
import { claimedClient } from "../oauth/token-request.ts";
import { PUSHED_TTL_SECONDS } from "./pushed-requests.ts";

const form = z
  .object({
    response_type: parameter,
    redirect_uri: parameter,
    code_challenge: parameter,
    code_challenge_method: parameter,
    scope: parameter.optional(),
    state: parameter.optional(),
    ...clientFields,
  })
  .openapi("PushedAuthorizationRequest");

const response = z.object({ request_uri: z.string(), expires_in: z.int() }).openapi("PushedAuthorizationResponse");

/** What proves the client is no part of its request. */
const CREDENTIALS = ["client_id", "client_secret"];

const push = endpoint("POST /par", {
  operationId: "kms.pushAuthorizationRequest",
  tags: ["Tokens"],
  summary: "Push a request to the authorization endpoint (RFC 9126), and name it there by request_uri",
  ...formBody(form, {
    client_id: EXAMPLE.clientId,
    response_type: "code",
    redirect_uri: "https://notes.example.org/callback",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
  }),
  responses: {
    201: json(response, "Where it is for 90 seconds", {
      request_uri: "urn:ietf:params:oauth:request_uri:6esc…",
      expires_in: PUSHED_TTL_SECONDS,
    }),
    ...OAUTH_REFUSALS,
  },
  validatedBy: "handler",
  handle: async (context) => {
    const { authenticateClient, authorizations, pushedRequests } = context.var.services;
    const read = await readFormBody(context);
    if (!read.ok) return refuse(context, read.error);
    const credentials = parseClient(read.value, context.req.header("authorization"));
    if (!credentials.ok) return refuse(context, credentials.error);
    const claimed = claimedClient({ parameters: read.value, client: credentials.value });
    if (!claimed) return refuse(context, BAD_OAUTH_CLIENT);
    const client = await authenticateClient(claimed, "authorization.grant");
    if (!client.ok) return refuse(context, BAD_OAUTH_CLIENT);
    const asked = read.value.entries().filter(([name]) => !CREDENTIALS.includes(name));
    const parameters: [string, string][] = [["client_id", claimed.id], ...asked];
    const fault = await authorizations.faultOf(parameters);
    if (fault) return refuse(context, fault);
    const requestUri = await pushedRequests.push(claimed.id, parameters);
    return context.json({ request_uri: requestUri, expires_in: PUSHED_TTL_SECONDS }, 201, NO_STORE);
  },
});

export const pushedRequestsEndpoints = [push];
