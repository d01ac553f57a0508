/** Fields of the pages: passwords in them are masked and may be filled in by a program, and whatever anyone wrote is text. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { PAGES_SCRIPT } from "../../workers/gateway/src/pages/frame/pages-script.ts";
import { newVerifier, type Provider, requestTo, startProvider } from "../oidc/provider.ts";
import { openVisitor } from "../support/gateway/visitor.ts";
import { storeInvitation } from "../support/kms/links.ts";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider({ REGISTRATION: "open" });
});
afterAll(() => provider?.fountain.stop());

const MARKUP = `"'><img src=x onerror=alert(1)>`;

/** The inputs in which a password is typed, as they are written. */
const passwordsIn = (html: string): string[] =>
  [...html.matchAll(/<input[^>]*\sname="[^"]*password"[^>]*>/gi)].map(([input]) => input);

test.each([
  ["/account/login", ["current-password"]],
  ["/account/sign-up", ["new-password"]],
  ["/account/invitation", ["new-password"]],
  ["/account/reset?token=any", ["new-password"]],
  ["/account/reset", ["new-password"]],
  ["/account", ["current-password", "new-password"]],
])("a password at %s is masked, and may be pasted, or filled in by a password manager", async (address, kinds) => {
  const { token } = await storeInvitation(provider.fountain);
  const path = address === "/account/invitation" ? `${address}?token=${token}` : address;
  const visitor = openVisitor(provider.fountain);
  if (path === "/account") await visitor.logIn(provider.person);
  const inputs = passwordsIn((await visitor.get(path)).html);
  expect(inputs.map((input) => /\sautocomplete="([^"]*)"/.exec(input)?.[1])).toEqual(kinds);
  for (const input of inputs) {
    expect(input).toContain(' type="password"');
    expect(input).not.toMatch(/\s(?:maxlength|readonly|pattern|on\w+)=/);
  }
  expect(PAGES_SCRIPT).not.toMatch(/paste|keydown|keypress/);
});

test("what callers, applications and people wrote is text on every page that shows it", async () => {
  const application = await provider.register({ name: MARKUP });
  const visitor = openVisitor(provider.fountain);
  const query = (name: string) => String(new URLSearchParams({ [name]: MARKUP }));
  const stranger = openVisitor(provider.fountain);
  await visitor.logIn(provider.other);
  const { pathname, search } = new URL(requestTo(provider, application, newVerifier()));
  const shown = [
    await stranger.get(`/account/login?${query("login_hint")}`),
    await stranger.submit("/account/login", { username: MARKUP, password: "not the password" }, 'name="password"'),
    await visitor.get(`/oauth/device?${query("user_code")}`),
    await visitor.get(pathname + search),
  ];
  for (const { html } of shown) {
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(html).not.toContain("<img src=x");
  }
  for (const path of [
    `/account/reset?${query("token")}`,
    `/account/login?${query("next")}`,
    `/oauth/authorize?${query("client_id")}`,
  ])
    expect((await stranger.get(path)).html, path).not.toContain("<img src=x");
});
