/** The rows of the gateway, which serves them itself. */
import { type Called, FORM, PAGE, PUBLIC, type RouteTable, scope, stepUp } from "./policy.ts";

/** What is configured at the gateway: some of it is a long list of routes. */
const CONFIGURED: Called = { ...stepUp(scope("gateway:write")), maxBodyBytes: 256 * 1024 };

export const GATEWAY_ROUTES = {
  "GET /": PAGE,
  "GET /health": PUBLIC,
  "GET /ready": PUBLIC,
  "GET /docs": PAGE,
  "GET /openapi.json": PUBLIC,
  "GET /.well-known/jwks.json": PUBLIC,
  "GET /.well-known/oauth-authorization-server": PUBLIC,
  "GET /.well-known/openid-configuration": PUBLIC,
  "GET /.well-known/security.txt": PUBLIC,
  "GET /oauth/authorize": PAGE,
  "POST /oauth/authorize": FORM,
  "GET /account/login": PAGE,
  "POST /account/login": FORM,
  "GET /account/second-factor": PAGE,
  "POST /account/second-factor": FORM,
  "GET /account/sign-up": PAGE,
  "POST /account/sign-up": FORM,
  "POST /account/logout": FORM,
  "GET /account": PAGE,
  "POST /account": FORM,
  "GET /account/security": PAGE,
  "POST /account/security": FORM,
  "GET /account/sessions": PAGE,
  "POST /account/sessions": FORM,
  "GET /account/data": PAGE,
  "POST /account/data": FORM,
  "GET /gateway/upstreams": scope("gateway:read"),
  "GET /gateway/upstreams/{name}": scope("gateway:read"),
  "PUT /gateway/upstreams/{name}": CONFIGURED,
  "DELETE /gateway/upstreams/{name}": CONFIGURED,
  "GET /gateway/limits": scope("gateway:read"),
  "GET /gateway/limits/{name}": scope("gateway:read"),
  "PUT /gateway/limits/{name}": CONFIGURED,
  "DELETE /gateway/limits/{name}": CONFIGURED,
  "GET /gateway/policies": scope("gateway:read"),
  "GET /gateway/policies/{name}": scope("gateway:read"),
  "PUT /gateway/policies/{name}": CONFIGURED,
  "DELETE /gateway/policies/{name}": CONFIGURED,
  "POST /gateway/policies/explain": scope("gateway:read"),
  // It decides about the call that a proxy describes in header fields.
  "GET /gateway/authorize": { ...PUBLIC, dialect: "proxy" },
} satisfies RouteTable;
