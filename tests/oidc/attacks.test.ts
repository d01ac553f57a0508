/** The attacks of RFC 9700 §4 on a running provider, each refused. Those on redirect URIs are a file of their own. */
import * as client from "openid-client";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { FROM_HERE } from "../support/gateway/visitor.ts";
import { ask, errorIn, logIn, refresh, tokensIn, userInfo } from "./code-flow.ts";
import {
  type Application,
  challengeOf,
  newVerifier,
  openBrowser,
  type Provider,
  REDIRECT_URI,
  redeem,
  requestTo,
  startProvider,
} from "./provider.ts";

let provider: Provider;
let application: Application;
let asking: Application;
beforeAll(async () => {
  provider = await startProvider();
  application = await provider.register({ trusted: true });
  asking = await provider.register();
});
afterAll(() => provider?.fountain.stop());

const errorOfCode = async (form: Record<string, string | undefined>, as = application) =>
  errorIn(await redeem(provider, as, form));

/** Revocations are known everywhere within five seconds. */
const untilRefused = (accessToken: string) =>
  vi.waitFor(async () => expect((await userInfo(provider, accessToken)).status).toBe(401), {
    timeout: 8_000,
    interval: 200,
  });

describe("mix-up (RFC 9700 §4.4, RFC 9207)", () => {
  test("every response says whose it is, errors too", async () => {
    for (const more of [{}, { response_type: "token" }, { prompt: "none" }, { max_age: "x" }]) {
      const { callback } = await ask(provider, application, { more });
      expect(callback.searchParams.getAll("iss")).toEqual([provider.issuer]);
    }
  });

  test("an application that looks refuses the response of another server", async () => {
    const { clientId, clientSecret } = application;
    const config = await client.discovery(new URL(provider.issuer), clientId, clientSecret, undefined, {
      execute: [client.allowInsecureRequests],
    });
    const { callback, verifier } = await ask(provider, application);
    const checks = { pkceCodeVerifier: verifier, expectedState: "of the application", expectedNonce: "once" };
    const forged = new URL(callback);
    forged.searchParams.set("iss", "https://evil.example");
    const silent = new URL(callback);
    silent.searchParams.delete("iss");
    for (const response of [forged, silent])
      await expect(client.authorizationCodeGrant(config, response, checks)).rejects.toThrow();
    expect((await client.authorizationCodeGrant(config, callback, checks)).access_token).toBeTruthy();
  });
});

describe("code injection (RFC 9700 §4.5)", () => {
  test("a code that was stolen is of no use in another login, at another application, or with another address", async () => {
    const { code, verifier } = await ask(provider, application);
    const others = { code, code_verifier: newVerifier() };
    expect(await errorOfCode(others)).toBe("invalid_grant");
    expect(await errorOfCode({ code, code_verifier: verifier }, asking)).toBe("invalid_grant");
    expect(await errorOfCode({ code, code_verifier: verifier, redirect_uri: `${REDIRECT_URI}/` })).toBe(
      "invalid_grant",
    );
    expect(await errorOfCode({ code, code_verifier: verifier, client_secret: "guessed" })).toBe("invalid_client");
    expect(await errorOfCode({ code, code_verifier: verifier, client_secret: undefined })).toBe("invalid_client");
    await tokensIn(await redeem(provider, application, { code, code_verifier: verifier }));
  });
});

describe("a downgrade of PKCE (RFC 9700 §4.8)", () => {
  test.each<[string, Record<string, string | undefined>]>([
    ["plain", { code_challenge: newVerifier(), code_challenge_method: "plain" }],
    ["no method, which means plain", { code_challenge_method: undefined }],
    ["no challenge", { code_challenge: undefined, code_challenge_method: undefined }],
    ["an empty challenge", { code_challenge: "" }],
    ["S256 in another case", { code_challenge_method: "s256" }],
  ])("by %s gets no code", async (_, more) => {
    expect(await ask(provider, application, { more })).toMatchObject({ error: "invalid_request", code: "" });
  });

  test("by a missing verifier, an empty one, or the challenge itself gets no tokens", async () => {
    const { code, verifier } = await ask(provider, application);
    expect(await errorOfCode({ code })).toBe("invalid_request");
    expect(await errorOfCode({ code, code_verifier: "" })).toBe("invalid_request");
    expect(await errorOfCode({ code, code_verifier: challengeOf(verifier) })).toBe("invalid_grant");
  });
});

