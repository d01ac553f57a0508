/** Requests as long as applications send them: whole after a login on the way, or refused before. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeOf, enrol, forgetTimeSteps } from "../support/twofa.ts";
import { logIn } from "./code-flow.ts";
import { type Application, newVerifier, openBrowser, type Provider, requestTo, startProvider } from "./provider.ts";

let provider: Provider;
let application: Application;
beforeAll(async () => {
  provider = await startProvider();
  application = await provider.register({ trusted: true });
});
afterAll(() => provider?.fountain.stop());

/** As some applications keep where a person was: JSON, of which most characters are encoded. */
const stateOf = (length: number): string => JSON.stringify({ at: "/".repeat(length - 9) });

test("a long state and an ID token come through a login and a second factor whole", async () => {
  const { other: person } = provider;
  const { tokens } = await logIn(provider, application, { browser: openBrowser(provider, person) });
  const { secret } = await enrol(person);
  await forgetTimeSteps(provider.fountain, person);
  const state = stateOf(2_048);
  const more = { state, id_token_hint: tokens.id_token ?? "" };
  const address = requestTo(provider, application, newVerifier(), more);
  const browser = openBrowser(provider, person);
  const { page } = await browser.follow(address);
  const asked = page?.location ? await browser.get(page.location) : page;
  expect(asked?.text).toContain("Second factor");
  const passed = await browser.submit("/account/second-factor", { code: codeOf(secret) }, 'name="code"');
  const [, onward = ""] = /<a class="button" href="([^"]*)"/.exec(passed.html) ?? [];
  const { callback } = await browser.follow(new URL(onward.replaceAll("&amp;", "&"), provider.issuer));
  expect(callback?.searchParams.get("state")).toBe(state);
  expect(callback?.searchParams.get("code")).toBeTruthy();
});

test("a long state comes back whole when someone logs out at the consent, and in as themselves", async () => {
  const asking = await provider.register();
  const state = stateOf(2_048);
  const { pathname, search } = new URL(requestTo(provider, asking, newVerifier(), { state }));
  const browser = openBrowser(provider);
  await browser.logIn(provider.person);
  await browser.get(pathname + search);
  const left = await browser.submit("/account/logout", {});
  const asked = left.location ? await browser.get(left.location) : left;
  expect([asked.status, asked.text]).toEqual([200, expect.stringContaining("You are logged out.")]);
  const { username, password } = provider.person;
  const entered = await browser.submit("/account/login", { username, password }, 'name="password"');
  const [, onward = ""] = /<a class="button" href="([^"]*)"/.exec(entered.html) ?? [];
  const back = new URL(onward.replaceAll("&amp;", "&"), provider.issuer);
  expect([back.pathname, back.searchParams.get("state")]).toEqual([pathname, state]);
});

test("an address that is too long is refused before a login, and the page says why", async () => {
  const unknown = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`x${index}`, "/".repeat(500)]));
  const { page, steps } = await openBrowser(provider).follow(requestTo(provider, application, newVerifier(), unknown));
  expect([page?.status, steps]).toEqual([400, []]);
  expect(page?.text).toContain("The address is too long");
});

test("one that has no room for what a login adds is refused before it, too", async () => {
  const address = requestTo(provider, application, newVerifier());
  const more = Array.from({ length: 8 }, (_, index) => `&x${index}=${"x".repeat(1_000)}`).join("");
  const full = (address + more).slice(0, 8_192);
  const { page, steps } = await openBrowser(provider).follow(full);
  expect([page?.status, steps]).toEqual([400, []]);
  expect(page?.text).toContain("The address is too long");
});
