/** A real OAuth client, unmodified: it knows nothing of Fountain but its address, and what it reads there. */
import * as oauth from "oauth4webapi";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { type Fountain, startFountain } from "../harness.ts";
import { ISSUER, type Mint, openMint } from "../mint.ts";

const SERVICE = "films";
/** A revocation is known everywhere within five seconds. */
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

let fountain: Fountain;
let mint: Mint;
let server: oauth.AuthorizationServer;
let key: string;

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

const post = async (path: string, headers: Record<string, string>, body: unknown): Promise<unknown> => {
  const response = await fountain.fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return response.json();
};

const logInSchema = z.object({ access_token: z.string(), refresh_token: z.string() });

const logIn = async () => {
  const { adminUsername: username, adminPassword: password } = fountain;
  return logInSchema.parse(await post("/kms/login", {}, { username, password }));
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

const service: oauth.Client = { client_id: SERVICE };
const person: oauth.Client = { client_id: "fountain" };
const basic = () => oauth.ClientSecretBasic(key);
const byBody = () => oauth.ClientSecretPost(key);

beforeAll(async () => {
  fountain = await startFountain();
  mint = await openMint(fountain);
  const everything = bearer(await mint.sign({ scope: SCOPES.join(" "), acr: "aal2" }));
  await post("/kms/services", everything, { name: SERVICE, scopes: ["sequence:read", "search:read"] });
  key = z.object({ key: z.string() }).parse(await post("/kms/keys", everything, { service: SERVICE })).key;
  const discovered = await oauth.discoveryRequest(new URL(ISSUER), { ...options, algorithm: "oauth2" });
  server = await oauth.processDiscoveryResponse(new URL(ISSUER), discovered);
});
afterAll(() => fountain?.stop());

const credentialsGrant = async (authentication: oauth.ClientAuth, parameters: Record<string, string> = {}) =>
  oauth.processClientCredentialsResponse(
    server,
    service,
    await oauth.clientCredentialsGrantRequest(server, service, authentication, parameters, options),
  );

const refreshGrant = async (refreshToken: string) =>
  oauth.processRefreshTokenResponse(
    server,
    person,
    await oauth.refreshTokenGrantRequest(server, person, oauth.None(), refreshToken, options),
  );

const introspection = async (token: string, client = service, authentication: oauth.ClientAuth = basic()) =>
  oauth.processIntrospectionResponse(
    server,
    client,
    await oauth.introspectionRequest(server, client, authentication, token, options),
  );

const revoke = async (token: string, client: oauth.Client, authentication: oauth.ClientAuth) =>
  oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, token, options));

const exchange = async (subjectToken: string, parameters: Record<string, string> = {}, secret = key) =>
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
  );

const statusOf = async (path: string, token: string): Promise<number> =>
  (await fountain.fetch(path, { headers: bearer(token) })).status;

/** The code of the OAuth error that the work fails with. */
const errorOf = async (work: Promise<unknown>): Promise<unknown> => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof oauth.WWWAuthenticateChallengeError) return thrown.status;
  return thrown instanceof oauth.ResponseBodyError ? thrown.error : thrown;
};

test("a client discovers everything it needs (RFC 8414)", async () => {
  expect(server).toMatchObject({
    issuer: ISSUER,
    token_endpoint: `${ISSUER}/kms/token`,
    revocation_endpoint: `${ISSUER}/kms/revoke`,
    introspection_endpoint: `${ISSUER}/kms/introspect`,
    jwks_uri: `${ISSUER}/.well-known/jwks.json`,
  });
});

test("a service gets a token by Basic and by body, and any resource server can validate it (RFC 9068)", async () => {
  for (const authentication of [basic(), byBody()]) {
    const { access_token, scope } = await credentialsGrant(authentication, { scope: "search:read" });
    expect(scope).toBe("search:read");
    const request = new Request(`${ISSUER}/anything`, { headers: bearer(access_token) });
    const claims = await oauth.validateJwtAccessToken(server, request, "fountain", options);
    expect(claims).toMatchObject({ sub: `service:${SERVICE}`, client_id: SERVICE, scope: "search:read" });
  }
});

