/** An example of every call that changes something in the kms, as the route table has them. */
import { expect } from "vitest";
import { send, type Target } from "../kms.ts";
import { administrationExamplesOf } from "./administration.ts";
import { arrangements, type Example, PASSWORD, unique } from "./arrangements.ts";
import { byMailExamplesOf } from "./by-mail.ts";
import { consentExamplesOf } from "./consents.ts";

const NEW_PASSWORD = "another long enough password";

const sessionOf = (accessToken: string): string =>
  String(JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString())["sid"]);

/** The rows of a query on the database of the kms. */
const rowsOf = async ({ databases }: Target, sql: string) => {
  const client = databases["kms"];
  if (!client) throw new Error("the kms has no database");
  return (await client.execute(sql)).rows;
};

/** One for every route that is no GET. `undefined`: it changes nothing, and using it is not recorded. */
export const examplesOf = (kms: () => Target, token: () => string): Record<string, Example | undefined> => {
  const { post, newUser, newClient, newService, newKey, newSecret, deletedSecret, newTransitKey, ciphertextOf } =
    arrangements(kms, token);
  return {
    ...administrationExamplesOf(kms, token),
    ...byMailExamplesOf(kms, token),
    ...consentExamplesOf(kms, token),
    "POST /introspect": undefined,
    "POST /device": undefined,
    "POST /par": undefined,
    "POST /userinfo": undefined,
    "POST /keys/verify": undefined,
    "POST /register": {
      action: "user.create",
      arrange: async () => ({ path: "/register", body: { username: unique(), password: PASSWORD } }),
    },
    "POST /login": {
      action: "login",
      arrange: async () => ({
        path: "/login",
        body: { username: kms().adminUsername, password: kms().adminPassword },
      }),
    },
    "POST /token": {
      action: "token.refresh",
      arrange: async () => ({
        path: "/token",
        form: { grant_type: "refresh_token", refresh_token: (await newUser()).refreshToken },
      }),
    },
    "POST /revoke": {
      action: "session.end",
      arrange: async () => ({ path: "/revoke", form: { token: (await newUser()).refreshToken } }),
    },
    "POST /logout": {
      action: "session.end",
      arrange: async () => ({ path: "/logout", token: (await newUser()).accessToken }),
    },
    "DELETE /sessions/{id}": {
      action: "session.end",
      arrange: async () => {
        const { accessToken } = await newUser();
        return { path: `/sessions/${sessionOf(accessToken)}`, token: accessToken };
      },
    },
    "DELETE /me/applications/{clientId}": {
      action: "authorization.revoke",
      arrange: async () => {
        const { id, stepped } = await newUser();
        const clientId = await newClient();
        const consent = "INSERT INTO consents (user_id, client_id, scopes, granted_at) VALUES";
        await rowsOf(kms(), `${consent} ('${id}', '${clientId}', '[]', 1000)`);
        return { path: `/me/applications/${clientId}`, token: stepped };
      },
    },
    "DELETE /me": { action: "user.erase", arrange: async () => ({ path: "/me", token: (await newUser()).stepped }) },
    "PUT /me/password": {
      action: "user.password",
      arrange: async () => ({
        path: "/me/password",
        token: (await newUser()).stepped,
        body: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
      }),
    },
    "POST /users": {
      action: "user.create",
      arrange: async () => ({ path: "/users", body: { username: unique(), password: PASSWORD } }),
    },
    "PUT /users/{id}/roles": {
      action: "user.roles",
      arrange: async () => ({ path: `/users/${(await newUser()).id}/roles`, body: { roles: ["editor"] } }),
    },
    "POST /users/{id}/lock": {
      action: "user.lock",
      arrange: async () => ({ path: `/users/${(await newUser()).id}/lock` }),
    },
    "POST /users/{id}/unlock": {
      action: "user.unlock",
      arrange: async () => {
        const { id } = await newUser();
        expect((await send(kms(), "POST", `/users/${id}/lock`, { token: token() })).status).toBeLessThan(300);
        return { path: `/users/${id}/unlock` };
      },
    },
    "PUT /roles/{name}": {
      action: "role.change",
      arrange: async () => {
        const rows = await rowsOf(kms(), "SELECT permissions FROM roles WHERE name = 'auditor'");
        const isNarrow = rows[0]?.["permissions"] === '["audit:read"]';
        return { path: "/roles/auditor", body: { permissions: isNarrow ? ["keys:read"] : ["audit:read"] } };
      },
    },
    "POST /clients": {
      action: "client.create",
      arrange: async () => ({ path: "/clients", body: { name: "Notes", redirectUris: ["https://notes.example/"] } }),
    },
    "PATCH /clients/{id}": {
      action: "client.change",
      arrange: async () => ({ path: `/clients/${await newClient()}`, body: { newSecret: true } }),
    },
    "DELETE /clients/{id}": {
      action: "client.delete",
      arrange: async () => ({ path: `/clients/${await newClient()}` }),
    },
    "POST /services": {
      action: "service.create",
      arrange: async () => ({ path: "/services", body: { name: unique(), scopes: ["search:read"] } }),
    },
    "DELETE /services/{name}": {
      action: "service.delete",
      arrange: async () => ({ path: `/services/${(await newKey()).service}` }),
    },
    "PUT /services/{name}/webhook": {
      action: "service.webhook",
      arrange: async () => ({
        path: `/services/${await newService()}/webhook`,
        body: { url: "https://hooks.example.com/fountain" },
      }),
    },
    "DELETE /services/{name}/webhook": {
      action: "service.webhook",
      arrange: async () => {
        const path = `/services/${await newService()}/webhook`;
        const body = { url: "https://hooks.example.com/fountain" };
        expect((await send(kms(), "PUT", path, { token: token(), body })).status).toBeLessThan(300);
        return { path };
      },
    },
    "POST /keys": {
      action: "key.create",
      arrange: async () => ({ path: "/keys", body: { service: await newService() } }),
    },
    "POST /keys/leaked": {
      action: "key.leaked",
      arrange: async () => ({ path: "/keys/leaked", body: { key: (await newKey()).key } }),
    },
    "POST /keys/{service}/rotate": {
      action: "key.rotate",
      arrange: async () => ({ path: `/keys/${(await newKey()).service}/rotate`, body: {} }),
    },
    "POST /keys/{service}/{id}/rotate": {
      action: "key.rotate",
      arrange: async () => {
        const { service, id } = await newKey();
        return { path: `/keys/${service}/${id}/rotate`, body: {} };
      },
    },
    "DELETE /keys/{service}": {
      action: "key.revoke",
      arrange: async () => ({ path: `/keys/${(await newKey()).service}` }),
    },
    "DELETE /keys/{service}/{id}": {
      action: "key.revoke",
      arrange: async () => {
        const { service, id } = await newKey();
        return { path: `/keys/${service}/${id}` };
      },
    },
    "POST /keys/{service}/{id}/disable": {
      action: "key.disable",
      arrange: async () => {
        const { service, id } = await newKey();
        return { path: `/keys/${service}/${id}/disable` };
      },
    },
    "POST /keys/{service}/{id}/enable": {
      action: "key.enable",
      arrange: async () => {
        const { service, id } = await newKey();
        expect((await send(kms(), "POST", `/keys/${service}/${id}/disable`, { token: token() })).status).toBeLessThan(
          300,
        );
        return { path: `/keys/${service}/${id}/enable` };
      },
    },
    "PUT /keys/{service}/{id}/allowed-addresses": {
      action: "key.confine",
      arrange: async () => {
        const { service, id } = await newKey();
        return { path: `/keys/${service}/${id}/allowed-addresses`, body: { allowedAddresses: ["192.0.2.0/24"] } };
      },
    },
    "POST /signing-keys/rotate": {
      action: "signing-key.rotate",
      arrange: async () => ({ path: "/signing-keys/rotate" }),
    },
    "POST /signing-keys/{kid}/revoke": {
      action: "signing-key.revoke",
      arrange: async () => {
        const rows = await rowsOf(kms(), "SELECT kid FROM signing_keys WHERE state = 'next'");
        return { path: `/signing-keys/${String(rows[0]?.["kid"])}/revoke` };
      },
    },
    "PUT /secrets/{path+}": {
      action: "secret.write",
      arrange: async () => ({ path: `/secrets/audited/${unique()}`, body: { value: "a value" } }),
    },
    "DELETE /secrets/{path+}": { action: "secret.delete", arrange: async () => ({ path: await newSecret() }) },
    "POST /secrets/{path+}/undelete": {
      action: "secret.undelete",
      arrange: async () => ({ path: `${await deletedSecret()}/undelete`, body: { versions: [1] } }),
    },
    "POST /secrets/{path+}/destroy": {
      action: "secret.destroy",
      arrange: async () => ({ path: `${await newSecret()}/destroy`, body: { versions: [1] } }),
    },
    "POST /secrets/wrap": {
      action: "secret.wrap",
      arrange: async () => ({ path: "/secrets/wrap", body: { value: "a value" } }),
    },
    "POST /secrets/unwrap": {
      action: "secret.unwrap",
      arrange: async () => ({
        path: "/secrets/unwrap",
        body: { token: (await post("/secrets/wrap", { value: "a value" }))["token"] },
      }),
    },
    "POST /transit": {
      action: "transit.create",
      arrange: async () => ({ path: "/transit", body: { name: unique() } }),
    },
    "PUT /transit/{key}": {
      action: "transit.configure",
      arrange: async () => {
        const path = await newTransitKey();
        await post(`${path}/rotate`);
        return { path, body: { minDecryptionVersion: 2 } };
      },
    },
    "POST /transit/{key}/encrypt": {
      action: "transit.encrypt",
      arrange: async () => ({ path: `${await newTransitKey()}/encrypt`, body: { plaintext: "dGV4dA==" } }),
    },
    "POST /transit/{key}/decrypt": {
      action: "transit.decrypt",
      arrange: async () => {
        const key = await newTransitKey();
        return { path: `${key}/decrypt`, body: { ciphertext: await ciphertextOf(key) } };
      },
    },
    "POST /transit/{key}/rewrap": {
      action: "transit.rewrap",
      arrange: async () => {
        const key = await newTransitKey();
        return { path: `${key}/rewrap`, body: { ciphertext: await ciphertextOf(key) } };
      },
    },
    "POST /transit/{key}/rotate": {
      action: "transit.rotate",
      arrange: async () => ({ path: `${await newTransitKey()}/rotate` }),
    },
    "POST /root-key/rotate": { action: "root-key.rotate", arrange: async () => ({ path: "/root-key/rotate" }) },
  };
};
