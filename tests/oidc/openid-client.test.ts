/** `openid-client` as its authors publish it: it knows the issuer, its id and its secret, and finds the rest by discovery. */
import * as client from "openid-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verifyAddress } from "../support/kms/links.ts";
import { type Application, openBrowser, type Provider, REDIRECT_URI, startProvider } from "./provider.ts";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider?.fountain.stop());

const discover = ({ clientId, clientSecret }: Application, authentication: client.ClientAuth) =>
  client.discovery(new URL(provider.issuer), clientId, clientSecret || undefined, authentication, {
    execute: [client.allowInsecureRequests],
  });

/** Logs the person in to the application. */
const logIn = async (
  config: client.Configuration,
  more: Record<string, string> = {},
  browser = openBrowser(provider),
) => {
  const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: "openid profile email offline_access",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...more,
  });
  const { callback, steps } = await browser.follow(address);
  if (!callback) throw new Error("the application was not called back");
  const expected = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  const resource = more["resource"];
  const tokens = await client.authorizationCodeGrant(config, callback, expected, { ...(resource && { resource }) });
  return { tokens, steps, browser };
};

const CLIENTS: [string, (secret: string) => client.ClientAuth, Record<string, unknown>][] = [
  ["with its secret in Authorization", client.ClientSecretBasic, {}],
  ["with its secret in the form", client.ClientSecretPost, {}],
  ["without a secret", client.None, { public: true }],
];

describe.each(CLIENTS)("an application %s", (_, authentication, more) => {
  test("logs a person in, learns who they are, refreshes, and revokes", async () => {
    const application = await provider.register(more);
    const config = await discover(application, authentication(application.clientSecret));
    const { tokens, steps } = await logIn(config);
    expect(steps).toEqual(["log-in", "consent"]);
    const claims = tokens.claims();
    expect(claims).toMatchObject({
      sub: provider.person.id,
      preferred_username: provider.person.username,
      acr: "aal1",
    });

    const known = await client.fetchUserInfo(config, tokens.access_token, provider.person.id);
    expect(known).toEqual({
      sub: provider.person.id,
      preferred_username: provider.person.username,
      email: "mara@people.example",
      email_verified: false,
    });
    await expect(client.fetchUserInfo(config, tokens.access_token, "someone else")).rejects.toThrow();

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? "");
    expect(refreshed.claims()).toMatchObject({ sub: provider.person.id, auth_time: claims?.["auth_time"] });
    await client.tokenRevocation(config, refreshed.refresh_token ?? "");
    await expect(client.refreshTokenGrant(config, refreshed.refresh_token ?? "")).rejects.toMatchObject({
      error: "invalid_grant",
    });
  });
});

describe("an application", () => {
  let config: client.Configuration;
  beforeAll(async () => {
    const application = await provider.register({ trusted: true });
    config = await discover(application, client.ClientSecretBasic(application.clientSecret));
  });

  test("that is trusted asks for no consent, and meets no login where there was one", async () => {
    const { browser, steps } = await logIn(config);
    expect(steps).toEqual(["log-in"]);
    expect((await logIn(config, {}, browser)).steps).toEqual([]);
    expect((await logIn(config, { prompt: "none" }, browser)).steps).toEqual([]);
    expect((await logIn(config, { prompt: "login" }, browser)).steps).toEqual(["log-in"]);
  });

  test("narrows its token to one resource, and never gets more than it asked for", async () => {
    const resource = `${provider.issuer}/search`;
    const { tokens } = await logIn(config, { resource, scope: "openid search:read" });
    expect(await statusOf("/search/status", tokens.access_token)).toBe(200);
    expect(await statusOf("/service-a/elements", tokens.access_token)).toBe(401);
    const elsewhere = { resource: `${provider.issuer}/service-a` };
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? "", elsewhere)).rejects.toMatchObject({
      error: "invalid_target",
    });
  });

  test("learns by its own error what the authorization endpoint refuses", async () => {
    const [verifier, state] = [client.randomPKCECodeVerifier(), client.randomState()];
    const address = client.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      scope: "openid",
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      prompt: "none",
    });
    const { callback } = await openBrowser(provider).follow(address);
    const grant = client.authorizationCodeGrant(config, callback ?? new URL(address), {
      pkceCodeVerifier: verifier,
      expectedState: state,
    });
    await expect(grant).rejects.toMatchObject({ error: "login_required" });
  });
});

test("an application learns that an address is verified, from the ID token and from userinfo", async () => {
  await verifyAddress(provider.fountain, provider.person.id);
  const application = await provider.register();
  const config = await discover(application, client.ClientSecretBasic(application.clientSecret));
  const { tokens } = await logIn(config);
  const known = { email: "mara@people.example", email_verified: true };
  expect(tokens.claims()).toMatchObject(known);
  expect(await client.fetchUserInfo(config, tokens.access_token, provider.person.id)).toMatchObject(known);
});

const statusOf = async (path: string, token: string): Promise<number> =>
  (await fetch(`${provider.issuer}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;
