/**
 * Applications that no one has registered, which describe themselves at the URL that is their id
 * (draft-ietf-oauth-client-id-metadata-document): read over TLS, by a real kms.
 */
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../support/call.ts";
import { startFountain } from "../support/harness.ts";
import { ask, errorIn, logIn, refresh, tokensIn } from "./code-flow.ts";
import { clientAt, type DocumentServer, describing, type Respond, startDocumentServer } from "./document-server.ts";
import { type Application, newVerifier, openBrowser, type Provider, requestTo, startProvider } from "./provider.ts";

let site: DocumentServer;
let provider: Provider;

beforeAll(async () => {
  site = await startDocumentServer();
  provider = await startProvider({ CIMD: "open" }, { internet: site.internet });
});
afterAll(async () => {
  await provider?.fountain.stop();
  await site?.stop();
});

const at = (path: string): Application => ({ clientId: clientAt(path), clientSecret: "" });
const kms = (sql: string, args: string[] = []) => provider.fountain.databases["kms"]?.execute({ sql, args });
/** As if what is known of it had been read an hour ago. */
const age = (path: string) =>
  kms("UPDATE oauth_clients SET read_at = read_at - 3600000 WHERE id = ?", [clientAt(path)]);
/** As if the person had brought no new application yet. */
const forgetReadings = () => kms("DELETE FROM password_attempts");

/** The page that ends the way of a person who comes with it, and how often its site was asked. */
const ending = async (application: Application, more: Record<string, string | undefined> = {}) => {
  await forgetReadings();
  const before = site.asked.length;
  const { page } = await openBrowser(provider).follow(requestTo(provider, application, newVerifier(), more), "deny");
  return { text: page?.text ?? "", asked: site.asked.length - before };
};
const UNREADABLE = "does not describe itself as it should";
const UNKNOWN = "is not known";

test("logs a person in, is known by its URL everywhere, and can be disconnected by it", async () => {
  site.serve("/client.json", describing("/client.json"));
  const application = at("/client.json");
  const { tokens, steps, browser } = await logIn(provider, application, { more: { scope: "openid offline_access" } });
  expect(steps).toEqual(["log-in", "consent"]);
  const { clientId } = application;
  expect(decodeJwt(tokens.id_token ?? "")).toMatchObject({ aud: clientId, azp: clientId });
  expect(decodeJwt(tokens.access_token)["client_id"]).toBe(clientId);
  const { administrator: headers } = provider;
  const form = { ...headers, "content-type": "application/x-www-form-urlencoded" };
  const text = `${new URLSearchParams({ token: tokens.access_token })}`;
  const { body } = await send({ url: provider.issuer }, "POST", "/kms/introspect", { headers: form, text });
  expect(body).toMatchObject({ active: true, client_id: clientId, sub: provider.person.id });
  // The consent is remembered, and its document was read once.
  expect((await ask(provider, application, { browser, more: { scope: "openid" } })).steps).toEqual([]);
  expect(site.asked.filter((path) => path === "/client.json")).toHaveLength(1);

  const refreshed = await tokensIn(await refresh(provider, application, tokens.refresh_token));
  expect(await errorIn(await refresh(provider, at("/other.json"), refreshed.refresh_token))).toBe("invalid_client");
  const applications = await send({ url: provider.issuer }, "GET", "/kms/me/applications", {
    token: provider.person.token,
  });
  expect(applications.body["items"]).toMatchObject([{ clientId, name: "Notebook" }]);
  expect((await browser.get("/account/applications")).text).toContain("app.example");
  const path = `/kms/me/applications/${encodeURIComponent(clientId)}`;
  expect((await send({ url: provider.issuer }, "DELETE", path, { token: provider.person.token })).status).toBe(204);
  expect(await errorIn(await refresh(provider, application, refreshed.refresh_token))).toBe("invalid_grant");
});