describe("replay", () => {
  test("of a code ends what the first use gave, access tokens and all (RFC 9700 §4.5, RFC 6749 §4.1.2)", async () => {
    const { code, verifier, tokens } = await logIn(provider, application);
    expect((await userInfo(provider, tokens.access_token)).status).toBe(200);
    expect(await errorOfCode({ code, code_verifier: verifier })).toBe("invalid_grant");
    expect(await errorIn(await refresh(provider, application, tokens.refresh_token))).toBe("invalid_grant");
    await untilRefused(tokens.access_token);
  });

  test("of a code by one who has it without its verifier ends it, too: two have it", async () => {
    const { code, tokens } = await logIn(provider, application);
    expect(await errorOfCode({ code, code_verifier: newVerifier() })).toBe("invalid_grant");
    expect(await errorIn(await refresh(provider, application, tokens.refresh_token))).toBe("invalid_grant");
  });

  test("of a code a hundred times at once succeeds once", async () => {
    const { code, verifier } = await ask(provider, application);
    const uses = Array.from({ length: 100 }, () => redeem(provider, application, { code, code_verifier: verifier }));
    const responses = await Promise.all(uses);
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 400)).toHaveLength(99);
  });

  test("of a refresh token ends the session of both who have it (RFC 9700 §4.14)", async () => {
    const { tokens } = await logIn(provider, application);
    const first = await tokensIn(await refresh(provider, application, tokens.refresh_token));
    const second = await tokensIn(await refresh(provider, application, first.refresh_token));
    expect(await errorIn(await refresh(provider, application, tokens.refresh_token))).toBe("invalid_grant");
    expect(await errorIn(await refresh(provider, application, second.refresh_token))).toBe("invalid_grant");
    await untilRefused(second.access_token);
  });

  test("of a refresh token by another application, or without the secret, is refused and ends nothing", async () => {
    const { tokens } = await logIn(provider, application);
    expect(await errorIn(await refresh(provider, asking, tokens.refresh_token))).toBe("invalid_grant");
    const nameless = { ...application, clientSecret: "" };
    expect(await errorIn(await refresh(provider, nameless, tokens.refresh_token))).toBe("invalid_client");
    await tokensIn(await refresh(provider, application, tokens.refresh_token));
  });
});

