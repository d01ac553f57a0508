/** The operations of the kms: what each hands out, and requests that do it. */
import { SCOPES } from "../../shared/contracts/rights.ts";
import { ACCESS_TOKEN_TYPE, type Caller, exchangeOf, unique } from "./callers.ts";
import { BY_MAIL } from "./operations-by-mail.ts";
import { OWN_VALUE } from "./traces.ts";
import { ENDS, grants, nothing, proof, READS, type Sent, type Variant, WRITES } from "./variants.ts";
import type { ServiceWithKey, World } from "./world.ts";

const PASSWORD = "a password for tests: estuary";
const ALL_VERSIONS = Array.from({ length: 100 }, (_, index) => index + 1);
const OTHER_PASSWORD = "a password for tests: headland";
const PASSKEY = {
  challengeId: crypto.randomUUID(),
  response: {
    id: "AAAA",
    rawId: "AAAA",
    type: "public-key",
    response: { clientDataJSON: "AAAA", authenticatorData: "AAAA", signature: "AAAA" },
  },
};

const newUser = (roles?: string[]): Sent => [
  "/kms/users",
  { username: `new-${unique()}`, password: PASSWORD, ...(roles && { roles }) },
];
const newClient = (scopes: readonly string[]) => ({
  name: "An application",
  redirectUris: ["https://app.example/"],
  scopes,
});
const key = ({ name, keyId }: ServiceWithKey, action = ""): string => `/kms/keys/${name}/${keyId}${action}`;
const form = (path: string, fields: Record<string, string>): Sent => [path, undefined, { form: fields }];
const grant = (grant_type: string, fields: Record<string, string>): Sent =>
  form("/kms/token", { grant_type, ...fields });
const credentialOf = (_: World, { credential }: Caller): string => credential;

