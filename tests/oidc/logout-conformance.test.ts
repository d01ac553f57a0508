/**
 * The modules of the OpenID Foundation's test plan for providers, RP-Initiated Logout, by their names there. Each has someone log in,
 * asks for the logout, and looks whether they are still logged in, by a request with `prompt=none`.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PageAnswer } from "../support/gateway/visitor.ts";
import { type Asked, ask, logIn, type Tokens } from "./code-flow.ts";
import { type Application, type Provider, startProvider } from "./provider.ts";

const GOODBYE = "https://app.example/goodbye?of=the-application";
const STATE = "of the logout";
const BACK = `${GOODBYE}&state=of+the+logout`;

let provider: Provider;
let application: Application;
beforeAll(async () => {
  provider = await startProvider();
  application = await provider.register({ trusted: true, postLogoutRedirectUris: [GOODBYE] });
});
afterAll(() => provider?.fountain.stop());

type LoggedIn = Asked & { tokens: Tokens };
type Parameters = Record<string, string>;

/** Someone who has just logged in, and what came of the request to log them out. */
const logOut = async (parametersOf: (idToken: string) => Parameters): Promise<[LoggedIn, PageAnswer]> => {
  const person = await logIn(provider, application);
  const parameters = parametersOf(person.tokens.id_token ?? "");
  return [person, await person.browser.get(`/oauth/logout?${new URLSearchParams(parameters)}`)];
};

const isLoggedIn = async ({ browser }: LoggedIn): Promise<boolean> => {
  const { error } = await ask(provider, application, { browser, more: { prompt: "none" } });
  expect([null, "login_required"]).toContain(error);
  return error === null;
};

/** They are logged out at once, and led to this address. */
const leadsTo = (location: string, parametersOf: (idToken: string) => Parameters) => async (): Promise<void> => {
  const [person, answer] = await logOut(parametersOf);
  expect([answer.status, answer.location]).toEqual([303, location]);
  expect(await isLoggedIn(person)).toBe(false);
};

/** They see an error, are led nowhere, and stay logged in. */
const isRefused = (parametersOf: (idToken: string) => Parameters) => async (): Promise<void> => {
  const [person, { status, location, text }] = await logOut(parametersOf);
  expect([status, location, text]).toEqual([400, null, expect.stringContaining("That did not work")]);
  expect(await isLoggedIn(person)).toBe(true);
};

/** They are asked, and logged out once they agree. */
const asks = (parametersOf: (idToken: string) => Parameters) => async (): Promise<void> => {
  const [person, { status, location, text }] = await logOut(parametersOf);
  expect([status, location, text]).toEqual([200, null, expect.stringContaining("Log out?")]);
  expect(await isLoggedIn(person)).toBe(true);
  await person.browser.get(`/oauth/logout?${new URLSearchParams(parametersOf(person.tokens.id_token ?? ""))}`);
  const agreed = await person.browser.submit("/oauth/logout", {});
  expect(agreed.location).toBe("/account/login?done=logged-out");
  expect(await isLoggedIn(person)).toBe(false);
};

const REDIRECT = { post_logout_redirect_uri: GOODBYE, state: STATE };

/** With the same claims, and no signature. */
const unsigned = (idToken: string): string =>
  `${Buffer.from('{"alg":"none"}').toString("base64url")}.${idToken.split(".")[1]}.`;

const PROVES: Readonly<Record<string, () => Promise<void>>> = {
  "oidcc-rp-initiated-logout-discovery-endpoint-verification": async () => {
    const metadata: unknown = await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json();
    expect(Object(metadata)["end_session_endpoint"]).toBe(`${provider.issuer}/oauth/logout`);
  },
  "oidcc-rp-initiated-logout": leadsTo(BACK, (idToken) => ({ id_token_hint: idToken, ...REDIRECT })),
  "oidcc-rp-initiated-logout-no-state": leadsTo(GOODBYE, (idToken) => ({
    id_token_hint: idToken,
    post_logout_redirect_uri: GOODBYE,
  })),
  "oidcc-rp-initiated-logout-no-post-logout-redirect-uri": leadsTo("/account/login?done=logged-out", (idToken) => ({
    id_token_hint: idToken,
    state: STATE,
  })),
  "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri": isRefused((idToken) => ({
    id_token_hint: idToken,
    post_logout_redirect_uri: "https://evil.example/",
    state: STATE,
  })),
  "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri": isRefused((idToken) => ({
    id_token_hint: idToken,
    post_logout_redirect_uri: `${GOODBYE}&foo=bar`,
    state: STATE,
  })),
  "oidcc-rp-initiated-logout-modified-id-token-hint": isRefused((idToken) => ({
    id_token_hint: unsigned(idToken),
    ...REDIRECT,
  })),
  "oidcc-rp-initiated-logout-bad-id-token-hint": isRefused(() => ({ id_token_hint: "1", ...REDIRECT })),
  "oidcc-rp-initiated-logout-no-id-token-hint": isRefused(() => REDIRECT),
  "oidcc-rp-initiated-logout-no-params": asks(() => ({})),
  "oidcc-rp-initiated-logout-only-state": asks(() => ({ state: STATE })),
};

test.each(Object.entries(PROVES))("%s", (_, proves) => proves());
