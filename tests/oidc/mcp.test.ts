/**
 * The OAuth client of the Model Context Protocol's SDK, as it is published: refused, it finds out from the refusal where people log
 * in (RFC 9728, RFC 8414), and comes back with a token for that resource alone (RFC 8707).
 */
import { auth, extractWWWAuthenticateParams, type OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, type Provider, startProvider } from "./provider.ts";

const CALLBACK = "http://127.0.0.1:51004/callback";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider?.fountain.stop());

/** What a client keeps, and where it sends people. */
const keepFor = (clientId: string) => {
  const kept: { tokens?: OAuthTokens; verifier?: string; asked?: URL } = {};
  const storage: OAuthClientProvider = {
    redirectUrl: CALLBACK,
    clientMetadata: { client_name: "Notebook", redirect_uris: [CALLBACK], token_endpoint_auth_method: "none" },
    clientInformation: () => ({ client_id: clientId, issuer: provider.issuer }),
    tokens: () => kept.tokens,
    saveTokens: (tokens) => {
      kept.tokens = tokens;
    },
    redirectToAuthorization: (url) => {
      kept.asked = url;
    },
    saveCodeVerifier: (verifier) => {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier ?? "",
  };
  return { kept, storage };
};

test("is refused, has its person log in, calls with a token for that resource alone, and refreshes", async () => {
  const redirectUris = ["http://127.0.0.1/callback"];
  const { clientId } = await provider.register({ public: true, redirectUris, scopes: ["search:read"] });
  const { kept, storage } = keepFor(clientId);
  const serverUrl = `${provider.issuer}/search/status`;
  const { resourceMetadataUrl } = extractWWWAuthenticateParams(await fetch(serverUrl));
  if (!resourceMetadataUrl) throw new Error("the refusal names no metadata");
  const options = { serverUrl, resourceMetadataUrl, scope: "search:read" };
  expect(await auth(storage, options)).toBe("REDIRECT");
  expect(kept.asked?.searchParams.get("resource")).toBe(`${provider.issuer}/search`);

  const { callback, steps } = await openBrowser(provider).follow(kept.asked ?? "");
  expect(steps).toEqual(["log-in", "consent"]);
  const authorizationCode = callback?.searchParams.get("code") ?? "";
  expect(await auth(storage, { ...options, authorizationCode })).toBe("AUTHORIZED");

  const statusOf = async (address: string): Promise<number> =>
    (await fetch(address, { headers: { authorization: `Bearer ${kept.tokens?.access_token}` } })).status;
  expect(decodeJwt(kept.tokens?.access_token ?? "")).toMatchObject({ aud: "search", scope: "search:read" });
  expect([await statusOf(serverUrl), await statusOf(`${provider.issuer}/service-a/elements`)]).toEqual([200, 401]);

  const before = kept.tokens?.refresh_token;
  expect(await auth(storage, options)).toBe("AUTHORIZED");
  expect(kept.tokens?.refresh_token).not.toBe(before);
  expect(await statusOf(serverUrl)).toBe(200);
});