describe("consent that someone did not give (RFC 9700 §4.7)", () => {
  /** The consent page as that browser has it. */
  const consentIn = async (browser = openBrowser(provider)) => {
    await browser.logIn(provider.person);
    const { pathname, search } = new URL(requestTo(provider, asking, newVerifier(), { prompt: "consent" }));
    await browser.get(pathname + search);
    return { browser, form: browser.formOf("/oauth/authorize", 'name="decision"') };
  };

  test("with the question of another person's session is refused, and stays theirs to decide", async () => {
    const [one, attacker] = [await consentIn(), openBrowser(provider, provider.other)];
    await attacker.follow(requestTo(provider, asking, newVerifier(), { prompt: "consent" }), "deny");
    await attacker.get(new URL(requestTo(provider, asking, newVerifier(), { prompt: "consent" })).href);
    const own = attacker.formOf("/oauth/authorize", 'name="decision"');
    const { decisionToken = "" } = one.form;
    const stolen = await attacker.post("/oauth/authorize", { ...own, decisionToken, decision: "allow" });
    expect([stolen.status, stolen.html.includes("code=")]).toEqual([403, false]);
    const decided = await one.browser.post("/oauth/authorize", { ...one.form, decision: "allow" });
    expect(decided.html).toContain("code=");
  });

  test("from another site, without the form's token, or twice is refused", async () => {
    const { browser, form } = await consentIn();
    const allow = { ...form, decision: "allow" };
    const elsewhere = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    expect((await browser.post("/oauth/authorize", allow, elsewhere)).status).toBe(403);
    expect((await browser.post("/oauth/authorize", { ...allow, form: "" }, FROM_HERE)).status).toBe(403);
    expect((await browser.post("/oauth/authorize", allow)).status).toBe(200);
    expect((await browser.post("/oauth/authorize", allow)).status).toBe(403);
  });

  test("by a form that pretends to be a request of an application is a question again", async () => {
    const { browser, form } = await consentIn();
    const { searchParams } = new URL(requestTo(provider, asking, newVerifier(), { prompt: "consent" }));
    const elsewhere = { "sec-fetch-site": "cross-site" };
    const fields = { ...form, decision: "allow", ...Object.fromEntries(searchParams) };
    expect((await browser.post("/oauth/authorize", fields, elsewhere)).status).toBe(403);
    const tokenless = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== "form"));
    const { status, location } = await browser.post("/oauth/authorize", tokenless, elsewhere);
    expect([status, location?.startsWith("/oauth/authorize?")]).toEqual([303, true]);
    expect((await browser.get(location ?? "")).html).toContain('name="decision"');
  });

  test("is taken for no more than was shown: what else an application asks for is a question again", async () => {
    const { browser } = await ask(provider, asking, { more: { scope: "openid" } });
    const { steps } = await ask(provider, asking, { browser, more: { scope: "openid search:read" } });
    expect(steps).toEqual(["consent"]);
  });
});

describe("pages", () => {
  test("of login, consent and errors are in no frame (RFC 9700 §4.16), and send no address along (§4.2)", async () => {
    const browser = openBrowser(provider);
    const { pathname, search } = new URL(requestTo(provider, asking, newVerifier(), { prompt: "consent" }));
    const login = await browser.get("/account/login");
    await browser.logIn(provider.person);
    const pages = [login, await browser.get(pathname + search), await browser.get("/oauth/authorize?client_id=x")];
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 400]);
    for (const { headers } of pages) {
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("referrer-policy")).toBe("strict-origin");
      expect(headers.get("cache-control")).toBe("no-store");
    }
    const framed = { "sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site" };
    expect((await browser.get(pathname + search, framed)).status).toBe(403);
  });

  test("repeat no password to an application: what follows a form is 303 or a page (RFC 9700 §4.12)", async () => {
    const browser = openBrowser(provider);
    const { pathname, search } = new URL(requestTo(provider, application, newVerifier()));
    await browser.get(pathname + search);
    const { username, password } = provider.person;
    const { status } = await browser.submit("/account/login", { username, password }, 'name="password"');
    expect([200, 303]).toContain(status);
  });
});

describe("tokens", () => {
  test("are taken from no address, and none of one kind for another (RFC 9700 §4.3.2, RFC 8725 §3.12)", async () => {
    const { tokens, code } = await logIn(provider, application);
    const inAddress = await fetch(`${provider.issuer}/kms/userinfo?access_token=${tokens.access_token}`);
    expect([400, 401, 422]).toContain(inAddress.status);
    for (const wrong of [tokens.id_token ?? "", tokens.refresh_token, code])
      expect((await userInfo(provider, wrong)).status).toBe(401);
  });

  test("of an application open none of what people do themselves", async () => {
    const { tokens } = await logIn(provider, application, { more: { scope: "openid search:read" } });
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    for (const path of ["/kms/me", "/kms/sessions", "/kms/me/applications", "/twofa/factors"])
      expect((await fetch(`${provider.issuer}${path}`, { headers })).status, path).toBe(403);
  });
});
