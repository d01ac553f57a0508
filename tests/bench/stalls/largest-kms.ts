/** The rows of the kms: see `largest.ts`. */
import { randomUUID } from "node:crypto";
import { FEW_FIELDS, filled, form, fresh, get, json, type Largest, NO_BODY, ONE_ROW, PAGE } from "./calls.ts";

const scopes = Array.from({ length: 64 }, (_, index) => `secrets:read:${filled(230, "a")}${index}/*`);

/** As long as a password may be, and those that take the longest to rate. */
const PASSWORDS: Record<string, string> = {
  "a password of 1,024 bytes": filled(1_024, "zkqv pwxj rmfg 4817 "),
  "a password of signs that stand for letters": filled(1_024, "4@8(3$1!0+7%2|"),
  "a password of words": filled(1_024, "correcthorsebatterystaple"),
};

const newAccounts = (path: string) => () =>
  Object.entries(PASSWORDS).map(([what, password]) =>
    fresh("POST", path, what, () => ({ username: randomUUID(), password })),
  );

export const KMS: Record<string, Largest> = {
  "kms GET /panel.js": NO_BODY,
  "kms GET /.well-known/jwks.json": NO_BODY,
  "kms GET /.well-known/openid-configuration": NO_BODY,
  "kms GET /userinfo": ONE_ROW,
  "kms POST /userinfo": ONE_ROW,
  "kms POST /register": newAccounts("/kms/register"),
  "kms POST /login": newAccounts("/kms/login"),
  "kms POST /login/passkey/options": FEW_FIELDS,
  "kms POST /login/passkey": FEW_FIELDS,
  "kms GET /.well-known/oauth-authorization-server": NO_BODY,
  "kms POST /token": () => [
    form("/kms/token", {
      grant_type: "refresh_token",
      refresh_token: filled(16_000, "a"),
      scope: filled(16_000, "a "),
    }),
  ],
  "kms POST /device": () => [form("/kms/device", { client_id: filled(8_000, "a"), scope: filled(8_000, "a ") })],
  "kms POST /par": () => [form("/kms/par", { client_id: filled(8_000, "a"), scope: filled(8_000, "a ") })],
  "kms POST /revoke": () => [form("/kms/revoke", { token: filled(16_000, "a.") })],
  "kms POST /introspect": () => [form("/kms/introspect", { token: filled(16_000, "a.") })],
  "kms GET /revocations": () => [get("/kms/revocations", "every revocation in force")],
  "kms POST /logout": NO_BODY,
  "kms GET /sessions": PAGE,
  "kms DELETE /sessions": NO_BODY,
  "kms DELETE /sessions/{id}": ONE_ROW,
  "kms GET /me": ONE_ROW,
  "kms GET /me/consents": PAGE,
  "kms PUT /me/consents/{document}": FEW_FIELDS,
  "kms DELETE /me/consents/{document}": ONE_ROW,
  "kms GET /me/applications": PAGE,
  "kms DELETE /me/applications/{clientId}": ONE_ROW,
  "kms GET /me/export": () => [get("/kms/me/export", "all that the administrator has done")],
  "kms DELETE /me": NO_BODY,
  "kms PUT /me/password": () => [
    json("PUT", "/kms/me/password", "a wrong password of 1,024 bytes", {
      currentPassword: filled(1_024, "wrong"),
      newPassword: PASSWORDS["a password of 1,024 bytes"],
    }),
  ],
  "kms PUT /me/email": FEW_FIELDS,
  "kms POST /me/email/verify": FEW_FIELDS,
  "kms POST /sign-up": FEW_FIELDS,
  "kms POST /password/forgot": () => [
    json("POST", "/kms/password/forgot", "an unknown login of 256 characters", { login: filled(256, "nobody") }),
  ],
  "kms POST /password/reset": () => [
    json("POST", "/kms/password/reset", "a wrong code and a password of 1,024 bytes", {
      login: filled(256, "nobody"),
      code: "00000000",
      newPassword: PASSWORDS["a password of 1,024 bytes"],
    }),
  ],
  "kms POST /recover": () => [
    json("POST", "/kms/recover", "a wrong token and a password of 1,024 bytes", {
      token: filled(128, "ftl_"),
      newPassword: PASSWORDS["a password of 1,024 bytes"],
    }),
  ],
  "kms GET /users": PAGE,
  "kms POST /users": newAccounts("/kms/users"),
  "kms GET /users/{id}": ONE_ROW,
  "kms PATCH /users/{id}": FEW_FIELDS,
  "kms DELETE /users/{id}": NO_BODY,
  "kms GET /users/{id}/sessions": PAGE,
  "kms DELETE /users/{id}/sessions": NO_BODY,
  "kms DELETE /users/{id}/sessions/{sessionId}": NO_BODY,
  "kms PUT /users/{id}/roles": () => [
    json("PUT", "/kms/users/1/roles", "32 roles", { roles: Array.from({ length: 32 }, (_, n) => filled(60, "r") + n) }),
  ],
  "kms POST /users/{id}/lock": NO_BODY,
  "kms POST /users/{id}/unlock": NO_BODY,
  "kms POST /users/{id}/reset-link": NO_BODY,
  "kms POST /invitations": FEW_FIELDS,
  "kms GET /invitations": PAGE,
  "kms GET /invitations/{id}": ONE_ROW,
  "kms DELETE /invitations/{id}": NO_BODY,
  "kms POST /invitations/accept": () => [
    json("POST", "/kms/invitations/accept", "a wrong token and a password of 1,024 bytes", {
      token: filled(128, "ftl_"),
      password: PASSWORDS["a password of 1,024 bytes"],
    }),
  ],
  "kms GET /roles": PAGE,
  "kms PUT /roles/{name}": FEW_FIELDS,
  "kms DELETE /roles/{name}": ONE_ROW,
  "kms POST /clients": () => [
    json("POST", "/kms/clients", "64 scopes and 20 long addresses", {
      name: "largest",
      scopes,
      redirectUris: Array.from({ length: 20 }, (_, n) => `https://app.example/${filled(900, "a")}${n}`),
    }),
  ],
  "kms GET /clients": PAGE,
  "kms GET /clients/{id}": ONE_ROW,
  "kms PATCH /clients/{id}": FEW_FIELDS,
  "kms DELETE /clients/{id}": ONE_ROW,
  "kms POST /services": () => [json("POST", "/kms/services", "64 scopes", { name: "largest", scopes })],
  "kms GET /services": PAGE,
  "kms GET /services/{name}": ONE_ROW,
  "kms PATCH /services/{name}": () => [json("PATCH", "/kms/services/largest", "64 scopes", { scopes })],
  "kms DELETE /services/{name}": ONE_ROW,
  "kms PUT /services/{name}/webhook": FEW_FIELDS,
  "kms DELETE /services/{name}/webhook": ONE_ROW,
  "kms POST /keys": ({ service }) => [
    json("POST", "/kms/keys", "64 scopes and addresses", {
      service,
      scopes,
      allowedAddresses: Array.from({ length: 64 }, (_, n) => `2001:db8:${n}::/48`),
    }),
  ],
  "kms GET /keys": PAGE,
  "kms POST /keys/verify": FEW_FIELDS,
  "kms POST /keys/leaked": () => [
    json(
      "POST",
      "/kms/keys/leaked",
      "100 reports",
      Array.from({ length: 100 }, () => ({
        token: filled(2_000, "ftn_"),
        type: "t",
        url: filled(2_000, "u"),
        source: "s",
      })),
    ),
  ],
  "kms GET /keys/{service}": PAGE,
  "kms GET /keys/{service}/usage": PAGE,
  "kms GET /keys/{service}/{id}": ONE_ROW,
  "kms POST /keys/{service}/rotate": FEW_FIELDS,
  "kms POST /keys/{service}/{id}/rotate": FEW_FIELDS,
  "kms DELETE /keys/{service}": ONE_ROW,
  "kms DELETE /keys/{service}/{id}": ONE_ROW,
  "kms POST /keys/{service}/{id}/disable": ONE_ROW,
  "kms POST /keys/{service}/{id}/enable": ONE_ROW,
  "kms PUT /keys/{service}/{id}/allowed-addresses": ({ service }) => [
    json("PUT", `/kms/keys/${service}/1/allowed-addresses`, "64 networks", {
      allowedAddresses: Array.from({ length: 64 }, (_, n) => `2001:db8:${n}::/48`),
    }),
  ],
  "kms GET /signing-keys": PAGE,
  "kms POST /signing-keys/rotate": NO_BODY,
  "kms POST /signing-keys/{kid}/revoke": NO_BODY,
  "kms GET /audit": () => [
    get("/kms/audit?limit=200", "200 entries"),
    get("/kms/audit", "all entries as lines", { accept: "application/x-ndjson" }),
  ],
  "kms GET /audit/verify": () => [get("/kms/audit/verify", "all entries")],
  "kms GET /audit/checkpoints": PAGE,
  "kms GET /secrets": PAGE,
  "kms GET /secret-versions/{path+}": () => [get("/kms/secret-versions/largest", "10 versions")],
  "kms GET /secrets/{path+}": () => [get("/kms/secrets/largest", "64 KiB")],
  "kms PUT /secrets/{path+}": () => [json("PUT", "/kms/secrets/largest", "64 KiB", { value: filled(65_536, "s") })],
  "kms DELETE /secrets/{path+}": ONE_ROW,
  "kms POST /secrets/wrap": FEW_FIELDS,
  "kms POST /secrets/unwrap": FEW_FIELDS,
  "kms POST /secrets/{path+}/undelete": () => [
    json("POST", "/kms/secrets/largest/undelete", "100 versions", {
      versions: Array.from({ length: 100 }, (_, n) => n + 1),
    }),
  ],
  "kms POST /secrets/{path+}/destroy": FEW_FIELDS,
  "kms GET /transit": PAGE,
  "kms POST /transit": FEW_FIELDS,
  "kms GET /transit/{key}": ONE_ROW,
  "kms PUT /transit/{key}": FEW_FIELDS,
  "kms DELETE /transit/{key}": ONE_ROW,
  "kms POST /transit/{key}/encrypt": ({ transitKey }) => [
    json("POST", `/kms/transit/${transitKey}/encrypt`, "512 KiB", {
      plaintext: Buffer.alloc(512 * 1024).toString("base64"),
    }),
  ],
  "kms POST /transit/{key}/decrypt": ({ transitKey, ciphertext }) => [
    json("POST", `/kms/transit/${transitKey}/decrypt`, "512 KiB", { ciphertext }),
  ],
  "kms POST /transit/{key}/rewrap": ({ transitKey, ciphertext }) => [
    json("POST", `/kms/transit/${transitKey}/rewrap`, "512 KiB", { ciphertext }),
  ],
  "kms POST /transit/{key}/rotate": NO_BODY,
  "kms GET /root-key": NO_BODY,
  "kms POST /root-key/rotate": NO_BODY,
};