export const KMS: Record<string, Variant[]> = {
  "GET /panel.js": [nothing(READS, () => ["/kms/panel.js"])],
  "GET /.well-known/jwks.json": [nothing(READS, () => ["/kms/.well-known/jwks.json"])],
  "GET /.well-known/oauth-authorization-server": [
    nothing(READS, () => ["/kms/.well-known/oauth-authorization-server"]),
  ],
  "GET /.well-known/openid-configuration": [nothing(READS, () => ["/kms/.well-known/openid-configuration"])],
  "GET /userinfo": [nothing(READS, () => ["/kms/userinfo"])],
  "POST /userinfo": [nothing(READS, () => ["/kms/userinfo"])],
  "POST /register": [
    nothing("anyone may have an account with the default role, where the operator opened that", () => [
      "/kms/register",
      { username: `new-${unique()}`, password: PASSWORD },
    ]),
  ],
  "POST /login": [
    proof("the password", (_, { account }) => ["/kms/login", account], [
      (world, caller, { victim }) => [
        "/kms/login",
        { username: victim.account.username, password: credentialOf(world, caller).slice(0, 100) },
      ],
    ]),
  ],
  "POST /login/passkey/options": [
    nothing("a challenge, which only a passkey answers", () => ["/kms/login/passkey/options"]),
  ],
  "POST /login/passkey": [
    proof("a passkey", () => ["/kms/login/passkey", PASSKEY], [() => ["/kms/login/passkey", PASSKEY]], {
      answers: [401],
    }),
  ],
  "POST /token": [
    proof(
      "a refresh token, or the key of a service",
      ({ services: { exchanging } }) =>
        grant("client_credentials", { client_id: exchanging.name, client_secret: exchanging.key }),
      [
        (_, { credential }) => grant("refresh_token", { refresh_token: credential }),
        ({ services }, { credential }) =>
          grant("client_credentials", { client_id: services.exchanging.name, client_secret: credential }),
        ({ services }, { credential }) => form("/kms/token", exchangeOf(services.exchanging, credential)),
        ({ services }, { credential }) =>
          form("/kms/token", { ...exchangeOf(services.exchanging, credential), scope: SCOPES.join(" ") }),
        (_, { credential }, { victim }) =>
          grant("refresh_token", {
            refresh_token: credential,
            subject_token: victim.token,
            subject_token_type: ACCESS_TOKEN_TYPE,
          }),
      ],
    ),
  ],
  "POST /device": [
    nothing("codes, which give nothing until a person who is logged in has agreed", ({ clients }) =>
      form("/kms/device", { client_id: clients.public }),
    ),
  ],
  "POST /par": [
    nothing("a name for a request, which gives nothing until a person who is logged in has agreed", ({ clients }) =>
      form("/kms/par", {
        client_id: clients.public,
        response_type: "code",
        redirect_uri: "https://app.example/",
        code_challenge: "a".repeat(43),
        code_challenge_method: "S256",
      }),
    ),
  ],
  "POST /revoke": [nothing(ENDS, (_, { credential }) => form("/kms/revoke", { token: credential.slice(0, -1) }))],
  "POST /introspect": [
    nothing("what a token says, which has to be shown whole", (_, __, { victim }) =>
      form("/kms/introspect", { token: victim.token }),
    ),
  ],
  "POST /logout": [nothing(ENDS, () => ["/kms/logout"], { endsCaller: true })],
  "GET /sessions": [nothing(READS, () => ["/kms/sessions"])],
  "DELETE /sessions/{id}": [nothing(ENDS, (_, { otherSession }) => [`/kms/sessions/${otherSession}`])],
  "DELETE /sessions": [nothing(ENDS, () => ["/kms/sessions"])],
  "GET /me": [nothing(READS, () => ["/kms/me"])],
  "GET /me/consents": [nothing(READS, () => ["/kms/me/consents"])],
  "PUT /me/consents/{document}": [
    nothing(WRITES, () => ["/kms/me/consents/terms", { version: "2026-11" }], { answers: [404] }),
  ],
  "DELETE /me/consents/{document}": [nothing(ENDS, () => ["/kms/me/consents/terms"], { answers: [404] })],
  "GET /me/applications": [nothing(READS, () => ["/kms/me/applications"])],
  "DELETE /me/applications/{clientId}": [nothing(ENDS, () => ["/kms/me/applications/client_1"], { answers: [404] })],
  "GET /me/export": [nothing(READS, () => ["/kms/me/export"])],
  "DELETE /me": [grants("credential", () => ["/kms/me"], { endsCaller: true })],
  ...BY_MAIL,
  "PUT /me/password": [
    grants("password", (_, { account: { password } }) => [
      "/kms/me/password",
      { currentPassword: password, newPassword: PASSWORD },
    ]),
    proof(
      "the password in force",
      () => ["/kms/me/password", { currentPassword: PASSWORD, newPassword: OTHER_PASSWORD }],
      [
        (_, { credential }) => [
          "/kms/me/password",
          { currentPassword: credential.slice(0, 100), newPassword: PASSWORD },
        ],
      ],
    ),
  ],
  "GET /users": [nothing(READS, () => ["/kms/users"])],
  "POST /users": [
    grants("account", () => newUser()),
    grants("rights", () => newUser(["admin"])),
    grants("rights", () => newUser(["user", "auditor"])),
  ],
  "GET /users/{id}": [nothing(READS, ({ userId }) => [`/kms/users/${userId}`])],
  "PATCH /users/{id}": [
    grants("credential", ({ userId }) => [`/kms/users/${userId}`, { email: `${unique()}@example.org` }]),
    grants("credential", ({ lockedAdministratorId }) => [
      `/kms/users/${lockedAdministratorId}`,
      { username: `new-${unique()}` },
    ]),
  ],
  "GET /users/{id}/sessions": [nothing(READS, ({ userId }) => [`/kms/users/${userId}/sessions`])],
  "DELETE /users/{id}/sessions": [nothing(ENDS, ({ userId }) => [`/kms/users/${userId}/sessions`])],
  "DELETE /users/{id}/sessions/{sessionId}": [nothing(ENDS, () => ["/kms/users/0/sessions/0"], { answers: [404] })],
  "PUT /users/{id}/roles": [
    grants("rights", ({ userId }) => [`/kms/users/${userId}/roles`, { roles: ["admin"] }]),
    grants("rights", ({ userId }) => [`/kms/users/${userId}/roles`, { roles: ["user"] }]),
  ],
  "POST /users/{id}/lock": [grants("access", ({ userId }) => [`/kms/users/${userId}/lock`])],
  "POST /users/{id}/unlock": [
    grants("access", ({ lockedUserId }) => [`/kms/users/${lockedUserId}/unlock`]),
    grants("rights", ({ lockedAdministratorId }) => [`/kms/users/${lockedAdministratorId}/unlock`]),
  ],
  "DELETE /users/{id}": [grants("credential", ({ lockedUserId }) => [`/kms/users/${lockedUserId}`])],
  "GET /roles": [nothing(READS, () => ["/kms/roles"])],
  "PUT /roles/{name}": [
    grants("rights", ({ role }) => [`/kms/roles/${role}`, { permissions: SCOPES }]),
    grants("rights", () => [`/kms/roles/new-${unique()}`, { permissions: ["users:admin"] }]),
  ],
  "DELETE /roles/{name}": [grants("rights", ({ role }) => [`/kms/roles/${role}`])],
  "POST /clients": [
    grants("credential", () => ["/kms/clients", newClient(SCOPES)]),
    grants("credential", () => ["/kms/clients", newClient([])]),
  ],
  "GET /clients": [nothing(READS, () => ["/kms/clients"])],
  "GET /clients/{id}": [nothing(READS, ({ clients }) => [`/kms/clients/${clients.read}`])],
  "PATCH /clients/{id}": [
    grants("credential", ({ clients }) => [`/kms/clients/${clients.read}`, { newSecret: true }]),
    grants("credential", ({ clients }) => [`/kms/clients/${clients.read}`, { trusted: true }]),
  ],
  "DELETE /clients/{id}": [nothing(ENDS, ({ clients }) => [`/kms/clients/${clients.removed}`])],
  "POST /services": [
    grants("credential", () => ["/kms/services", { name: `new-${unique()}`, scopes: SCOPES }]),
    grants("credential", () => ["/kms/services", { name: `new-${unique()}`, scopes: ["search:read"] }]),
  ],
  "GET /services": [nothing(READS, () => ["/kms/services"])],
  "GET /services/{name}": [nothing(READS, ({ services }) => [`/kms/services/${services.read.name}`])],
  "PATCH /services/{name}": [
    grants("credential", ({ services }) => [`/kms/services/${services.read.name}`, { scopes: ["search:read"] }]),
    grants("credential", ({ services }) => [`/kms/services/${services.read.name}`, { scopes: SCOPES }]),
  ],
  "PUT /services/{name}/webhook": [
    grants("credential", ({ services }) => [
      `/kms/services/${services.read.name}/webhook`,
      { url: "https://keys.example.com/" },
    ]),
  ],
  "DELETE /services/{name}/webhook": [nothing(ENDS, ({ services }) => [`/kms/services/${services.read.name}/webhook`])],
  "POST /keys": [
    grants("credential", ({ services }) => ["/kms/keys", { service: services.read.name }]),
    grants("credential", ({ services }) => ["/kms/keys", { service: services.read.name, scopes: ["search:read"] }]),
  ],
  "GET /keys": [nothing(READS, () => ["/kms/keys"])],
  "POST /keys/verify": [
    nothing("what a key is good for, which has to be shown whole", ({ services }) => [
      "/kms/keys/verify",
      { key: services.read.key },
    ]),
  ],
  "POST /keys/leaked": [nothing(ENDS, () => ["/kms/keys/leaked", { key: "ftn_AAAAAAAA_unknown" }])],
  "GET /keys/{service}": [nothing(READS, ({ services }) => [`/kms/keys/${services.read.name}`])],
  "GET /keys/{service}/usage": [nothing(READS, ({ services }) => [`/kms/keys/${services.read.name}/usage`])],
  "GET /keys/{service}/{id}": [nothing(READS, ({ services }) => [key(services.read, "")])],
  "POST /keys/{service}/rotate": [
    grants("credential", ({ services }) => [`/kms/keys/${services.rotated.name}/rotate`, {}]),
  ],
  "POST /keys/{service}/{id}/rotate": [
    grants("credential", ({ services }) => [key(services.exchanging, "/rotate"), { graceSeconds: 600 }]),
  ],
  "PUT /keys/{service}/{id}/allowed-addresses": [
    grants("credential", ({ services }) => [key(services.disabled, "/allowed-addresses"), { allowedAddresses: null }]),
  ],
  "POST /keys/{service}/{id}/disable": [grants("credential", ({ services }) => [key(services.disabled, "/disable")])],
  "POST /keys/{service}/{id}/enable": [grants("credential", ({ services }) => [key(services.enabled, "/enable")])],
  "DELETE /keys/{service}/{id}": [nothing(ENDS, ({ services }) => [key(services.revoked)])],
  "DELETE /keys/{service}": [nothing(ENDS, ({ services }) => [`/kms/keys/${services.revoked.name}`])],
  "DELETE /services/{name}": [nothing(ENDS, ({ services }) => [`/kms/services/${services.removed.name}`])],
  "GET /revocations": [nothing(READS, () => ["/kms/revocations?position=0"])],
  "GET /signing-keys": [nothing(READS, () => ["/kms/signing-keys"])],
  "POST /signing-keys/rotate": [nothing("keys that stay", () => ["/kms/signing-keys/rotate"], { answers: [409] })],
  "POST /signing-keys/{kid}/revoke": [nothing(ENDS, ({ nextKid }) => [`/kms/signing-keys/${nextKid}/revoke`])],
  "GET /audit": [nothing(READS, () => ["/kms/audit?limit=3"])],
  "GET /audit/verify": [nothing(READS, () => ["/kms/audit/verify"])],
  "GET /audit/checkpoints": [nothing(READS, () => ["/kms/audit/checkpoints?limit=2"])],
  "GET /secrets": [nothing(READS, () => ["/kms/secrets"])],
  "GET /secret-versions/{path+}": [nothing(READS, ({ secret }) => [`/kms/secret-versions/${secret.path}`])],
  "GET /secrets/{path+}": [
    grants("secret", ({ secret }) => [`/kms/secrets/${secret.path}`]),
    grants("credential", ({ secretOfWorker }) => [`/kms/secrets/${secretOfWorker.path}`]),
  ],
  "PUT /secrets/{path+}": [
    grants("secret", () => [`/kms/secrets/new-${unique()}`, { value: "a value" }]),
    grants("secret", ({ deletedSecret }) => [`/kms/secrets/${deletedSecret}`, { value: "another value" }]),
    grants("credential", ({ secretOfWorker }) => [`/kms/secrets/${secretOfWorker.path}`, { value: "another key" }]),
  ],
  "DELETE /secrets/{path+}": [
    grants("secret", ({ deletedSecret }) => [`/kms/secrets/${deletedSecret}`]),
    grants("credential", ({ secretOfWorker }) => [`/kms/secrets/${secretOfWorker.path}`]),
  ],
  "POST /secrets/{path+}/undelete": [
    grants("secret", ({ deletedSecret }) => [`/kms/secrets/${deletedSecret}/undelete`, { versions: ALL_VERSIONS }]),
    grants("credential", ({ secretOfWorker }) => [
      `/kms/secrets/${secretOfWorker.path}/undelete`,
      { versions: ALL_VERSIONS },
    ]),
  ],
  "POST /secrets/{path+}/destroy": [
    nothing(ENDS, ({ deletedSecret }) => [`/kms/secrets/${deletedSecret}/destroy`, { versions: [1] }]),
    grants("credential", ({ secretOfWorker }) => [`/kms/secrets/${secretOfWorker.path}/destroy`, { versions: [1] }]),
  ],
  "POST /secrets/wrap": [
    grants("secret", () => ["/kms/secrets/wrap", { value: OWN_VALUE }]),
    grants("credential", ({ secret }) => ["/kms/secrets/wrap", { path: secret.path }]),
  ],
  "POST /secrets/unwrap": [
    proof("the wrapping token", ({ wrappingToken }) => ["/kms/secrets/unwrap", { token: wrappingToken }], [
      ({ wrappingToken }) => ["/kms/secrets/unwrap", { token: `${wrappingToken.slice(0, -4)}AAAA` }],
    ]),
  ],
  "GET /transit": [nothing(READS, () => ["/kms/transit"])],
  "POST /transit": [grants("secret", () => ["/kms/transit", { name: `new-${unique()}` }])],
  "GET /transit/{key}": [nothing(READS, ({ transit }) => [`/kms/transit/${transit.key}`])],
  "PUT /transit/{key}": [
    nothing(WRITES, ({ transit }) => [`/kms/transit/${transit.key}`, { minDecryptionVersion: 1 }]),
  ],
  "POST /transit/{key}/encrypt": [
    nothing(WRITES, ({ transit }) => [`/kms/transit/${transit.key}/encrypt`, { plaintext: btoa("a text") }]),
    grants("secret", () => [`/kms/transit/new-${unique()}/encrypt`, { plaintext: btoa("a text") }]),
  ],
  "POST /transit/{key}/decrypt": [
    nothing("what is kept elsewhere, and has to be shown encrypted", ({ transit: { key: name, ciphertext } }) => [
      `/kms/transit/${name}/decrypt`,
      { ciphertext },
    ]),
  ],
  "POST /transit/{key}/rewrap": [
    nothing(WRITES, ({ transit: { key: name, ciphertext } }) => [`/kms/transit/${name}/rewrap`, { ciphertext }]),
  ],
  "POST /transit/{key}/rotate": [
    nothing("keys that never leave", ({ transit }) => [`/kms/transit/${transit.key}/rotate`]),
  ],
  "DELETE /transit/{key}": [nothing(ENDS, ({ transit }) => [`/kms/transit/${transit.key}`])],
  "GET /root-key": [nothing(READS, () => ["/kms/root-key"])],
  "POST /root-key/rotate": [nothing("keys that never leave", () => ["/kms/root-key/rotate"])],
};
