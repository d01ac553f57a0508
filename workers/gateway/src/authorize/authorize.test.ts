import { beforeEach, describe, expect, test } from "vitest";
import { createTestGateway, GOOD_API_KEY, type TestGateway } from "../../../../tests/support/gateway.ts";
import { parseNetworks } from "../admission/client-address.ts";

const PROXY = "192.0.2.1";

let gateway: TestGateway;
let user: string;
beforeEach(async () => {
  gateway = await createTestGateway();
  gateway.trustedProxies.push(...(parseNetworks(PROXY) ?? []));
  user = await gateway.userToken({ scope: "notes:read sequence:read" });
  gateway.configure({
    upstream: {
      notes: {
        targets: [],
        scopes: { "notes:read": "Read notes" },
        routes: [
          { match: "GET /open/**", anyone: true },
          { match: "POST /pay", stepUp: { maxAgeSeconds: 300 } },
          { match: "GET /office", policy: { effect: "allow", when: { addresses: ["10.0.0.0/8"] } } },
          { match: "GET /**", scope: "notes:read" },
        ],
      },
      site: { targets: [], host: "site.example", identity: "none" },
    },
  });
});

const FORWARDED = {
  "cf-connecting-ip": PROXY,
  "x-forwarded-for": "203.0.113.7",
  "x-forwarded-method": "GET",
  "x-forwarded-uri": "/notes/1?x=1",
  "x-forwarded-host": "localhost:8787",
};

const ask = (headers: Record<string, string> = {}, query = ""): Promise<Response> => {
  const sent = Object.entries({ ...FORWARDED, ...headers }).filter(([, value]) => value !== "");
  return gateway.fetch(`/gateway/authorize${query}`, { headers: Object.fromEntries(sent) });
};

const bearer = () => ({ authorization: `Bearer ${user}` });

