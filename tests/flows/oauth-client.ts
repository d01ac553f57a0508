/** A real OAuth client, unmodified: it knows nothing of Fountain but its address, and what it reads there. */
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, expect } from "vitest";
import { z } from "zod";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { ISSUER, type Mint, openMint } from "../support/mint.ts";
import { bearer } from "./credentials.ts";

export const SERVICE = "films";
export const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
export const service: oauth.Client = { client_id: SERVICE };
export const person: oauth.Client = { client_id: "fountain" };

const logInSchema = z.object({ access_token: z.string(), refresh_token: z.string() });

/** The code of the OAuth error that the work fails with. */
export const errorOf = async (work: Promise<unknown>): Promise<unknown> => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof oauth.WWWAuthenticateChallengeError) return thrown.status;
  return thrown instanceof oauth.ResponseBodyError ? thrown.error : thrown;
};

const start = async () => {
  const fountain: Fountain = await startFountain();
  const mint: Mint = await openMint(fountain);

  const post = async (path: string, headers: Record<string, string>, body: unknown): Promise<unknown> => {
    const response = await fountain.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    expect(response.ok, await response.clone().text()).toBe(true);
    return response.json();
  };

  /** Reaches the test's Fountain, which calls itself by another address than it has. */
  const options = {
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (url: string, { method, headers, body }: oauth.CustomFetchOptions<string, unknown>) =>
      fetch(url.replace(ISSUER, fountain.url), {
        method,
        headers,
        body: body instanceof URLSearchParams ? body : null,
        redirect: "manual",
      }),
  };

  const everything = bearer(await mint.sign({ scope: SCOPES.join(" "), acr: "aal2" }));
  await post("/kms/services", everything, { name: SERVICE, scopes: ["sequence:read", "search:read"] });
  const { key } = z.object({ key: z.string() }).parse(await post("/kms/keys", everything, { service: SERVICE }));
  const discovered = await oauth.discoveryRequest(new URL(ISSUER), { ...options, algorithm: "oauth2" });
  const server = await oauth.processDiscoveryResponse(new URL(ISSUER), discovered);

  return {
    fountain,
    mint,
    server,
    options,
    key,
    post,
    logIn: async () => {
      const { adminUsername: username, adminPassword: password } = fountain;
      return logInSchema.parse(await post("/kms/login", {}, { username, password }));
    },
    statusOf: async (path: string, token: string): Promise<number> =>
      (await fountain.fetch(path, { headers: bearer(token) })).status,
    credentialsGrant: async (
      parameters: Record<string, string> = {},
      authentication: oauth.ClientAuth = oauth.ClientSecretBasic(key),
    ) =>
      oauth.processClientCredentialsResponse(
        server,
        service,
        await oauth.clientCredentialsGrantRequest(server, service, authentication, parameters, options),
      ),
    refreshGrant: async (refreshToken: string, additionalParameters: Record<string, string> = {}) =>
      oauth.processRefreshTokenResponse(
        server,
        person,
        await oauth.refreshTokenGrantRequest(server, person, oauth.None(), refreshToken, {
          ...options,
          additionalParameters,
        }),
      ),
    introspection: async (token: string, authentication: oauth.ClientAuth = oauth.ClientSecretBasic(key)) =>
      oauth.processIntrospectionResponse(
        server,
        service,
        await oauth.introspectionRequest(server, service, authentication, token, options),
      ),
    revoke: async (token: string, client: oauth.Client, authentication: oauth.ClientAuth) =>
      oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, token, options)),
    exchange: async (subjectToken: string, parameters: Record<string, string> = {}, secret = key) =>
      oauth.processGenericTokenEndpointResponse(
        server,
        service,
        await oauth.genericTokenEndpointRequest(
          server,
          service,
          oauth.ClientSecretBasic(secret),
          "urn:ietf:params:oauth:grant-type:token-exchange",
          { subject_token: subjectToken, subject_token_type: ACCESS_TOKEN, ...parameters },
          options,
        ),
      ),
  };
};

type Started = Awaited<ReturnType<typeof start>>;

/** For the tests of one file: a Fountain with a service `films`, and its client. */
export const useOAuthClient = (): (() => Started) => {
  let started: Started | undefined;
  beforeAll(async () => {
    started = await start();
  });
  afterAll(() => started?.fountain.stop());
  return () => {
    if (!started) throw new Error("there is no client before the tests");
    return started;
  };
};
