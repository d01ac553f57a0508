import { z } from "@hono/zod-openapi";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json } from "#shared/http/openapi.ts";
import { endpoint } from "../endpoint.ts";
import { publicDocument } from "./public-document.ts";

const responses = {
  200: json(z.looseObject({ issuer: z.string(), token_endpoint: z.string() }), "The metadata", {
    issuer: EXAMPLE.issuer,
    authorization_endpoint: `${EXAMPLE.issuer}/oauth/authorize`,
    token_endpoint: `${EXAMPLE.issuer}/kms/token`,
    revocation_endpoint: `${EXAMPLE.issuer}/kms/revoke`,
    introspection_endpoint: `${EXAMPLE.issuer}/kms/introspect`,
    jwks_uri: `${EXAMPLE.issuer}/.well-known/jwks.json`,
  }),
};

const metadata = endpoint("GET /.well-known/oauth-authorization-server", {
  operationId: "gateway.getServerMetadata",
  summary: "Get the metadata of the authorization server (RFC 8414)",
  responses,
  errors: ["unavailable"],
  validatedBy: "handler",
  handle: (context) => publicDocument(context, "/.well-known/oauth-authorization-server"),
});

const configuration = endpoint("GET /.well-known/openid-configuration", {
  operationId: "gateway.getOpenIdConfiguration",
  summary: "Get the same for OpenID Connect (OpenID Connect Discovery §4)",
  responses,
  errors: ["unavailable"],
  validatedBy: "handler",
  handle: (context) => publicDocument(context, "/.well-known/openid-configuration"),
});

export const metadataEndpoints = [metadata, configuration];
