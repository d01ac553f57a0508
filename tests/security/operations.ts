/**
 * Every operation there is: what its caller hands out or gets by it, and requests that do it. An operation that is not in
 * here fails the test that reads this.
 */
import type { WorkerName } from "../../shared/contracts/workers.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { codeOf } from "./callers.ts";
import { KMS } from "./operations-of-kms.ts";
import { ENDS, grants, nothing, proof, READS, type Variant, WRITES } from "./variants.ts";

const BEGINS = "what is begun is no factor before it is confirmed";
const NOT_CONFIGURED = { answers: [409] };
const UNKNOWN_JOB = { answers: [404] };
const RULE = "/search/collections/elements";
const MULTI_SEARCH = JSON.stringify({ searches: [{ collection: "elements", q: "*" }] });
const address = (): string => `${crypto.randomUUID()}@example.org`;

/** The operations on one kind of what is configured at the gateway. */
const configured = (kind: string, body: object): Record<string, Variant[]> => ({
  [`GET /gateway/${kind}`]: [nothing(READS, () => [`/gateway/${kind}`])],
  [`GET /gateway/${kind}/{name}`]: [nothing(READS, () => [`/gateway/${kind}/one`], { answers: [404] })],
  [`PUT /gateway/${kind}/{name}`]: [nothing(WRITES, () => [`/gateway/${kind}/one`, body])],
  [`DELETE /gateway/${kind}/{name}`]: [nothing(ENDS, () => [`/gateway/${kind}/one`], { answers: [404] })],
});

/** What comes from no page of ours does nothing, whatever it brings along. */
const UNPROVEN = { answers: [403] };
const pageOf = (path: string): Record<string, Variant[]> => ({
  [`GET ${path}`]: [nothing(READS, () => [path])],
  [`POST ${path}`]: [
    nothing("a form counts with the cookie of its page only", () => [path, undefined, { form: {} }], UNPROVEN),
  ],
});

const OF_A_PAGE = "it counts with the cookie and the token of the console's page only";
const OPENED = "what comes from no page of ours is opened as if by a link";

const GATEWAY: Record<string, Variant[]> = {
  "GET /oauth/authorize": [nothing(READS, () => ["/oauth/authorize"], { answers: [400] })],
  "POST /oauth/authorize": [nothing(OPENED, () => ["/oauth/authorize", undefined, { form: {} }], { answers: [400] })],
  ...pageOf("/oauth/device"),
  "GET /oauth/logout": [nothing(READS, () => ["/oauth/logout"])],
  "POST /oauth/logout": [nothing(OPENED, () => ["/oauth/logout", undefined, { form: {} }])],
  ...pageOf("/account/login"),
  ...pageOf("/account/second-factor"),
  ...pageOf("/account/sign-up"),
  ...pageOf("/account"),
  ...pageOf("/account/security"),
  ...pageOf("/account/sessions"),
  ...pageOf("/account/applications"),
  ...pageOf("/account/data"),
  ...pageOf("/account/terms"),
  ...pageOf("/account/forgot"),
  ...pageOf("/account/reset"),
  ...pageOf("/account/first-login"),
  ...pageOf("/account/recover"),
  ...pageOf("/account/invitation"),
  ...pageOf("/account/verify-email"),
  "POST /account/logout": [nothing(ENDS, () => ["/account/logout", undefined, { form: {} }], UNPROVEN)],
  "GET /console": [nothing(READS, () => ["/console"])],
  "GET /console/console.js": [nothing(READS, () => ["/console/console.js"])],
  "GET /console/{path+}": [nothing(READS, () => ["/console/roles"])],
  "POST /console/call": [
    nothing(OF_A_PAGE, () => ["/console/call", { form: "", method: "GET", path: "/kms/me" }], UNPROVEN),
  ],
  "POST /console/verify": [
    nothing(OF_A_PAGE, () => ["/console/verify", { form: "", proof: { code: "123456" } }], UNPROVEN),
  ],
  "GET /gateway/panel.js": [nothing(READS, () => ["/gateway/panel.js"])],
  "GET /": [nothing(READS, () => ["/"])],
  "GET /health": [nothing(READS, () => ["/health"])],
  "GET /ready": [nothing(READS, () => ["/ready"])],
  "GET /docs": [nothing(READS, () => ["/docs"])],
  "GET /openapi.json": [nothing(READS, () => ["/openapi.json"])],
  "GET /.well-known/jwks.json": [nothing(READS, () => ["/.well-known/jwks.json"])],
  "GET /.well-known/oauth-authorization-server": [nothing(READS, () => ["/.well-known/oauth-authorization-server"])],
  "GET /.well-known/openid-configuration": [nothing(READS, () => ["/.well-known/openid-configuration"])],
  "GET /.well-known/oauth-protected-resource": [nothing(READS, () => ["/.well-known/oauth-protected-resource"])],
  "GET /.well-known/oauth-protected-resource/{prefix+}": [
    nothing(READS, () => ["/.well-known/oauth-protected-resource/search"]),
  ],
  "GET /.well-known/security.txt": [nothing(READS, () => ["/.well-known/security.txt"])],
  "GET /gateway/overview": [nothing(READS, () => ["/gateway/overview"])],
  "GET /gateway/refusals": [nothing(READS, () => ["/gateway/refusals"])],
  ...configured("upstreams", { targets: [] }),
  ...configured("limits", { match: "POST /kms/login", per: "address", limit: 1_000_000, window: "1m" }),
  ...configured("policies", { effect: "deny", routes: ["* /nowhere"], dryRun: true }),
  "GET /gateway/upstreams/{name}/usage": [nothing(READS, () => ["/gateway/upstreams/one/usage"], { answers: [404] })],
  "GET /gateway/limits/{name}/usage": [nothing(READS, () => ["/gateway/limits/one/usage"], { answers: [404] })],
  "POST /gateway/policies/explain": [
    nothing(READS, () => ["/gateway/policies/explain", { method: "GET", path: "/kms/me", service: "unknown" }]),
  ],
  "GET /gateway/authorize": [nothing(READS, () => ["/gateway/authorize"], { answers: [403] })],
};