test("revokes its own tokens", async () => {
  site.serve("/revoking.json", describing("/revoking.json"));
  const { tokens } = await logIn(provider, at("/revoking.json"));
  const body = new URLSearchParams({ token: tokens.refresh_token, client_id: clientAt("/revoking.json") });
  expect((await fetch(`${provider.issuer}/kms/revoke`, { method: "POST", body })).status).toBe(200);
  expect(await errorIn(await refresh(provider, at("/revoking.json"), tokens.refresh_token))).toBe("invalid_grant");
});

test("asks for nothing of Fountain's own, and gets nothing that it did not ask for", async () => {
  site.serve("/asking.json", describing("/asking.json", { scope: "users:admin search:read" }));
  for (const scope of ["users:admin", "openid search:read", "secrets:read:a"])
    expect((await ask(provider, at("/asking.json"), { more: { scope } })).error).toBe("invalid_scope");
  const { tokens } = await logIn(provider, at("/asking.json"), { more: { scope: undefined } });
  expect(tokens.scope).toBe("");
});

test("is shown by its host, with a warning where a program on the device gets the code", async () => {
  const more = {
    redirect_uris: ["https://app.example/callback", "http://127.0.0.1/callback"],
    client_name: "Fountain",
  };
  site.serve("/shown.json", describing("/shown.json", more));
  const consentOf = async (redirect_uri: string): Promise<string> => {
    await forgetReadings();
    const browser = openBrowser(provider);
    await browser.logIn(provider.person);
    const request = requestTo(provider, at("/shown.json"), newVerifier(), { redirect_uri });
    return (await browser.get(request.slice(provider.issuer.length))).text;
  };
  const atHome = await consentOf("https://app.example/callback");
  expect(atHome).toContain("It describes itself at app.example");
  expect(atHome).not.toContain("on this device");
  expect(await consentOf("http://127.0.0.1:7777/callback")).toContain(
    "any program could say that it is from app.example",
  );
});

