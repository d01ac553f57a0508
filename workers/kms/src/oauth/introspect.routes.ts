import { z } from "@hono/zod-openapi";
import { serviceSubject } from "#shared/contracts/principal.ts";
import { admit, bearerToken, credentialRefused, policyOf } from "#shared/http/access.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { type Result, success } from "#shared/lang/result.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { endpoint } from "../endpoint.ts";
import { type KmsContext, NO_STORE } from "../http/context.ts";
import {
  clientFields,
  formBody,
  identifyClient,
  OAUTH_REFUSALS,
  parameter,
  readFormBody,
  refuse,
} from "../http/oauth.ts";
import { type OAuthError, type Parameters, parseClient, refused } from "./oauth-form.ts";
import { type Asker, introspect } from "./token-introspection.ts";

const form = z
  .object({ token: parameter, token_type_hint: parameter.optional(), ...clientFields })
  .openapi("IntrospectionRequest");

const introspection = z.looseObject({ active: z.boolean() }).openapi("Introspection");

const identify = async (context: KmsContext, parameters: Parameters): Promise<Result<Asker, OAuthError>> => {
  const bearer = bearerToken(context.req.raw.headers);
  if (bearer !== undefined) {
    const verification = await context.var.services.verify(bearer);
    if (!verification.ok) throw credentialRefused(verification.error.kind);
    // The gateway demands no proof where anyone may call.
    if (verification.value.jkt !== undefined) throw credentialRefused("key-unproven");
    // Anyone may call, but who does so with a token is admitted with it as everywhere else.
    const { policy } = policyOf("kms", context.req.method, context.req.path);
    admit(context, { called: "kms", policy, prefix: "" }, verification.value);
    return success(verification.value);
  }
  const client = parseClient(parameters, context.req.header("authorization"));
  if (!client.ok) return client;
  if (!client.value) return refused("invalid_client", "Authenticate with HTTP Basic, in the body or with a token.");
  const identified = await identifyClient(context, client.value, "token.introspect");
  if (!identified.ok) return identified;
  const { service, scopes } = identified.value;
  return success({ kind: "service", subject: serviceSubject(service), scopes: new Set(scopes) });
};

const introspectToken = endpoint("POST /introspect", {
  operationId: "kms.introspectToken",
  tags: ["Tokens"],
  summary: "Introspect an access token (RFC 7662), as a service with its key or with a token in Authorization",
  description:
    "A service can introspect every token, a user their own and, with `users:admin`, those of others. For " +
    "any other token the response is `active: false`.",
  ...formBody(form, { token: EXAMPLE.accessToken, client_id: EXAMPLE.service, client_secret: EXAMPLE.apiKey }),
  responses: {
    200: json(introspection, "Its claims; only `active: false` if it is invalid or the caller cannot inspect it", {
      active: true,
      token_type: "Bearer",
      iss: EXAMPLE.issuer,
      sub: EXAMPLE.userId,
      aud: "fountain",
      client_id: "fountain",
      sid: EXAMPLE.sessionId,
      scope: "search:read sequence:read sequence:write",
      roles: ["user"],
      acr: "aal1",
      amr: ["pwd"],
      iat: 1773649800,
      exp: 1773650700,
      auth_time: 1773649800,
    }),
    ...OAUTH_REFUSALS,
  },
  errors: ["forbidden"],
  validatedBy: "handler",
  handle: async (context) => {
    const read = await readFormBody(context);
    if (!read.ok) return refuse(context, read.error);
    const identified = await identify(context, read.value);
    if (!identified.ok) return refuse(context, identified.error);
    const token = read.value.get("token");
    if (token === undefined) return refuse(context, { kind: "invalid_request", description: "token is missing." });
    const found = await introspect(context.var.services.verify, token, identified.value);
    if (!found.ok) throw new Unavailable("the verification keys are not known");
    return context.json(found.value, 200, NO_STORE);
  },
});

export const introspectEndpoints = [introspectToken];