const TWOFA: Record<string, Variant[]> = {
  "GET /factors": [nothing(READS, () => ["/twofa/factors"])],
  "GET /factors/{id}": [nothing(READS, (_, { pending: { factorId } }) => [`/twofa/factors/${factorId}`])],
  "POST /factors/totp": [grants("credential", () => ["/twofa/factors/totp", {}])],
  "POST /factors/totp/confirm": [
    // Begun before the user had one, and begun now.
    grants(
      "credential",
      (_, { pending: { factorId, secret } }) => ["/twofa/factors/totp/confirm", { factorId, code: codeOf(secret) }],
      { answers: [404] },
    ),
    grants("credential", async (_, { headers, pending }, { call }) => {
      const { body } = await call("POST", "/twofa/factors/totp", headers, {});
      const { factorId, secret } = { ...pending, ...body };
      return ["/twofa/factors/totp/confirm", { factorId, code: codeOf(String(secret)) }];
    }),
  ],
  "POST /factors/email": [grants("credential", () => ["/twofa/factors/email", { address: address() }], NOT_CONFIGURED)],
  "POST /factors/sms": [
    grants("credential", () => ["/twofa/factors/sms", { phone: "+4915112345678" }], NOT_CONFIGURED),
  ],
  "POST /factors/{id}/confirm": [
    grants(
      "credential",
      (_, { pending: { factorId } }) => [`/twofa/factors/${factorId}/confirm`, { code: "12345678" }],
      { answers: [404] },
    ),
  ],
  "POST /factors/webauthn/options": [grants("credential", () => ["/twofa/factors/webauthn/options", {}])],
  "POST /factors/webauthn": [
    grants("credential", async (_, { headers }, { call }) => {
      const { body } = await call("POST", "/twofa/factors/webauthn/options", headers, {});
      const page = { origin: "http://localhost:8787", rpId: "localhost" };
      const response = createAuthenticator().create({ ...page, challenge: String(body["challenge"] ?? "none") });
      return ["/twofa/factors/webauthn", { response }];
    }),
  ],
  "DELETE /factors/{id}": [grants("credential", (_, { pending: { factorId } }) => [`/twofa/factors/${factorId}`])],
  "GET /users/{id}/factors": [nothing(READS, ({ userId }) => [`/twofa/users/${userId}/factors`])],
  "DELETE /users/{id}/factors": [grants("credential", ({ userId }) => [`/twofa/users/${userId}/factors`])],
  "POST /recovery-codes": [grants("credential", () => ["/twofa/recovery-codes"])],
  "POST /auth/generate": [nothing(BEGINS, () => ["/twofa/auth/generate", { channel: "email" }], { answers: [409] })],
  "POST /auth/verify": [
    proof(
      "a second factor",
      async (_, { headers }, { call }) => {
        const { body } = await call("POST", "/twofa/recovery-codes", headers);
        const [recoveryCode] = Array.isArray(body["recoveryCodes"]) ? body["recoveryCodes"] : [];
        return ["/twofa/auth/verify", { recoveryCode }];
      },
      [
        () => ["/twofa/auth/verify", { code: "000000" }],
        (_, { pending: { secret } }) => ["/twofa/auth/verify", { code: codeOf(secret) }],
      ],
    ),
  ],
};

