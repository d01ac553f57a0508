import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { NO_STORE } from "../http/context.ts";
import { clientFields, formBody, OAUTH_REFUSALS, parameter, readClientForm, refuse } from "../http/oauth.ts";
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
    const { authorizations, pushedRequests } = context.var.services;
    const read = await readClientForm(context, "authorization.grant");
    if (!read.ok) return refuse(context, read.error);
    const { parameters: sent, client } = read.value;
    const asked = sent.entries().filter(([name]) => !CREDENTIALS.includes(name));
    const parameters: [string, string][] = [["client_id", client.id], ...asked];
    const fault = await authorizations.faultOf(parameters);
    if (fault) return refuse(context, fault);
    const requestUri = await pushedRequests.push(client.id, parameters);
    return context.json({ request_uri: requestUri, expires_in: PUSHED_TTL_SECONDS }, 201, NO_STORE);
  },
});

export const pushedRequestsEndpoints = [push];
