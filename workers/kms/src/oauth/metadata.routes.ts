import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { grantable } from "../accounts/rights.ts";
import { endpoint } from "../endpoint.ts";
import { GRANT_TYPES } from "./token-request.ts";

const CACHE_CONTROL = "public, max-age=300";
const CLIENT_AUTHENTICATION = ["client_secret_basic", "client_secret_post"];

const names = z.array(z.string());

const metadata = z
  .object({
    issuer: z.string(),
    authorization_endpoint: z.string(),
    token_endpoint: z.string(),
    token_endpoint_auth_methods_supported: names,
    revocation_endpoint: z.string(),
    revocation_endpoint_auth_methods_supported: names,
    introspection_endpoint: z.string(),
    introspection_endpoint_auth_methods_supported: names,
    jwks_uri: z.string(),
    grant_types_supported: names,
    response_types_supported: names,
    response_modes_supported: names,
    code_challenge_methods_supported: names,
    authorization_response_iss_parameter_supported: z.boolean(),
    scopes_supported: names,
    service_documentation: z.string(),
  })
  .openapi("ServerMetadata");

/** The addresses are as callers know them: through the gateway. */
const metadataOf = (issuer: string, scopes: readonly string[]): z.infer<typeof metadata> => ({
  issuer,
  authorization_endpoint: `${issuer}/oauth/authorize`,
  token_endpoint: `${issuer}/kms/token`,
  token_endpoint_auth_methods_supported: [...CLIENT_AUTHENTICATION, "none"],
  revocation_endpoint: `${issuer}/kms/revoke`,
  revocation_endpoint_auth_methods_supported: [...CLIENT_AUTHENTICATION, "none"],
  introspection_endpoint: `${issuer}/kms/introspect`,
  introspection_endpoint_auth_methods_supported: CLIENT_AUTHENTICATION,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  grant_types_supported: [...GRANT_TYPES],
  response_types_supported: ["code"],
  response_modes_supported: ["query"],
  code_challenge_methods_supported: ["S256"],
  authorization_response_iss_parameter_supported: true,
  scopes_supported: [...scopes],
  service_documentation: `${issuer}/docs`,
});

const getMetadata = endpoint("GET /.well-known/oauth-authorization-server", {
  operationId: "kms.getServerMetadata",
  tags: ["Tokens"],
  summary: "Get the metadata of this authorization server (RFC 8414)",
  responses: {
    200: json(metadata, "The metadata", metadataOf(EXAMPLE.issuer, grantable([]))),
  },
  handle: async (context) => {
    const { issuer, upstreamScopes } = context.var.services;
    const scopes = grantable(await upstreamScopes.shown());
    return context.json(metadataOf(issuer, scopes), 200, { "cache-control": CACHE_CONTROL });
  },
});

export const metadataEndpoints = [getMetadata];
