/** What `openid-client` and its core `oauth4webapi` do beyond a login in a browser, as their authors publish them. */
import * as core from "oauth4webapi";
import * as client from "openid-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, type Provider, REDIRECT_URI, startProvider } from "./provider.ts";

const PATH = "/oauth/device";

let provider: Provider;
let config: client.Configuration;
beforeAll(async () => {
  provider = await startProvider();
  const { clientId, clientSecret } = await provider.register({ trusted: true });
  const authentication = client.ClientSecretBasic(clientSecret);
  config = await client.discovery(new URL(provider.issuer), clientId, clientSecret, authentication, {
    execute: [client.allowInsecureRequests],
  });
});
afterAll(() => provider?.fountain.stop());

/** The person lets the device in that shows this link. */
const letIn = async (link: string): Promise<void> => {
  const browser = openBrowser(provider);
  await browser.logIn(provider.person);
  const { pathname, search } = new URL(link);
  await browser.get(pathname + search);
  await browser.submit(PATH, {});
  const { location } = await browser.submit(PATH, { decision: "allow" }, "decision");
  expect(location).toBe(`${PATH}?done=allowed`);
};

/** What the application sends, and keeps. */
const newRequest = async (more: Record<string, string> = {}) => {
  const [pkceCodeVerifier, expectedState] = [client.randomPKCECodeVerifier(), client.randomState()];
  const parameters = {
    redirect_uri: REDIRECT_URI,
    scope: "openid offline_access search:read",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    ...more,
  };
  return { parameters, checks: { pkceCodeVerifier, expectedState } };
};

const callbackOf = async (address: URL): Promise<URL> => {
  const { callback, page } = await openBrowser(provider).follow(address);
  if (!callback) throw new Error(`the application was not called back: ${page?.text}`);
  return callback;
};

test("openid-client logs a person in on a device without a browser", async () => {
  const device = await client.initiateDeviceAuthorization(config, { scope: "openid offline_access" });
  expect(device.verification_uri).toBe(`${provider.issuer}${PATH}`);
  await letIn(device.verification_uri_complete ?? "");
  const tokens = await client.pollDeviceAuthorizationGrant(config, device);
  expect(tokens.claims()).toMatchObject({ sub: provider.person.id });
  expect((await client.refreshTokenGrant(config, tokens.refresh_token ?? "")).access_token).toBeTruthy();
});

test("openid-client pushes its request, and sends nothing but its name through the browser", async () => {
  const { parameters, checks } = await newRequest();
  const address = await client.buildAuthorizationUrlWithPAR(config, parameters);
  expect([...address.searchParams.keys()].sort()).toEqual(["client_id", "request_uri"]);
  const tokens = await client.authorizationCodeGrant(config, await callbackOf(address), checks);
  expect(tokens.claims()).toMatchObject({ sub: provider.person.id });
});

test("openid-client binds its tokens to a key, for one resource, and no one uses them without it", async () => {
  const resource = `${provider.issuer}/search`;
  const keys = await client.randomDPoPKeyPair("ES256");
  const DPoP = client.getDPoPHandle(config, keys);
  const { parameters, checks } = await newRequest({ resource });
  const callback = await callbackOf(client.buildAuthorizationUrl(config, parameters));
  const tokens = await client.authorizationCodeGrant(config, callback, checks, { resource }, { DPoP });
  expect(tokens.token_type).toBe("dpop");
  const call = (token: string, path: string, handle?: client.DPoPHandle) =>
    client.fetchProtectedResource(config, token, new URL(`${provider.issuer}${path}`), "GET", null, undefined, {
      ...(handle && { DPoP: handle }),
    });
  expect((await call(tokens.access_token, "/search/status", DPoP)).status).toBe(200);
  const other = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
  const refusals = [
    () => call(tokens.access_token, "/search/status"),
    () => call(tokens.access_token, "/search/status", other),
    () => call(tokens.access_token, "/service-a/elements", DPoP),
  ];
  for (const refused of refusals) await expect(refused()).rejects.toMatchObject({ status: 401 });
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? "", { resource }, { DPoP });
  expect((await call(refreshed.access_token, "/search/status", DPoP)).status).toBe(200);
});

describe("oauth4webapi", () => {
  const INSECURE = { [core.allowInsecureRequests]: true };

  test("logs a person in on the command line as themselves", async () => {
    const issuer = new URL(provider.issuer);
    const server = await core.processDiscoveryResponse(issuer, await core.discoveryRequest(issuer, INSECURE));
    const own: core.Client = { client_id: "fountain" };
    const begun = await core.deviceAuthorizationRequest(server, own, core.None(), {}, INSECURE);
    const device = await core.processDeviceAuthorizationResponse(server, own, begun);
    const poll = async () =>
      core.processDeviceCodeResponse(
        server,
        own,
        await core.deviceCodeGrantRequest(server, own, core.None(), device.device_code, INSECURE),
      );
    await expect(poll()).rejects.toMatchObject({ error: "authorization_pending" });
    await letIn(device.verification_uri_complete ?? "");
    // As if the interval had passed.
    await provider.fountain.databases["kms"]?.execute("UPDATE device_requests SET asked_at = asked_at - 5000");
    const { access_token: token, refresh_token: refreshToken = "" } = await poll();
    const me = await fetch(`${provider.issuer}/kms/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(await me.json()).toMatchObject({ username: provider.person.username });
    const refreshing = await core.refreshTokenGrantRequest(server, own, core.None(), refreshToken, INSECURE);
    const refreshed = await core.processRefreshTokenResponse(server, own, refreshing);
    const revoked = await core.revocationRequest(server, own, core.None(), refreshed.refresh_token ?? "", INSECURE);
    await core.processRevocationResponse(revoked);
  });
});