const SEARCH: Record<string, Variant[]> = {
  "GET /panel.js": [nothing(READS, () => ["/search/panel.js"])],
  "POST /documents/sync": [
    nothing(WRITES, () => ["/search/documents/sync", { operation: "delete", document: { id: "action-404" } }]),
  ],
  "POST /search": [nothing(READS, () => ["/search/search", { q: "*" }])],
  "POST /scoped-keys": [
    nothing("it reads within a filter, and ends with the session or key that it was asked for with", () => [
      "/search/scoped-keys",
      { filter_by: "script_id:=1" },
    ]),
  ],
  "GET /collections/{name}/documents/search": [nothing(READS, () => [`${RULE}/documents/search?q=*`])],
  "POST /multi_search": [nothing(READS, () => ["/search/multi_search", undefined, { text: MULTI_SEARCH }])],
  "GET /health": [nothing(READS, () => ["/search/health"])],
  "GET /status": [nothing(READS, () => ["/search/status"])],
  "POST /collections/{name}/reindex": [nothing(WRITES, () => [`${RULE}/reindex`])],
  "GET /collections/{name}/reindex/{jobId}": [nothing(READS, () => [`${RULE}/reindex/7`], UNKNOWN_JOB)],
  "GET /collections/{name}/synonyms": [nothing(READS, () => [`${RULE}/synonyms`], NOT_CONFIGURED)],
  "GET /collections/{name}/synonyms/{id}": [nothing(READS, () => [`${RULE}/synonyms/gate`], NOT_CONFIGURED)],
  "PUT /collections/{name}/synonyms/{id}": [
    nothing(WRITES, () => [`${RULE}/synonyms/gate`, { synonyms: ["gate", "portal"] }], NOT_CONFIGURED),
  ],
  "DELETE /collections/{name}/synonyms/{id}": [nothing(ENDS, () => [`${RULE}/synonyms/gate`], NOT_CONFIGURED)],
  "GET /collections/{name}/curations": [nothing(READS, () => [`${RULE}/curations`], NOT_CONFIGURED)],
  "GET /collections/{name}/curations/{id}": [nothing(READS, () => [`${RULE}/curations/one`], NOT_CONFIGURED)],
  "PUT /collections/{name}/curations/{id}": [
    nothing(WRITES, () => [`${RULE}/curations/one`, { rule: { query: "x", match: "exact" } }], NOT_CONFIGURED),
  ],
  "DELETE /collections/{name}/curations/{id}": [nothing(ENDS, () => [`${RULE}/curations/one`], NOT_CONFIGURED)],
  "POST /credentials/rotate": [
    nothing("a key to the cluster, which is shown to nobody", () => ["/search/credentials/rotate"], NOT_CONFIGURED),
  ],
};

const path = "/service-a";
const SERVICE_A: Record<string, Variant[]> = {
  "GET /panel.js": [nothing(READS, () => [`${path}/panel.js`])],
  "POST /sequence": [
    nothing(WRITES, () => [
      `${path}/sequence`,
      { elementType: "action", elementId: Math.floor(Math.random() * 2 ** 40) + 1, comment: "new" },
    ]),
  ],
  "POST /sequence/reorder": [
    nothing(WRITES, ({ elements: [one, other] }) => [
      `${path}/sequence/reorder`,
      { elementType: "script", elementIds: [one, other], newOrder: [other, one] },
    ]),
  ],
  "POST /sequence/version": [
    nothing(WRITES, ({ elements: [elementId] }) => [
      `${path}/sequence/version`,
      { elementType: "script", elementId, newVersionData: "a text", comment: "changed" },
    ]),
  ],
  "GET /elements": [nothing(READS, () => [`${path}/elements`])],
  "GET /elements/{type}/{id}": [nothing(READS, ({ elements: [id] }) => [`${path}/elements/script/${id}`])],
  "GET /elements/{type}/{id}/versions": [
    nothing(READS, ({ elements: [id] }) => [`${path}/elements/script/${id}/versions`]),
  ],
  "GET /elements/{type}/{id}/versions/{n}": [
    nothing(READS, ({ elements: [id] }) => [`${path}/elements/script/${id}/versions/1`]),
  ],
  "POST /scripts": [nothing(WRITES, () => [`${path}/scripts`, undefined, { text: "# Two\n\nA line.\n" }])],
  "GET /scripts": [nothing(READS, () => [`${path}/scripts`])],
  "GET /scripts/{id}.fountain": [nothing(READS, ({ script }) => [`${path}/scripts/${script}.fountain`])],
  "GET /scripts/{id}": [nothing(READS, ({ script }) => [`${path}/scripts/${script}`])],
  "GET /outbox/dead-letters": [nothing(READS, () => [`${path}/outbox/dead-letters`])],
  "POST /outbox/dead-letters/redrive": [nothing(WRITES, () => [`${path}/outbox/dead-letters/redrive`])],
};

export const OPERATIONS: Record<WorkerName, Record<string, Variant[]>> = {
  gateway: GATEWAY,
  kms: KMS,
  twofa: TWOFA,
  search: SEARCH,
  "service-a": SERVICE_A,
};