test("a service that does not know its key is told so", async () => {
  expect(await errorOf(credentialsGrant(oauth.ClientSecretBasic("wrong")))).toBe(401);
  expect(await errorOf(introspection("x", service, oauth.ClientSecretBasic("wrong")))).toBe(401);
  expect(await errorOf(revoke("x", service, oauth.ClientSecretBasic("wrong")))).toBe(401);
  expect(await errorOf(credentialsGrant(basic(), { scope: "users:admin" }))).toBe("invalid_scope");
});

test("a person's client refreshes", async () => {
  const { refresh_token } = await logIn();
  const refreshed = await refreshGrant(refresh_token);
  expect(await statusOf("/kms/me", refreshed.access_token)).toBe(200);
  expect(await errorOf(refreshGrant("ftr_unknown"))).toBe("invalid_grant");
});

describe("introspection (RFC 7662)", () => {
  test("tells a service what a token says, and of no other than that it is not good", async () => {
    const { access_token } = await logIn();
    expect(await introspection(access_token)).toMatchObject({
      active: true,
      iss: ISSUER,
      aud: "fountain",
      sub: mint.userId,
      client_id: "fountain",
      token_type: "Bearer",
    });
    for (const token of ["x", key, (await logIn()).refresh_token, await mint.sign({ exp: 1 })])
      expect(await introspection(token)).toEqual({ active: false });
  });

  test("tells a user of his own tokens, and of others' only when he administers", async () => {
    const ask = async (asker: string, token: string): Promise<unknown> => {
      const body = new URLSearchParams({ token });
      return (await fountain.fetch("/kms/introspect", { method: "POST", headers: bearer(asker), body })).json();
    };
    const [ann, bob] = [await mint.sign({ sub: "ann" }), await mint.sign({ sub: "bob" })];
    expect(await ask(ann, ann)).toMatchObject({ active: true, sub: "ann" });
    expect(await ask(ann, bob)).toEqual({ active: false });
    expect(await ask(await mint.sign({ scope: "users:admin" }), bob)).toMatchObject({ active: true, sub: "bob" });
  });

  test("is nothing for strangers", async () => {
    const body = () => new URLSearchParams({ token: "x" });
    const anonymous = await fountain.fetch("/kms/introspect", { method: "POST", body: body() });
    expect(anonymous.status).toBe(401);
    const headers = bearer(await mint.sign({ exp: 1 }));
    const expired = await fountain.fetch("/kms/introspect", { method: "POST", headers, body: body() });
    expect(expired.status).toBe(401);
    expect(expired.headers.get("www-authenticate")).toContain("invalid_token");
  });
});

describe("revocation (RFC 7009)", () => {
  test("of a refresh token ends its session, access tokens and all", async () => {
    const { access_token, refresh_token } = await logIn();
    await revoke(refresh_token, person, oauth.None());
    expect(await errorOf(refreshGrant(refresh_token))).toBe("invalid_grant");
    await vi.waitFor(async () => expect(await statusOf("/kms/me", access_token)).toBe(401), KNOWN_WITHIN);
  });

  test("of an access token ends that one only", async () => {
    const [one, other] = [await credentialsGrant(basic()), await credentialsGrant(basic())];
    await revoke(one.access_token, service, basic());
    await vi.waitFor(
      async () => expect(await statusOf("/service-a/elements", one.access_token)).toBe(401),
      KNOWN_WITHIN,
    );
    await vi.waitFor(
      async () => expect(await introspection(one.access_token)).toEqual({ active: false }),
      KNOWN_WITHIN,
    );
    expect(await statusOf("/service-a/elements", other.access_token)).toBe(200);
  });

  test("of a token that is not known succeeds: it is good for nothing, as wanted", async () => {
    await revoke("unknown", service, basic());
    await revoke("ftr_unknown", person, oauth.None());
  });

  test("is refused to whom the token was not issued", async () => {
    const { access_token, refresh_token } = await logIn();
    expect(await errorOf(revoke(access_token, service, basic()))).toBe("unauthorized_client");
    expect(await errorOf(revoke(refresh_token, service, basic()))).toBe("unauthorized_client");
    const own = await credentialsGrant(basic());
    expect(await errorOf(revoke(own.access_token, person, oauth.None()))).toBe("unauthorized_client");
    expect(await errorOf(revoke(own.access_token, service, oauth.None()))).toBe(401);
    expect(await statusOf("/kms/me", access_token)).toBe(200);
  });
});