describe("a proxy that asks", () => {
  test("learns who calls, and gets a token for the upstream", async () => {
    const answer = await ask({ ...bearer(), "x-fountain-subject": "admin-1", "x-fountain-roles": "admin" });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      authorization: "Bearer token-for-notes-of-user-1",
      "x-fountain-subject": "user-1",
      "x-fountain-roles": "user",
      "x-fountain-scope": "notes:read",
      "x-fountain-acr": "aal1",
      "cache-control": "no-store",
    });
  });

  test("is let through with an API key, as the service that has it", async () => {
    gateway.configure({ upstream: { notes: { targets: [], routes: [{ match: "GET /**" }] } } });
    const answer = await ask({ "x-api-key": GOOD_API_KEY });
    expect(answer.headers.get("x-fountain-subject")).toBe("service:scripts");
  });

  test("finds an upstream by its host, and gets no token for one that wants none", async () => {
    const answer = await ask({ ...bearer(), "x-forwarded-host": "SITE.example:443", "x-forwarded-uri": "/notes/1" });
    expect([answer.status, answer.headers.get("x-fountain-subject")]).toEqual([200, "user-1"]);
    expect(answer.headers.has("authorization")).toBe(false);
  });

  test("may send the query of the call along, which decides nothing", async () => {
    expect((await ask(bearer(), "?x=1&x=2&q=a%20b")).status).toBe(200);
    expect((await ask({}, "?x-forwarded-uri=/notes/open/x")).status).toBe(401);
  });

  test("may send nginx's names of the fields", async () => {
    const original = { "x-original-method": "GET", "x-original-uri": "/notes/1" };
    expect((await ask({ ...bearer(), ...original, "x-forwarded-method": "", "x-forwarded-uri": "" })).status).toBe(200);
  });

  test("lets anyone call where anyone may, without a subject", async () => {
    const answer = await ask({ ...bearer(), "x-fountain-subject": "admin-1", "x-forwarded-uri": "/notes/open/x" });
    expect(answer.status).toBe(200);
    expect([answer.headers.has("authorization"), answer.headers.get("x-fountain-subject")]).toEqual([false, ""]);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ["no credential", { authorization: "" }, 401, "unauthenticated"],
    ["a bad one", { authorization: "Bearer x" }, 401, "unauthenticated"],
    ["a path that no route fits", { "x-forwarded-method": "DELETE" }, 404, "not-found"],
    ["a call for no upstream", { "x-forwarded-uri": "/kms/me" }, 404, "not-found"],
    ["a call that the policy refuses", { "x-forwarded-uri": "/notes/office" }, 403, "forbidden"],
    [
      "a call without its second factor",
      { "x-forwarded-method": "POST", "x-forwarded-uri": "/notes/pay" },
      401,
      "step-up-required",
    ],
    ["a path with dots", { "x-forwarded-uri": "/notes/open/../1" }, 400, "malformed-request"],
    ["a path with encoded dots", { "x-forwarded-uri": "/notes/open/%2e%2e/1" }, 400, "malformed-request"],
    ["a path with an empty segment", { "x-forwarded-uri": "/notes//1" }, 400, "malformed-request"],
    ["no description of the path", { "x-forwarded-uri": "" }, 400, "malformed-request"],
    ["no description of the method", { "x-forwarded-method": "" }, 400, "malformed-request"],
    ["no description of the host", { "x-forwarded-host": "" }, 400, "malformed-request"],
    ["no address of the client", { "x-forwarded-for": "" }, 400, "malformed-request"],
    ["two hosts", { "x-forwarded-host": "a, site.example" }, 400, "malformed-request"],
    ["a whole URL", { "x-forwarded-uri": "http://site.example/" }, 400, "malformed-request"],
    ["a method that none may call by", { "x-forwarded-method": "TRACE" }, 400, "malformed-request"],
    ["two paths", { "x-original-uri": "/notes/open/x" }, 400, "malformed-request"],
    ["two methods", { "x-original-method": "HEAD" }, 400, "malformed-request"],
    ["no trust", { "cf-connecting-ip": "203.0.113.7" }, 403, "forbidden"],
    ["no address of its own", { "cf-connecting-ip": "" }, 403, "forbidden"],
  ])("with %s gets what the gateway itself would say", async (_, headers, status, code) => {
    const answer = await ask({ ...bearer(), ...headers });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
    expect(answer.headers.has("authorization")).toBe(false);
    if (status === 401) expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });

  test("has policies and keys look at the client's address, behind every trusted proxy", async () => {
    const office = { ...bearer(), "x-forwarded-uri": "/notes/office" };
    expect((await ask({ ...office, "x-forwarded-for": "10.1.2.3" })).status).toBe(200);
    expect((await ask({ ...office, "x-forwarded-for": `10.1.2.3, ${PROXY}` })).status).toBe(200);
    expect((await ask({ ...office, "x-forwarded-for": "10.1.2.3, 203.0.113.7" })).status).toBe(403);
    expect((await ask({ ...office, "x-forwarded-for": "unknown" })).status).toBe(403);
    gateway.kms.allowedAddresses = ["10.0.0.0/8"];
    expect((await ask({ "x-api-key": GOOD_API_KEY })).status).toBe(401);
  });

  test("has a code used up by the call that it comes with", async () => {
    const pay = { ...bearer(), "x-forwarded-method": "POST", "x-forwarded-uri": "/notes/pay", "x-otp": "123456" };
    const answer = await ask(pay);
    expect([answer.status, answer.headers.get("x-fountain-acr")]).toEqual([200, "aal2"]);
    expect(gateway.twofa.used).toHaveLength(1);
  });

  test("is answered though a policy denies everything but what it asks about", async () => {
    expect((await ask(bearer())).status).toBe(200);
    gateway.configure({
      upstream: { notes: { targets: [] } },
      policy: { closed: { effect: "deny", routes: ["* /gateway/**"] } },
    });
    expect((await ask(bearer())).status).toBe(200);
  });

  test("is held against the limits of the call, and says so", async () => {
    const limits = [{ name: "few", per: "address", limit: 1, window: "1h" }];
    gateway.configure({ upstream: { notes: { targets: [], limits } } });
    const first = await ask(bearer());
    expect([first.status, first.headers.get("ratelimit")]).toEqual([200, expect.stringContaining('"few";r=0')]);
    const second = await ask(bearer());
    expect([second.status, second.headers.get("retry-after")]).toEqual([429, expect.stringMatching(/^35\d\d$|^3600$/)]);
    expect(second.headers.get("ratelimit")).toContain('"few"');
    expect((await ask({ ...bearer(), "x-forwarded-for": "203.0.113.8" })).status).toBe(200);
  });

  test("leaves the refusals of known callers in the audit trail", async () => {
    await ask({ ...bearer(), "x-forwarded-uri": "/notes/office" });
    expect(gateway.refusals).toContainEqual(
      expect.objectContaining({ action: "access.refuse", target: "GET /notes/office" }),
    );
  });
});

test("a call that is asked about counts as the call that it is, of its own caller, and once", async () => {
  const everywhere = { match: "* /**", per: "address", limit: 2, window: "1m" };
  gateway.configure({ limit: { everywhere }, upstream: { notes: { targets: [], routes: [{ match: "GET /**" }] } } });
  expect((await ask(bearer())).headers.get("ratelimit")).toBe('"everywhere";r=1;t=30');
  expect((await ask(bearer())).status).toBe(200);
  const refused = await ask(bearer());
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "30"]);
  expect(refused.headers.get("ratelimit-policy")).toBe('"everywhere";q=2;w=60');
  expect((await ask({ ...bearer(), "x-forwarded-for": "203.0.113.8" })).status).toBe(200);
});
