/** The way out: every page that only those see who are logged in has it in sight, and those who were on the way somewhere come back. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { GATEWAY_ROUTES } from "../../shared/policy/gateway-routes.ts";
import { PAGE } from "../../shared/policy/policy.ts";
import { newVerifier, type Provider, requestTo, startProvider } from "../oidc/provider.ts";
import { openVisitor } from "../support/gateway/visitor.ts";
import { enrol } from "../support/twofa.ts";

let provider: Provider;
/** Asks for consent. */
let request: string;
beforeAll(async () => {
  provider = await startProvider();
  const { pathname, search } = new URL(requestTo(provider, await provider.register(), newVerifier()));
  request = pathname + search;
});
afterAll(() => provider?.fountain.stop());

/** Asks those only who owe a second factor. */
const ASKS = "/account/second-factor";
const LOG_IN = '<form method="post" action="/account/login"';
const LOG_OUT = '<form method="post" action="/account/logout"';

const isPage = (key: string): boolean =>
  Object.entries(GATEWAY_ROUTES).some(([row, policy]) => row === key && policy === PAGE);
const PATHS = Object.keys(GATEWAY_ROUTES)
  .filter((key) => /^GET \/(?:account|oauth)/.test(key) && isPage(key))
  .map((key) => (key === "GET /oauth/authorize" ? undefined : key.slice("GET ".length)));

test("every page that needs a login shows the logout", async () => {
  const stranger = openVisitor(provider.fountain);
  const visitor = openVisitor(provider.fountain);
  await visitor.logIn(provider.other);
  const found: string[] = [];
  for (const path of PATHS) {
    const met = await stranger.get(path ?? request);
    const asksFirst =
      met.location?.startsWith("/account/login") === true || (path === undefined && met.html.includes(LOG_IN));
    if (path === ASKS || !asksFirst) continue;
    const { status, html } = await visitor.get(path ?? request);
    expect([path, status, html.includes(LOG_OUT)]).toEqual([path, 200, true]);
    found.push(path ?? "consent");
  }
  expect(found).toEqual(expect.arrayContaining(["/account", "/account/security", "/oauth/device", "consent"]));
});

test("someone who is asked for consent in another's session logs out, in as themselves, and is asked again", async () => {
  const visitor = openVisitor(provider.fountain);
  await visitor.logIn(provider.other);
  expect((await visitor.get(request)).text).toContain(provider.other.username);
  const { status, location } = await visitor.submit("/account/logout", {});
  expect([status, location]).toEqual([
    303,
    expect.stringMatching(/^\/account\/login\?done=logged-out&next=%2Foauth%2Fauthorize/),
  ]);
  await visitor.get(location ?? "");
  const { username, password } = provider.person;
  await visitor.submit("/account/login", { username, password }, 'name="password"');
  expect((await visitor.get(request)).text).toContain(provider.person.username);
});

test("a logout leads to no other site", async () => {
  const visitor = openVisitor(provider.fountain);
  await visitor.logIn(provider.other);
  await visitor.get("/account");
  const { location } = await visitor.submit("/account/logout", { next: "https://evil.example/" });
  expect(location).toBe("/account/login?done=logged-out&next=%2Faccount");
});

test("and so does the page that asks for a second factor", async () => {
  await enrol(provider.person);
  const visitor = openVisitor(provider.fountain);
  await visitor.logIn(provider.person);
  const { status, html } = await visitor.get(ASKS);
  expect([status, html.includes(LOG_OUT)]).toEqual([200, true]);
});
