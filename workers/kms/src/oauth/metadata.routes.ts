import { z } from "@hono/zod-openapi";
import { IDENTITY_SCOPES } from "#shared/contracts/rights.ts";
import { DPOP_ALGORITHMS } from "#shared/dpop/proof.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { grantable } from "../accounts/rights.ts";
import { PROMPTS } from "../authorization/authorization-request.ts";
import { endpoint } from "../endpoint.ts";
import type { KmsContext } from "../http/context.ts";
import { GRANT_TYPES } from "./token-request.ts";

const CACHE_CONTROL = "public, max-age=300";
const CLIENT_AUTHENTICATION = ["client_secret_basic", "client_secret_post"];

const names = z.array(z.string());

const metadata = z
  .object({
    issuer: z.string(),
    authorization_endpoint: z.string(),
    pushed_authorization_request_endpoint: z.string(),
    device_authorization_endpoint: z.string(),
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
    userinfo_endpoint: z.string(),
    end_session_endpoint: z.string(),
    subject_types_supported: names,
    id_token_signing_alg_values_supported: names,
    claims_supported: names,
    acr_values_supported: names,
    prompt_values_supported: names,
    claims_parameter_supported: z.boolean(),
    request_parameter_supported: z.boolean(),
    request_uri_parameter_supported: z.boolean(),
    dpop_signing_alg_values_supported: names,
    client_id_metadata_document_supported: z.literal(true).optional(),
    service_documentation: z.string(),
  })
  .openapi("ServerMetadata");

/** What ID tokens and the response of the userinfo endpoint say. */
const CLAIMS = ["iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"];
const CLAIMS_OF_PEOPLE = ["preferred_username", "email", "email_verified"];

/** The addresses are as callers know them: through the gateway. */
const metadataOf = (
  issuer: string,
  { scopes, readsDocuments = false }: { scopes: readonly string[]; readsDocuments?: boolean },
): z.infer<typeof metadata> => ({
  issuer,
  authorization_endpoint: `${issuer}/oauth/authorize`,
  pushed_authorization_request_endpoint: `${issuer}/kms/par`,
  device_authorization_endpoint: `${issuer}/kms/device`,
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
  scopes_supported: [...IDENTITY_SCOPES, ...scopes],
  userinfo_endpoint: `${issuer}/kms/userinfo`,
  end_session_endpoint: `${issuer}/oauth/logout`,
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  claims_supported: [...CLAIMS, ...CLAIMS_OF_PEOPLE],
  acr_values_supported: ["aal1", "aal2"],
  prompt_values_supported: PROMPTS,
  claims_parameter_supported: false,
  request_parameter_supported: false,
  request_uri_parameter_supported: false,
  dpop_signing_alg_values_supported: [...DPOP_ALGORITHMS],
  ...(readsDocuments && { client_id_metadata_document_supported: true }),
  service_documentation: `${issuer}/docs`,
});

const respond = async (context: KmsContext) => {
  const { issuer, upstreamScopes, readsDocuments } = context.var.services;
  const scopes = grantable(await upstreamScopes.shown());
  return context.json(metadataOf(issuer, { scopes, readsDocuments }), 200, { "cache-control": CACHE_CONTROL });
};

const getMetadata = endpoint("GET /.well-known/oauth-authorization-server", {
  operationId: "kms.getServerMetadata",
  tags: ["Tokens"],
  summary: "Get the metadata of this authorization server (RFC 8414)",
  responses: {
    200: json(metadata, "The metadata", metadataOf(EXAMPLE.issuer, { scopes: grantable([]) })),
  },
  handle: respond,
});

const getConfiguration = endpoint("GET /.well-known/openid-configuration", {
  operationId: "kms.getOpenIdConfiguration",
  tags: ["Tokens"],
  summary: "Get the same for OpenID Connect (OpenID Connect Discovery §4)",
  responses: {
    200: json(metadata, "The metadata", metadataOf(EXAMPLE.issuer, { scopes: grantable([]) })),
  },
  handle: respond,
});

export const metadataEndpoints = [getMetadata, getConfiguration];
