import { beforeEach, describe, expect, test } from "vitest";
import { createTestGateway, type TestGateway } from "../../../../tests/support/gateway.ts";

let gateway: TestGateway;
let user: string;
let reached: { method: string; url: string; headers: Headers }[];
beforeEach(async () => {
  gateway = await createTestGateway();
  user = await gateway.userToken({ scope: "notes:read" });
  reached = [];
  gateway.egress.reach = async (url, { method = "", headers }) => {
    reached.push({ method, url, headers: new Headers(headers) });
    return Response.json({ ok: true });
  };
});

const UPSTREAM = {
  targets: ["http://127.0.0.1:9000"],
  scopes: { "notes:read": "Read notes" },
  routes: [
    { match: "GET /open/**", anyone: true },
    { match: "GET /mine/{owner}/**", policy: { effect: "allow", when: { path: { owner: "$subject" } } } },
    { match: "GET /office", policy: "office" },
    { match: "POST /pay", stepUp: { maxAgeSeconds: 300 } },
    { match: "* /**", scope: "notes:read" },
  ],
};

const configure = (policy: Record<string, object>, upstream: object = UPSTREAM): void =>
  gateway.configure({ upstream: { notes: upstream }, policy });

const call = (
  path: string,
  { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {},
) =>
  gateway.fetch(path, {
    method,
    headers: { authorization: `Bearer ${user}`, "cf-connecting-ip": "10.1.2.3", ...headers },
  });

const DENY = (...routes: string[]) => ({ effect: "deny", routes });

describe("policies", () => {
  test("refuse with 403, without a challenge, and the log names them once a second", async () => {
    configure({ "no-admin": DENY("* /notes/admin/**") });
    const refused = await call("/notes/admin/x");
    expect(refused.status).toBe(403);
    expect(refused.headers.has("www-authenticate")).toBe(false);
    expect(await refused.json()).toMatchObject({ code: "forbidden", detail: "A policy does not allow this call." });
    await call("/notes/admin/x");
    expect(gateway.ruleLines).toEqual(["policy-refused no-admin"]);
    gateway.clock.nowMs += 1_000;
    await call("/notes/admin/x");
    expect(gateway.ruleLines).toHaveLength(2);
    expect(gateway.refusals).toContainEqual(expect.objectContaining({ action: "access.refuse", reason: "forbidden" }));
    expect(reached).toEqual([]);
    expect((await call("/notes/other")).status).toBe(200);
  });

  test.each([
    "/notes/admin",
    "/notes/admin/",
    "/notes/%61dmin/x",
    "/notes/admin/caf%c3%a9",
    "/notes/x/../admin/y",
    "//notes/admin/x",
    "/notes/admin;v=1/x",
    "/notes/admin%2Fx",
    "/notes//admin/x",
  ])("are not walked around by %s, of an upstream that is lenient or not", async (path) => {
    for (const lenientPaths of [false, true]) {
      configure({ "no-admin": DENY("* /notes/admin/**", "* /admin/**") }, { ...UPSTREAM, lenientPaths });
      expect((await call(path)).status).not.toBe(200);
      expect(reached).toEqual([]);
    }
  });

  test("apply to HEAD as to GET, and to the method that is called, whatever header fields say", async () => {
    configure({ reads: DENY("GET /notes/a"), writes: DENY("DELETE /notes/b") });
    expect((await call("/notes/a", { method: "HEAD" })).status).toBe(403);
    const overridden = { "x-http-method-override": "DELETE", "x-http-method": "DELETE", "x-method-override": "DELETE" };
    expect((await call("/notes/b", { method: "POST", headers: overridden })).status).toBe(200);
    expect(reached.map(({ method }) => method)).toEqual(["POST"]);
    for (const name of Object.keys(overridden)) expect(reached[0]?.headers.has(name)).toBe(false);
  });

  test("apply where anyone may call, and to Fountain's own routes", async () => {
    configure({ here: DENY("GET /notes/open/**", "* /kms/**", "GET /openapi.json") });
    for (const path of ["/notes/open/x", "/kms/me", "/openapi.json"]) expect((await call(path)).status).toBe(403);
    const login = await gateway.fetch("/kms/login", {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect(login.status).toBe(403);
    expect(gateway.received).toEqual([]);
  });

  test("bind a name in the path to the caller", async () => {
    configure({});
    expect((await call("/notes/mine/user-1/x")).status).toBe(200);
    expect((await call("/notes/mine/user-2/x")).status).toBe(403);
    expect(gateway.ruleLines).toEqual(["policy-refused notes: GET /mine/{owner}/**"]);
  });

  test("that a route names apply to it, and refuse everything there if they do not exist", async () => {
    configure({});
    expect((await call("/notes/office")).status).toBe(403);
    expect(gateway.ruleLines).toEqual(["policy-refused office"]);
    configure({ office: { effect: "allow", routes: ["GET /nowhere"], when: { addresses: ["10.0.0.0/8"] } } });
    expect((await call("/notes/office")).status).toBe(200);
    expect((await call("/notes/office", { headers: { "cf-connecting-ip": "203.0.113.7" } })).status).toBe(403);
  });

  test("come before the second factor, so that no code is used up", async () => {
    configure({ closed: DENY("POST /notes/pay") });
    expect((await call("/notes/pay", { method: "POST", headers: { "x-otp": "123456" } })).status).toBe(403);
    expect(gateway.twofa.used).toEqual([]);
    configure({});
    expect((await call("/notes/pay", { method: "POST", headers: { "x-otp": "123456" } })).status).toBe(200);
    expect(gateway.twofa.used).toHaveLength(1);
  });

  test("come after the scope", async () => {
    configure({ closed: DENY("* /**") });
    user = await gateway.userToken({ scope: "search:read" });
    expect((await call("/notes/x")).headers.get("www-authenticate")).toContain("insufficient_scope");
    expect(gateway.ruleLines).toEqual([]);
  });

  test("that deny everything lock out neither who may change them nor health checks", async () => {
    configure({ closed: DENY("* /**"), unmet: { effect: "allow", routes: ["* /**"], when: { roles: ["unheld"] } } });
    expect((await call("/notes/x")).status).toBe(403);
    expect((await call("/health")).status).toBe(200);
    const administrator = {
      authorization: `Bearer ${await gateway.userToken({ scope: "gateway:write", acr: "aal2" })}`,
    };
    // There is no such row, which says that the policies let it pass.
    const deleted = await call("/gateway/policies/closed", { method: "DELETE", headers: administrator });
    expect(await deleted.json()).not.toMatchObject({ code: "forbidden" });
    const verified = await call("/twofa/auth/verify", { method: "POST", headers: administrator });
    expect(verified.status).toBe(200);
    expect(gateway.ruleLines).toEqual(["policy-refused closed"]);
    const reader = { authorization: `Bearer ${await gateway.userToken({ scope: "gateway:read" })}` };
    expect((await call("/gateway/policies", { headers: reader })).status).toBe(403);
    expect((await call("/kms/me", { headers: administrator })).status).toBe(403);
  });

  test("in a dry run refuse nothing", async () => {
    configure({
      rehearsed: { ...DENY("* /notes/**"), dryRun: true },
      planned: { effect: "allow", routes: ["* /notes/**"], when: { roles: ["admin"] }, dryRun: true },
    });
    expect((await call("/notes/x")).status).toBe(200);
    expect(gateway.ruleLines.toSorted()).toEqual(["policy-would-refuse planned", "policy-would-refuse rehearsed"]);
  });
});

describe("an upstream's firewall", () => {
  test("comes before the credential and the route, and counts no address that is not known", async () => {
    configure({}, { ...UPSTREAM, firewall: [{ effect: "allow", addresses: ["10.0.0.0/8"] }, { effect: "deny" }] });
    expect((await call("/notes/x")).status).toBe(200);
    for (const address of ["203.0.113.7", ""]) {
      const refused = await gateway.fetch("/notes/nowhere", { headers: { "cf-connecting-ip": address } });
      expect(refused.status).toBe(403);
      expect(refused.headers.has("www-authenticate")).toBe(false);
    }
    expect(gateway.ruleLines).toEqual(["firewall-refused notes #2"]);
  });
});

test("a path that could be read as two routes fits none", async () => {
  const routes = [
    { match: "GET /{page}", anyone: true },
    { match: "GET /admin/**", scope: "notes:admin" },
  ];
  configure({}, { ...UPSTREAM, routes, lenientPaths: true });
  expect((await call("/notes/page;v=1")).status).toBe(200);
  expect((await call("/notes/admin%2Fusers")).status).toBe(404);
  expect((await call("/notes/admin;v=1/users")).status).toBe(404);
  expect(reached).toHaveLength(1);
});