describe("token exchange (RFC 8693)", () => {
  test("gives a service a token of its own for the user, narrowed in scope and audience", async () => {
    const { access_token } = await logIn();
    const exchanged = await exchange(access_token, { scope: "sequence:read", audience: "service-a" });
    expect(exchanged).toMatchObject({ issued_token_type: ACCESS_TOKEN, token_type: "bearer", scope: "sequence:read" });
    expect(await introspection(exchanged.access_token)).toMatchObject({
      sub: mint.userId,
      client_id: SERVICE,
      act: { sub: `service:${SERVICE}` },
      aud: "service-a",
      acr: "aal1",
    });
    expect(await statusOf("/service-a/elements", exchanged.access_token)).toBe(200);
    expect(await statusOf("/service-a/outbox/dead-letters", exchanged.access_token)).toBe(403);
    expect(await statusOf("/search/status", exchanged.access_token)).toBe(401);
  });

  test("never gives what only the user himself may do", async () => {
    const { access_token } = await exchange((await logIn()).access_token);
    expect(await statusOf("/kms/users", access_token)).toBe(200);
    expect(await statusOf("/kms/me", access_token)).toBe(403);
    expect(await statusOf("/kms/sessions", access_token)).toBe(403);
    const steppedUp = await mint.sign({ scope: "users:admin", acr: "aal2" });
    const exchanged = await exchange(steppedUp);
    const response = await fountain.fetch("/kms/roles/user", {
      method: "PUT",
      headers: { ...bearer(exchanged.access_token), "content-type": "application/json" },
      body: JSON.stringify({ permissions: [] }),
    });
    expect(response.status).toBe(401);
  });

  test("never lives longer than the token it was made of", async () => {
    const exp = Math.floor(Date.now() / 1000) + 100;
    const { access_token } = await exchange(await mint.sign({ exp }));
    expect(await introspection(access_token)).toMatchObject({ exp });
  });

  test("dies with the user's session, and with the key that the service showed", async () => {
    const { access_token, refresh_token } = await logIn();
    const ofEnded = await exchange(access_token);
    await revoke(refresh_token, person, oauth.None());
    const everything = bearer(await mint.sign({ scope: SCOPES.join(" "), acr: "aal2" }));
    const other = await post("/kms/keys", everything, { service: SERVICE });
    const ofRevoked = await exchange((await logIn()).access_token, {}, z.object({ key: z.string() }).parse(other).key);
    const id = z.object({ id: z.string() }).parse(other).id;
    const revoked = await fountain.fetch(`/kms/keys/${SERVICE}/${id}`, { method: "DELETE", headers: everything });
    expect(revoked.status).toBe(204);
    for (const token of [ofEnded.access_token, ofRevoked.access_token])
      await vi.waitFor(async () => expect(await introspection(token)).toEqual({ active: false }), KNOWN_WITHIN);
  });

  test("refuses more scope than the user's token has, and tokens that are nobody's own", async () => {
    const { access_token } = await exchange((await logIn()).access_token);
    const confined = await mint.sign({ search_filter: "script_id:=1", scope: "search:read" });
    const own = await credentialsGrant(basic());
    expect(await errorOf(exchange(await mint.sign({ scope: "search:read" }), { scope: "search:write" }))).toBe(
      "invalid_scope",
    );
    for (const subject of [access_token, confined, own.access_token, await mint.sign({ exp: 1 }), "x"])
      expect(await errorOf(exchange(subject))).toBe("invalid_request");
    expect(await errorOf(exchange((await logIn()).access_token, { audience: "elsewhere" }))).toBe("invalid_target");
  });
});