describe("a document", () => {
  test.for<[name: string, respond: Respond]>([
    ["redirected", (_, response) => response.writeHead(302, { location: clientAt("/client.json") }).end()],
    ["missing", (_, response) => response.writeHead(404).end()],
    ["of another type", (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("{}")],
    ["no JSON", (_, response) => response.writeHead(200, { "content-type": "application/json" }).end("{")],
    ["too large", describing("/too-large.json", { padding: "x".repeat(16 * 1024) })],
    ["of another client", describing("/client.json")],
    ["with a secret", describing("/with-a-secret.json", { client_secret: "hush" })],
  ])("that is %s lets no one in", async ([name, respond]) => {
    const path = `/${name.replaceAll(" ", "-")}.json`;
    site.serve(path, respond);
    const { text, asked } = await ending(at(path));
    expect(text).toContain(UNREADABLE);
    expect(asked).toBe(1);
  });

  test("that comes too slowly is not waited for, whether it begins late or never ends", async () => {
    site.serve("/silent.json", () => {});
    site.serve("/dripping.json", (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const timer = setInterval(() => response.write(" "), 100);
      response.once("close", () => clearInterval(timer));
    });
    const endings = await Promise.all(["/silent.json", "/dripping.json"].map((path) => ending(at(path))));
    for (const { text } of endings) expect(text).toContain(UNREADABLE);
  });

  test("is asked for by no URL that leads elsewhere, or is written otherwise", async () => {
    for (const clientId of [
      "https://127.0.0.1/client.json",
      "https://169.254.169.254/latest/meta-data",
      "https://[::1]/client.json",
      "https://kms.internal/client.json",
      "https://app.example/client.json?a=b",
      "https://app.example/x/../client.json",
      "https://app.example/",
      "http://app.example/client.json",
    ])
      expect(await ending({ clientId, clientSecret: "" }), clientId).toMatchObject({
        text: expect.stringContaining(UNKNOWN),
        asked: 0,
      });
  });

  test("is read again after an hour: what is gone from it is refused, and sessions that there are last", async () => {
    const redirect_uris = ["https://app.example/callback", "https://app.example/old"];
    site.serve("/changing.json", describing("/changing.json", { redirect_uris }));
    const { tokens } = await logIn(provider, at("/changing.json"));
    const old = { redirect_uri: "https://app.example/old" };
    expect((await ask(provider, at("/changing.json"), { more: old })).error).toBeNull();
    site.serve("/changing.json", describing("/changing.json"));
    await age("/changing.json");
    expect((await ending(at("/changing.json"), old)).text).toContain("that it has not registered");
    site.serve("/changing.json", (_request, response) => response.destroy());
    await age("/changing.json");
    expect((await ending(at("/changing.json"))).text).toContain(UNREADABLE);
    await tokensIn(await refresh(provider, at("/changing.json"), tokens.refresh_token));
  });

  test("is not read for strangers: pushed requests and devices know what people have let in", async () => {
    site.serve("/unread.json", describing("/unread.json"));
    const { clientId } = at("/unread.json");
    const before = site.asked.length;
    const begin = (path: string, form: Record<string, string>) =>
      fetch(`${provider.issuer}${path}`, {
        method: "POST",
        body: new URLSearchParams({ client_id: clientId, ...form }),
      });
    const pushed = Object.fromEntries(new URL(requestTo(provider, at("/unread.json"), newVerifier())).searchParams);
    expect(await errorIn(await begin("/kms/par", pushed))).toBe("invalid_client");
    expect(await errorIn(await begin("/kms/device", { scope: "openid" }))).toBe("invalid_client");
    const silent = await fetch(requestTo(provider, at("/unread.json"), newVerifier(), { prompt: "none" }));
    expect(silent.status).toBe(400);
    const asked = await fetch(requestTo(provider, at("/unread.json"), newVerifier()));
    expect([asked.status, await asked.text()]).toEqual([200, expect.stringContaining("/account/login")]);
    expect(site.asked).toHaveLength(before);
    await forgetReadings();
    await logIn(provider, at("/unread.json"));
    expect((await begin("/kms/par", pushed)).status).toBe(201);
    expect((await begin("/kms/device", { scope: "openid" })).status).toBe(200);
  });
});

test("cannot be changed by an administrator, who can remove it", async () => {
  site.serve("/removed.json", describing("/removed.json"));
  await forgetReadings();
  const { tokens } = await logIn(provider, at("/removed.json"));
  const path = `/kms/clients/${encodeURIComponent(clientAt("/removed.json"))}`;
  const { administrator: headers } = provider;
  const change = await send({ url: provider.issuer }, "PATCH", path, { headers, json: { trusted: true } });
  expect(change.status).toBe(409);
  expect((await send({ url: provider.issuer }, "DELETE", path, { headers })).status).toBe(204);
  expect(await errorIn(await refresh(provider, at("/removed.json"), tokens.refresh_token))).toBe("invalid_client");
});

test("is none where that is not allowed, as by default, even if people have let it in before", async () => {
  const supported = async (url: string): Promise<unknown> =>
    (await send({ url }, "GET", "/.well-known/openid-configuration")).body["client_id_metadata_document_supported"];
  site.serve("/closed.json", describing("/closed.json"));
  await forgetReadings();
  const { tokens } = await logIn(provider, at("/closed.json"));
  expect(await supported(provider.issuer)).toBe(true);

  const settings = { PUBLIC_URL: provider.issuer };
  const closed = await startFountain({ beside: provider.fountain, internet: site.internet, settings });
  try {
    expect(await supported(closed.url)).toBeUndefined();
    const before = site.asked.length;
    const there = { ...provider, issuer: closed.url };
    expect(await errorIn(await refresh(there, at("/closed.json"), tokens.refresh_token))).toBe("invalid_client");
    for (const path of ["/closed.json", "/never.json"]) {
      const page = await fetch(requestTo(there, at(path), newVerifier()));
      expect([page.status, await page.text()]).toEqual([400, expect.stringContaining(UNKNOWN)]);
    }
    expect(site.asked).toHaveLength(before);
  } finally {
    await closed.stop();
  }
});
