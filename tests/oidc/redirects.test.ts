/** Where people may be sent (RFC 9700 §4.1 and §4.11): nowhere but to what was registered, compared as text. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Application,
  type Browser,
  newVerifier,
  openBrowser,
  type Provider,
  REDIRECT_URI,
  requestTo,
  startProvider,
} from "./provider.ts";

let provider: Provider;
let application: Application;
let native: Application;
let browser: Browser;
beforeAll(async () => {
  provider = await startProvider();
  application = await provider.register({ trusted: true });
  native = await provider.register({ public: true, trusted: true, redirectUris: ["http://127.0.0.1/cb"] });
  browser = openBrowser(provider);
  await browser.logIn(provider.person);
});
afterAll(() => provider?.fountain.stop());

const follow = (to: Application, redirect_uri: string) =>
  browser.follow(requestTo(provider, to, newVerifier(), { redirect_uri }));

const VARIANTS = [
  "http://app.example/callback",
  "HTTPS://app.example/callback",
  "https://APP.example/callback",
  "https://app.example/Callback",
  "https://app.example:443/callback",
  "https://app.example:8443/callback",
  "https://app.example./callback",
  "https://app.example//callback",
  "https://app.example/callback/",
  "https://app.example/callback?",
  "https://app.example/callback?next=https://evil.example",
  "https://app.example/callback#",
  "https://app.example/callback#fragment",
  "https://app.example/callback;x",
  "https://app.example/callback/../callback",
  "https://app.example/callback/%2e%2e/evil",
  "https://app.example/%63allback",
  "https://app.example/callback%00",
  "https://app.example/callback%0d%0aLocation:%20https://evil.example",
  "https://app.example/callback\r\nLocation: https://evil.example",
  " https://app.example/callback",
  "https://app.example/callback ",
  "https:app.example/callback",
  "https:///app.example/callback",
  "//app.example/callback",
  "https://mara@app.example/callback",
  "https://app.example@evil.example/callback",
  "https://app.example%40evil.example/callback",
  "https://app.example\\@evil.example/callback",
  "https://app.example\\.evil.example/callback",
  "https://evil.example\\@app.example/callback",
  "https://app.example.evil.example/callback",
  "https://evilapp.example/callback",
  "https://sub.app.example/callback",
  "https://ａpp.example/callback",
  "https://evil.example/callback",
  "https://evil.example/?https://app.example/callback",
  "javascript:alert(1)//https://app.example/callback",
  "data:text/html,https://app.example/callback",
  "",
];

const LOOPBACK_VARIANTS = [
  "https://127.0.0.1/cb",
  "http://localhost/cb",
  "http://[::1]/cb",
  "http://127.1/cb",
  "http://0x7f000001/cb",
  "http://127.0.0.2/cb",
  "http://127.0.0.1./cb",
  "http://127.0.0.1:80@evil.example/cb",
  "http://127.0.0.1.evil.example/cb",
  "http://127.0.0.1:1234.evil.example/cb",
  "http://127.0.0.1:123456/cb",
  "http://127.0.0.1:1234/CB",
  "http://127.0.0.1:1234/cb/",
  "http://127.0.0.1:1234/other",
];

describe("a person is sent nowhere, and shown why, for", () => {
  test.each(VARIANTS)("%j", async (uri) => {
    const { callback, page } = await follow(application, uri);
    expect([callback, page?.status, page?.location]).toEqual([undefined, 400, null]);
    expect(/<a [^>]*href="(?!\/[^/]|#)[^"]*"|http-equiv="refresh"/.exec(page?.html ?? "")).toBeNull();
  });

  test.each(LOOPBACK_VARIANTS)("%j of a program on their device", async (uri) => {
    const { callback, page } = await follow(native, uri);
    expect([callback, page?.status]).toEqual([undefined, 400]);
  });

  test("two redirect URIs, of which one is right", async () => {
    for (const other of ["https://evil.example/", REDIRECT_URI])
      for (const address of [
        `${requestTo(provider, application, newVerifier())}&redirect_uri=${encodeURIComponent(other)}`,
        requestTo(provider, application, newVerifier()).replace("?", `?redirect_uri=${encodeURIComponent(other)}&`),
      ])
        expect((await browser.follow(address)).callback).toBeUndefined();
  });

  test("an error, if the redirect URI is not registered: no error is sent to where an attacker listens", async () => {
    for (const more of [
      { response_type: "token" },
      { prompt: "none" },
      { scope: "keys:write" },
      { client_id: "client_x" },
    ]) {
      const address = requestTo(provider, application, newVerifier(), {
        redirect_uri: "https://evil.example/",
        ...more,
      });
      expect((await browser.follow(address)).callback).toBeUndefined();
    }
  });
});

test("a person is sent to what is registered, and to any port of their own device", async () => {
  expect((await follow(application, REDIRECT_URI)).callback?.href).toContain(`${REDIRECT_URI}?code=`);
  const { callback } = await follow(native, "http://127.0.0.1:51004/cb");
  expect(callback?.href).toContain("http://127.0.0.1:51004/cb?code=");
});

test("a request cannot smuggle parameters into the response", async () => {
  const state = "x&code=of-an-attacker&iss=https://evil.example#";
  const { callback } = await browser.follow(requestTo(provider, application, newVerifier(), { state }));
  expect(callback?.searchParams.getAll("state")).toEqual([state]);
  expect(callback?.searchParams.getAll("code")).toHaveLength(1);
  expect(callback?.searchParams.getAll("iss")).toEqual([provider.issuer]);
});
