/**
 * The modules of the OpenID Foundation's test plans for providers, Basic and Config, by their names there. Each is a test of ours:
 * of what the module demands, or of why it does not apply. PKCE, which is demanded here of every application, is added to all.
 */
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ageSessions, ask, errorIn, logIn, refresh, tokensIn, userInfo } from "./code-flow.ts";
import { MODULES } from "./conformance-modules.ts";
import {
  type Application,
  newVerifier,
  openBrowser,
  type Provider,
  REDIRECT_URI,
  redeem,
  requestTo,
  startProvider,
} from "./provider.ts";

let provider: Provider;
/** Trusted, so that nothing is met on the way but what the module is about. */
let application: Application;
beforeAll(async () => {
  provider = await startProvider();
  application = await provider.register({ trusted: true });
});
afterAll(() => provider?.fountain.stop());

type More = Record<string, string | undefined>;
const flow = (more: More = {}) => logIn(provider, application, { more });
const claimsOf = ({ tokens }: { tokens: { id_token?: string | undefined } }) => decodeJwt(tokens.id_token ?? "");
const knownOf = async ({ tokens }: { tokens: { access_token: string } }): Promise<unknown> =>
  (await userInfo(provider, tokens.access_token)).json();
const metadata = async (): Promise<Record<string, unknown>> =>
  Object(await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json());
const errorOf = async (more: More): Promise<string | null> => (await ask(provider, application, { more })).error;

/** The request is answered as if the parameter were not there. */
const succeedsWith = (more: More) => async (): Promise<void> => {
  const logged = await flow(more);
  expect(claimsOf(logged)).toMatchObject({ sub: provider.person.id, nonce: "once" });
  expect(logged.callback.searchParams.get("state")).toBe("of the application");
};

/** Code reused: refused, and what it gave ends (RFC 6749 §4.1.2). */
const codeReuse = (afterSeconds: number) => async (): Promise<void> => {
  const { code, verifier, tokens } = await flow();
  await provider.fountain.databases["kms"]?.execute({
    sql: "UPDATE authorization_codes SET expires_at = expires_at - ?, consumed_at = consumed_at - ?",
    args: [afterSeconds * 1000, afterSeconds * 1000],
  });
  const again = await redeem(provider, application, { code, code_verifier: verifier });
  expect([again.status, await errorIn(again)]).toEqual([400, "invalid_grant"]);
  expect(await errorIn(await refresh(provider, application, tokens.refresh_token))).toBe("invalid_grant");
  const isRefused = async () => expect((await userInfo(provider, tokens.access_token)).status).toBe(401);
  await vi.waitFor(isRefused, { timeout: 8_000, interval: 200 });
};

const refusesRequestObjects = (parameter: "request" | "request_uri", more: More) => async (): Promise<void> => {
  expect((await metadata())[`${parameter}_parameter_supported`]).toBe(false);
  expect(await errorOf({ ...more, nonce: undefined })).toBe(`${parameter}_not_supported`);
};

/** `{"alg":"none"}`, and a redirect URI that is not registered. */
const REQUEST_OBJECT = `${btoa('{"alg":"none"}')}.${btoa('{"redirect_uri":"https://evil.example/"}')}.`.replaceAll(
  "=",
  "",
);

/** Scopes for what no account has here. */
const hasNoScope = (scope: string) => async (): Promise<void> => {
  expect((await metadata())["scopes_supported"]).not.toContain(scope);
  const logged = await flow({ scope: `openid ${scope}` });
  expect(logged.tokens.scope).toBe("openid");
  expect(await knownOf(logged)).toEqual({ sub: provider.person.id });
};

