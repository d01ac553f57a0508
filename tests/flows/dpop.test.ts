/** Tokens that are bound to a client's key (RFC 9449), by an unmodified client through all workers. */
import { decodeJwt } from "jose";
import * as oauth from "oauth4webapi";
import { beforeAll, describe, expect, test } from "vitest";
import { ISSUER } from "../support/mint.ts";
import { createProofKey } from "../support/tokens.ts";
import { codeOf, enrol, forgetTimeSteps, personWith } from "../support/twofa.ts";
import { bearer } from "./credentials.ts";
import { errorOf, person, service, useOAuthClient } from "./oauth-client.ts";

const client = useOAuthClient();

let keys: oauth.CryptoKeyPair;
let DPoP: oauth.DPoPHandle;
beforeAll(async () => {
  keys = await oauth.generateKeyPair("ES256");
  DPoP = oauth.DPoP(person, keys);
});

const refreshed = async (refreshToken: string, by?: oauth.DPoPHandle) =>
  oauth.processRefreshTokenResponse(
    client().server,
    person,
    await oauth.refreshTokenGrantRequest(client().server, person, oauth.None(), refreshToken, {
      ...client().options,
      ...(by && { DPoP: by }),
    }),
  );

const called = async (token: string, method: string, path: string, by: oauth.DPoPHandle = DPoP): Promise<Response> =>
  oauth.protectedResourceRequest(token, method, new URL(ISSUER + path), undefined, undefined, {
    ...client().options,
    DPoP: by,
  });

test("a client discovers that proofs are taken, and by which algorithms", async () => {
  expect(client().server.dpop_signing_alg_values_supported).toContain("ES256");
  const resource = new URL(`${ISSUER}/service-a`);
  const discovered = await oauth.resourceDiscoveryRequest(resource, client().options);
  expect(await oauth.processResourceDiscoveryResponse(resource, discovered)).toMatchObject({
    resource: resource.href,
    authorization_servers: [ISSUER],
    dpop_signing_alg_values_supported: client().server.dpop_signing_alg_values_supported,
  });
});

describe("a person's session", () => {
  test("is bound by a refresh, called with at every worker, and stolen in vain", async () => {
    const { refresh_token } = await client().logIn();
    const bound = await refreshed(refresh_token, DPoP);
    expect(bound.token_type).toBe("dpop");
    expect(decodeJwt(bound.access_token)["cnf"]).toEqual({ jkt: await DPoP.calculateThumbprint() });
    for (const path of ["/kms/me", "/twofa/factors", "/search/status", "/service-a/elements?limit=1"])
      expect((await called(bound.access_token, "GET", path)).status, path).toBe(200);

    expect(await client().statusOf("/kms/me", bound.access_token)).toBe(401);
    const thief = oauth.DPoP(person, await oauth.generateKeyPair("ES256"));
    expect(await errorOf(called(bound.access_token, "GET", "/kms/me", thief))).toBe(401);
    expect(await errorOf(refreshed(bound.refresh_token ?? "", thief))).toBe("invalid_grant");
    expect(await errorOf(refreshed(bound.refresh_token ?? ""))).toBe("invalid_dpop_proof");
    expect((await refreshed(bound.refresh_token ?? "", DPoP)).token_type).toBe("dpop");
  });

  test("stays bound when it is raised by a second factor, and by a code that is sent with a call", async () => {
    const { access_token, refresh_token } = await client().logIn();
    const holder = personWith(client().fountain, access_token);
    const app = await enrol(holder);
    await forgetTimeSteps(client().fountain, holder);
    const key = await createProofKey();
    const url = (path: string) => ISSUER + path;
    const send = async (token: string, method: string, path: string, headers: object, body?: object) =>
      client().fountain.fetch(path, {
        method,
        headers: {
          authorization: `DPoP ${token}`,
          dpop: await key.prove(method, url(path), { token }),
          ...(body && { "content-type": "application/json" }),
          ...headers,
        },
        body: body ? JSON.stringify(body) : null,
      });
    const response = await client().fountain.fetch("/kms/token", {
      method: "POST",
      headers: { dpop: await key.prove("POST", url("/kms/token")) },
      body: new URLSearchParams({ grant_type: "refresh_token", refresh_token }),
    });
    const { access_token: bound } = await response.json<{ access_token: string }>();

    const rotated = await send(bound, "POST", "/kms/signing-keys/rotate", { "x-otp": codeOf(app.secret) });
    expect(rotated.status, await rotated.clone().text()).toBe(200);
    await forgetTimeSteps(client().fountain, holder);
    const raised = await send(bound, "POST", "/twofa/auth/verify", {}, { code: codeOf(app.secret) });
    const raisedBody = await raised.json<{ access_token: string; token_type: string }>();
    expect(raisedBody).toMatchObject({ token_type: "DPoP" });
    expect(decodeJwt(raisedBody.access_token)).toMatchObject({ acr: "aal2", cnf: { jkt: key.jkt } });
    expect((await send(raisedBody.access_token, "GET", "/kms/me", {})).status).toBe(200);
    expect(await client().statusOf("/kms/me", raisedBody.access_token)).toBe(401);
  });
});

test("a service's token is bound, and says so when it is introspected", async () => {
  const bound = await oauth.processClientCredentialsResponse(
    client().server,
    service,
    await oauth.clientCredentialsGrantRequest(
      client().server,
      service,
      oauth.ClientSecretBasic(client().key),
      {},
      { ...client().options, DPoP },
    ),
  );
  expect(bound.token_type).toBe("dpop");
  expect((await called(bound.access_token, "GET", "/service-a/elements")).status).toBe(200);
  expect(await client().introspection(bound.access_token)).toMatchObject({
    active: true,
    token_type: "DPoP",
    cnf: { jkt: await DPoP.calculateThumbprint() },
  });
  const asked = await client().fountain.fetch("/kms/introspect", {
    method: "POST",
    headers: bearer(bound.access_token),
    body: new URLSearchParams({ token: bound.access_token }),
  });
  expect(asked.status).toBe(401);
});
