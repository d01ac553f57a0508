/**
 * Proxies that ask Fountain whether a call may pass, as the guide configures them, in front of a static site: a real nginx, a
 * real Caddy, and what speaks as Traefik does.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPackages } from "../observability/caddy.ts";
import { send } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn, logInAndStepUp, registerService } from "../support/session.ts";
import { type RunningProxy, startCaddy, startNginx } from "./proxy.ts";
import { startTraefik } from "./traefik.ts";

const GUIDE = path.join(import.meta.dirname, "..", "..", "docs", "forward-auth.md");

/** The block of the guide about this proxy. */
const configurationOf = (name: string): string => {
  const [, text] =
    new RegExp(`## ${name}\\n[^#]*?\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(readFileSync(GUIDE, "utf8")) ?? [];
  if (text === undefined) throw new Error(`the guide has nothing about ${name}`);
  return text;
};

const missing = missingPackages(["nginx", "caddy"]);

let fountain: Fountain;
let administrator: Record<string, string>;
let token: Record<string, string>;
let key: Record<string, string>;
beforeAll(async () => {
  if (missing.length > 0) return;
  fountain = await startFountain({ settings: { TRUSTED_PROXIES: "127.0.0.1" } });
  administrator = await logInAndStepUp(fountain);
  await send(fountain, "PUT", "/gateway/upstreams/site", {
    headers: administrator,
    json: {
      targets: [],
      host: "site.example",
      scopes: { "site:read": "Read the site" },
      routes: [
        { match: "GET /open/**", anyone: true },
        { match: "GET /app/open/**", anyone: true },
        { match: "GET /near/**", policy: { effect: "allow", when: { addresses: ["127.0.0.1"] } } },
        { match: "GET /far/**", policy: { effect: "allow", when: { addresses: ["203.0.113.0/24"] } } },
        { match: "GET /**", scope: "site:read" },
      ],
    },
  });
  key = await registerService(fountain, administrator, "reader", ["site:read"]);
  token = await logIn(fountain);
}, 60_000);
afterAll(() => fountain?.stop());

describe.skipIf(missing.length > 0).each([
  ["nginx", startNginx],
  ["Caddy", startCaddy],
  ["Traefik", startTraefik],
])("%s", (name, start) => {
  let proxy: RunningProxy;
  beforeAll(async () => {
    proxy = await start(configurationOf(name), new URL(fountain.url).host);
  }, 30_000);
  afterAll(() => proxy?.stop());

  test("serves a static site to those who may read it", async () => {
    for (const credential of [token, key]) {
      const page = await proxy.get("/page.txt", credential);
      expect([page.status, page.body]).toEqual([200, "protected\n"]);
    }
    expect(await proxy.get("/open/page.txt")).toMatchObject({ status: 200, body: "open\n" });
  });

  test("decides the same with a query, whatever is in it", async () => {
    for (const query of ["?v=1&v=2", "?q=a%20b&next=/open/page.txt", "?", "?%2Fopen"]) {
      const page = await proxy.get(`/page.txt${query}`, token);
      expect([page.status, page.body]).toEqual([200, "protected\n"]);
      expect((await proxy.get(`/page.txt${query}`)).status).toBe(401);
      expect(await proxy.get(`/open/page.txt${query}`)).toMatchObject({ status: 200, body: "open\n" });
      expect(await proxy.get(`/app/x${query}`, token)).toMatchObject({ status: 200, body: "service\n" });
    }
  });

  test.each<[string, string, Record<string, string>, number]>([
    ["without a credential", "/page.txt", {}, 401],
    ["with a bad one", "/page.txt", { authorization: "Bearer x" }, 401],
    ["with a bad key", "/page.txt", { "x-api-key": "ftn_x" }, 401],
    ["with headers that claim an identity", "/page.txt", { "x-fountain-subject": "admin" }, 401],
    ["with another path in a header", "/page.txt", { "x-forwarded-uri": "/open/page.txt" }, 401],
    ["with another path in nginx's header", "/page.txt", { "x-original-uri": "/open/page.txt" }, 401],
    ["with another method in a header", "/page.txt", { "x-forwarded-method": "HEAD" }, 401],
    ["with another host in a header", "/page.txt", { "x-forwarded-host": "other.example" }, 401],
    ["with dots in the path", "/open/../page.txt", {}, 401],
    ["with encoded dots in the path", "/open/%2e%2e/page.txt", {}, 401],
    ["with an encoded slash in the path", "/open%2f..%2fpage.txt", {}, 401],
  ])("refuses a call %s", async (_, target, headers, status) => {
    const refused = await proxy.get(target, headers);
    expect(refused.body).not.toContain("protected");
    expect(refused.status === status || refused.status === 400 || refused.status === 500).toBe(true);
    if (refused.status === 401) expect(refused.headers["www-authenticate"]).toMatch(/^Bearer/);
  });

  test("has policies look at the client's address, which the client cannot choose", async () => {
    expect((await proxy.get("/near/page.txt", token)).status).toBe(200);
    expect((await proxy.get("/far/page.txt", token)).status).toBe(403);
    expect((await proxy.get("/far/page.txt", { ...token, "x-forwarded-for": "203.0.113.7" })).status).toBe(403);
  });

  test("says to what is behind it who calls, and nothing that the caller says of themselves", async () => {
    const claims = { "x-fountain-roles": "admin", "x-fountain-subject": "admin", "x-fountain-acr": "aal2" };
    // Some services read these as the same names.
    const alike = { x_fountain_roles: "admin", "x-fountain_subject": "admin", "x.fountain.acr": "aal2" };
    expect((await proxy.get("/app/x", { ...key, ...claims, ...alike })).body).toBe("service\n");
    const seen = proxy.passedOn();
    expect(seen).toMatchObject({
      authorization: expect.stringMatching(/^Bearer ey/),
      "x-fountain-subject": "service:reader",
      "x-fountain-scope": "site:read",
    });
    expect(seen["x-fountain-roles"] ?? "").toBe("");
    expect(seen["x-fountain-acr"]).toBe("aal1");
    expect(seen["x-api-key"] ?? "").toBe("");
    for (const name of Object.keys(alike)) expect(seen[name] ?? "").toBe("");
    expect((await proxy.get("/app/open/x", { ...token, ...claims })).body).toBe("service\n");
    const anyone = proxy.passedOn();
    for (const name of ["authorization", ...Object.keys(claims)]) expect(anyone[name] ?? "").toBe("");
  });
});