const PROVES: Record<(typeof MODULES)[number], () => Promise<void>> = {
  "oidcc-server": async () => {
    const logged = await flow();
    const { iss, aud, exp = 0, iat = 0, nonce, sub } = claimsOf(logged);
    expect({ iss, aud, nonce, sub }).toEqual({
      iss: provider.issuer,
      aud: application.clientId,
      nonce: "once",
      sub: provider.person.id,
    });
    expect(exp).toBeGreaterThan(iat);
    expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(60);
    expect(await knownOf(logged)).toMatchObject({ sub });
  },
  "oidcc-response-type-missing": async () =>
    expect(await errorOf({ response_type: undefined })).toBe("invalid_request"),
  "oidcc-idtoken-signature": async () => {
    const { tokens } = await flow();
    const keys = createRemoteJWKSet(new URL(String((await metadata())["jwks_uri"])));
    const { protectedHeader } = await jwtVerify(tokens.id_token ?? "", keys, {
      issuer: provider.issuer,
      audience: application.clientId,
      algorithms: ["RS256"],
    });
    expect(protectedHeader.kid).toBeTruthy();
  },
  "oidcc-idtoken-unsigned": async () => {
    // Not applicable: no ID token is issued unsigned.
    expect((await metadata())["id_token_signing_alg_values_supported"]).toEqual(["RS256"]);
    expect(decodeProtectedHeader((await flow()).tokens.id_token ?? "").alg).toBe("RS256");
  },
  "oidcc-userinfo-get": async () => expect(await knownOf(await flow())).toEqual({ sub: provider.person.id }),
  "oidcc-userinfo-post-header": async () => {
    const { tokens } = await flow();
    const response = await userInfo(provider, tokens.access_token, { method: "POST" });
    expect([response.status, await response.json()]).toEqual([200, { sub: provider.person.id }]);
  },
  "oidcc-userinfo-post-body": async () => {
    // Not applicable: RFC 6750 §2.2 leaves it open, and here tokens are taken from one place.
    const { tokens } = await flow();
    const body = new URLSearchParams({ access_token: tokens.access_token });
    expect((await userInfo(provider, "", { method: "POST", headers: {}, body })).status).toBe(401);
  },
  "oidcc-ensure-request-without-nonce-succeeds-for-code-flow": async () =>
    expect(claimsOf(await flow({ nonce: undefined }))).not.toHaveProperty("nonce"),
  "oidcc-scope-profile": async () =>
    expect(await knownOf(await flow({ scope: "openid profile" }))).toEqual({
      sub: provider.person.id,
      preferred_username: provider.person.username,
    }),
  "oidcc-scope-email": async () =>
    expect(await knownOf(await flow({ scope: "openid email" }))).toEqual({
      sub: provider.person.id,
      email: "mara@people.example",
      email_verified: false,
    }),
  // Not applicable, both: accounts have neither.
  "oidcc-scope-address": hasNoScope("address"),
  "oidcc-scope-phone": hasNoScope("phone"),
  "oidcc-scope-all": async () =>
    expect((await flow({ scope: "openid profile email address phone" })).tokens.scope).toBe("openid profile email"),
  "oidcc-ensure-other-scope-order-succeeds": async () =>
    expect(claimsOf(await flow({ scope: "email profile openid" }))).toMatchObject({ email: "mara@people.example" }),
  "oidcc-display-page": succeedsWith({ display: "page" }),
  "oidcc-display-popup": succeedsWith({ display: "popup" }),
  "oidcc-prompt-login": async () => {
    const first = await flow();
    await ageSessions(provider, 100);
    const again = await logIn(provider, application, { browser: first.browser, more: { prompt: "login" } });
    expect(again.steps).toEqual(["log-in"]);
    expect(Number(claimsOf(again)["auth_time"])).toBeGreaterThanOrEqual(Number(claimsOf(first)["auth_time"]));
    expect(claimsOf(again)["sub"]).toBe(claimsOf(first)["sub"]);
  },
  "oidcc-prompt-none-not-logged-in": async () => expect(await errorOf({ prompt: "none" })).toBe("login_required"),
  "oidcc-prompt-none-logged-in": async () => {
    const first = await flow();
    const again = await logIn(provider, application, { browser: first.browser, more: { prompt: "none" } });
    expect(again.steps).toEqual([]);
    const { sub, auth_time } = claimsOf(first);
    expect(claimsOf(again)).toMatchObject({ sub, auth_time });
  },
  "oidcc-max-age-1": async () => {
    const { browser } = await flow();
    await ageSessions(provider, 2);
    const again = await logIn(provider, application, { browser, more: { max_age: "1" } });
    expect(again.steps).toEqual(["log-in"]);
    expect(Date.now() / 1000 - Number(claimsOf(again)["auth_time"])).toBeLessThan(60);
  },
  "oidcc-max-age-10000": async () => {
    const { browser } = await flow({ max_age: "15000" });
    const again = await logIn(provider, application, { browser, more: { max_age: "10000" } });
    expect(again.steps).toEqual([]);
    expect(claimsOf(again)["auth_time"]).toBeTypeOf("number");
  },
  "oidcc-ensure-request-with-unknown-parameter-succeeds": succeedsWith({ extra: "foobar" }),
  "oidcc-id-token-hint": async () => {
    const { browser, tokens } = await flow();
    const more = { prompt: "none", id_token_hint: tokens.id_token };
    const again = await logIn(provider, application, { browser, more });
    expect(claimsOf(again)["sub"]).toBe(provider.person.id);
  },
  "oidcc-login-hint": succeedsWith({ login_hint: "someone@people.example" }),
  "oidcc-ui-locales": succeedsWith({ ui_locales: "de en se" }),
  "oidcc-claims-locales": succeedsWith({ claims_locales: "de se" }),
  "oidcc-ensure-request-with-acr-values-succeeds": async () =>
    expect(claimsOf(await flow({ acr_values: "1 2" }))["acr"]).toBe("aal1"),
  "oidcc-codereuse": codeReuse(0),
  "oidcc-codereuse-30seconds": codeReuse(30),
  "oidcc-ensure-registered-redirect-uri": async () => {
    const parameters = {
      response_type: "code",
      client_id: application.clientId,
      redirect_uri: `${REDIRECT_URI}/other`,
    };
    const address = `/oauth/authorize?${new URLSearchParams(parameters)}`;
    const { status, location, text } = await openBrowser(provider).get(address);
    expect([status, location]).toEqual([400, null]);
    expect(text).toContain("not registered");
  },
  "oidcc-ensure-post-request-succeeds": async () => {
    const [browser, verifier] = [openBrowser(provider), newVerifier()];
    const { searchParams } = new URL(requestTo(provider, application, verifier));
    const headers = { origin: "https://app.example", "sec-fetch-site": "cross-site", "sec-fetch-dest": "document" };
    const { status, location } = await browser.post("/oauth/authorize", Object.fromEntries(searchParams), headers);
    expect(status).toBe(303);
    const { callback } = await browser.follow(location ?? "");
    const code = callback?.searchParams.get("code") ?? "";
    await tokensIn(await redeem(provider, application, { code, code_verifier: verifier }));
  },
  "oidcc-server-client-secret-post": async () => {
    expect((await metadata())["token_endpoint_auth_methods_supported"]).toContain("client_secret_post");
    expect(claimsOf(await flow())["aud"]).toBe(application.clientId);
  },
  "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported": refusesRequestObjects("request_uri", {
    request_uri: "https://app.example/request.jwt",
  }),
  "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported": refusesRequestObjects("request", {
    request: REQUEST_OBJECT,
  }),
  "oidcc-ensure-request-object-with-redirect-uri": refusesRequestObjects("request", { request: REQUEST_OBJECT }),
  "oidcc-claims-essential": async () => {
    expect((await metadata())["claims_parameter_supported"]).toBe(false);
    await succeedsWith({ claims: '{"userinfo":{"name":{"essential":true}}}' })();
  },
  "oidcc-refresh-token": async () => {
    const first = await flow({ scope: "openid offline_access" });
    const other = await provider.register({ trusted: true });
    expect(await errorIn(await refresh(provider, other, first.tokens.refresh_token))).toBe("invalid_grant");
    const tokens = await tokensIn(await refresh(provider, application, first.tokens.refresh_token));
    const { iss, sub, aud, auth_time } = claimsOf(first);
    expect(claimsOf({ tokens })).toMatchObject({ iss, sub, aud, auth_time });
    expect(tokens.refresh_token).not.toBe(first.tokens.refresh_token);
  },
  "oidcc-ensure-request-with-valid-pkce-succeeds": succeedsWith({}),
  "oidcc-discovery-endpoint-verification": async () => {
    const found = await metadata();
    expect(found).toMatchObject({
      issuer: provider.issuer,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      code_challenge_methods_supported: ["S256"],
    });
    for (const name of ["authorization", "token", "userinfo", "end_session"])
      expect(String(found[`${name}_endpoint`]).startsWith(`${provider.issuer}/`)).toBe(true);
    const keys = Object(await (await fetch(String(found["jwks_uri"]))).json())["keys"];
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(Object.keys(key)).not.toContain("d");
  },
  "oidcc-discovery-issuer-not-matching-config": async () => {
    // Not applicable: a module for relying parties. What they compare is there, without a slash too many.
    expect((await metadata())["issuer"]).toBe(provider.issuer);
  },
  "oidcc-formpost-basic-certification-test-plan": async () => {
    // Not applicable: a form that another site posts comes without the cookies that are worth having.
    expect((await metadata())["response_modes_supported"]).toEqual(["query"]);
    expect(await errorOf({ response_mode: "form_post" })).toBe("invalid_request");
  },
};

describe("the OpenID Foundation's module", () => {
  test.each(MODULES)("%s", (name) => PROVES[name]());
});
