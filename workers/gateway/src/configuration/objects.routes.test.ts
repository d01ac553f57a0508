/** What is configured, through the gateway and on a real database. */
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, type Call, expectProblem, send } from "../../../../tests/support/call.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { itemsOf, pointersOf } from "../../../../tests/support/service-a.ts";
import { logIn, logInAndStepUp, registerService } from "../../../../tests/support/session.ts";

let fountain: Fountain;
let plain: Record<string, string>;
let administrator: Record<string, string>;
beforeAll(async () => {
  fountain = await startFountain();
  plain = await logIn(fountain);
  administrator = await logInAndStepUp(fountain);
});
afterAll(() => fountain?.stop());

const call = (method: string, path: string, { headers, ...rest }: Call = {}): Promise<Answer> =>
  send(fountain, method, `/gateway${path}`, { ...rest, headers: { ...administrator, ...headers } });

const LIMIT = { match: "POST /kms/login", per: "address", limit: 1_000, window: "1m" };
const POLICY = { effect: "deny", routes: ["* /notes/admin/**"], when: { roles: ["intern"] } };
const UPSTREAM = {
  targets: ["http://127.0.0.1:9000"],
  scopes: { "notes:read": "Read notes" },
  routes: [{ match: "GET /items/{id}", scope: "notes:read" }],
};
const KINDS = [
  ["/limits/all-logins", LIMIT],
  ["/policies/no-interns", POLICY],
  ["/upstreams/notes", UPSTREAM],
] as const;

describe.each(KINDS)("%s", (path, body) => {
  const list = path.slice(0, path.lastIndexOf("/"));
  const name = path.slice(list.length + 1);

  test("is created, shown, replaced, listed and deleted", async () => {
    const created = await call("PUT", path, { json: body });
    expect(created).toMatchObject({ status: 201, body: { name, ...body, source: "api" } });
    expect(created.headers.get("location")).toBe(`/gateway${path}`);
    const shown = await call("GET", path);
    expect(shown).toMatchObject({ status: 200, body: created.body });
    expect(shown.headers.get("etag")).toBe(created.headers.get("etag"));
    expect(await call("PUT", path, { json: body })).toMatchObject({ status: 200, body: { name, ...body } });
    expect(itemsOf(await call("GET", `${list}?limit=200`)).map((item) => item["name"])).toContain(name);
    expect((await call("DELETE", path)).status).toBe(204);
    expectProblem(await call("GET", path), 404);
    expectProblem(await call("DELETE", path), 404);
  });

  test("is changed only as the conditions of the call say", async () => {
    expectProblem(await call("PUT", path, { json: body, headers: { "if-match": '"1"' } }), 412);
    const created = await call("PUT", path, { json: body, headers: { "if-none-match": "*" } });
    expect(created.status).toBe(201);
    expectProblem(await call("PUT", path, { json: body, headers: { "if-none-match": "*" } }), 412);
    const match = { "if-match": String(created.headers.get("etag")) };
    expect((await call("PUT", path, { json: body, headers: match })).status).toBe(200);
    expectProblem(await call("PUT", path, { json: body, headers: match }), 412);
    expectProblem(await call("DELETE", path, { headers: match }), 412);
    expect((await call("DELETE", path)).status).toBe(204);
  });

  test("is changed by someone with a second factor, and by no service", async () => {
    const keys = await registerService(fountain, administrator, `reader-of${list.replace("/", "-")}`, ["gateway:read"]);
    for (const method of ["PUT", "DELETE"]) {
      const answer = await send(fountain, method, `/gateway${path}`, { json: body, headers: plain });
      expectProblem(answer, 401);
      expect(answer.headers.get("www-authenticate")).toContain("insufficient_user_authentication");
      expectProblem(await send(fountain, method, `/gateway${path}`, { json: body, headers: keys }), 403);
      expectProblem(await send(fountain, method, `/gateway${path}`, { json: body }), 401);
    }
    expect((await send(fountain, "GET", `/gateway${list}`, { headers: keys })).status).toBe(200);
    expectProblem(await send(fountain, "GET", `/gateway${list}`), 401);
    expectProblem(await call("GET", path), 404);
  });
});

const FEW = { name: "few", per: "all", limit: 1, window: "1m" };

describe("what cannot be stored is refused, and changes nothing", () => {
  test.each<[string, object, string[]]>([
    ["/limits/x", { ...LIMIT, window: "2d" }, ["#/window"]],
    ["/limits/x", { ...LIMIT, window: "0s" }, ["#/window"]],
    ["/limits/x", { ...LIMIT, match: "/kms/login" }, ["#/match"]],
    ["/limits/x", { ...LIMIT, per: "user" }, ["#/per"]],
    ["/limits/x", { ...LIMIT, limit: 0 }, ["#/limit"]],
    ["/limits/x", { ...LIMIT, extra: 1 }, ["#/extra"]],
    ["/limits/X", LIMIT, ["#/param/name"]],
    ["/policies/x", { ...POLICY, routes: [] }, ["#/routes"]],
    ["/policies/x", { ...POLICY, when: { addresses: ["10.0.0.1/40"] } }, ["#/when/addresses/0"]],
    [
      "/policies/x",
      { ...POLICY, when: { hours: { zone: "Mars/Base", from: "09:00", to: "17:00" } } },
      ["#/when/hours/zone"],
    ],
    [
      "/policies/x",
      { ...POLICY, when: { hours: { zone: "UTC", from: "9", to: "25:00" } } },
      ["#/when/hours/from", "#/when/hours/to"],
    ],
    ["/upstreams/x", { ...UPSTREAM, targets: ["ftp://127.0.0.1"] }, ["#/targets/0"]],
    ["/upstreams/x", { ...UPSTREAM, targets: ["http://user:pw@127.0.0.1"] }, ["#/targets/0"]],
    ["/upstreams/x", { ...UPSTREAM, host: "localhost" }, ["#/host"]],
    ["/upstreams/x", { ...UPSTREAM, host: "127.0.0.1" }, ["#/host"]],
    ["/upstreams/x", { ...UPSTREAM, prefix: "/kms/x" }, ["#/prefix"]],
    ["/upstreams/x", { ...UPSTREAM, prefix: "/a/../b" }, ["#/prefix"]],
    ["/upstreams/x", { ...UPSTREAM, prefix: "/" }, ["#/prefix"]],
    ["/upstreams/x", { ...UPSTREAM, scopes: { "kms:read": "" } }, ["#/scopes/kms:read"]],
    ["/upstreams/x", { ...UPSTREAM, routes: [{ match: "GET /", anyone: true, scope: "notes:read" }] }, ["#/routes/0"]],
    ["/upstreams/x", { ...UPSTREAM, targets: ["http://192.0.0.192"] }, ["#/targets/0"]],
    [
      "/upstreams/x",
      { ...UPSTREAM, firewall: [{ effect: "deny", calls: ["* /x/admin/**", "* /admin/**"] }, { effect: "allow" }] },
      ["#/firewall/0/calls/1"],
    ],
    [
      "/upstreams/x",
      {
        ...UPSTREAM,
        routes: [{ match: "GET /{id}", policy: { effect: "allow", when: { path: { id: "1", owner: "2" } } } }],
      },
      ["#/routes/0/policy/when/path/owner"],
    ],
    ["/limits/x", { ...LIMIT, match: "GET /x/{a}/{a}" }, ["#/match"]],
    ["/policies/x", { ...POLICY, routes: ["GET /x/{a}", "GET /x/{a}/{b}/{a+}"] }, ["#/routes/1"]],
    ["/upstreams/x", { ...UPSTREAM, routes: [{ match: "GET /{a}/{a}" }] }, ["#/routes/0/match"]],
    [
      "/upstreams/x",
      {
        ...UPSTREAM,
        limits: [FEW, FEW],
        routes: [
          { match: "GET /a", limits: [FEW] },
          { match: "GET /b", limits: [{ ...FEW, name: "b" }] },
          {
            match: "GET /c",
            limits: [
              { ...FEW, name: "b" },
              { ...FEW, name: "c" },
              { ...FEW, name: "b" },
            ],
          },
        ],
      },
      ["#/limits/1/name", "#/routes/0/limits/0/name", "#/routes/2/limits/2/name"],
    ],
    ["/upstreams/kms", UPSTREAM, ["#/param/name"]],
    ["/upstreams/fountain", UPSTREAM, ["#/param/name"]],
  ])("%s %j", async (path, json, pointers) => {
    const answer = await call("PUT", path, { json });
    expectProblem(answer, 422);
    expect(pointersOf(answer)).toEqual(pointers);
    expect([404, 422]).toContain((await call("GET", path)).status);
  });
});

test("two upstreams have neither one prefix nor one scope", async () => {
  expect((await call("PUT", "/upstreams/films", { json: { targets: [], scopes: { "films:read": "" } } })).status).toBe(
    201,
  );
  const samePrefix = await call("PUT", "/upstreams/movies", { json: { targets: [], prefix: "/films" } });
  expectProblem(samePrefix, 409);
  const sameScope = await call("PUT", "/upstreams/movies", { json: { targets: [], scopes: { "films:read": "" } } });
  expectProblem(sameScope, 409);
  expect(sameScope.body["detail"]).toContain("films");
  expectProblem(await call("GET", "/upstreams/movies"), 404);
  const onItsHost = { targets: [], prefix: "/films", host: "movies.example.org" };
  expect((await call("PUT", "/upstreams/movies", { json: onItsHost })).status).toBe(201);
});

test("the scopes of an upstream can be granted as soon as it is there, and no longer when it is gone", async () => {
  const json = { targets: [], scopes: { "plays:read": "Read plays" } };
  const role = { json: { permissions: ["plays:read"] }, headers: administrator };
  expectProblem(await send(fountain, "PUT", "/kms/roles/actor", role), 422);
  expect((await call("PUT", "/upstreams/plays", { json })).status).toBe(201);
  expect((await send(fountain, "PUT", "/kms/roles/actor", role)).status).toBe(200);
  expect((await call("DELETE", "/upstreams/plays")).status).toBe(204);
  expectProblem(await send(fountain, "PUT", "/kms/roles/player", role), 422);
});

describe("a refused change of an upstream", () => {
  const grantable = async (scope: string): Promise<boolean> => {
    const role = { json: { permissions: [scope] }, headers: administrator };
    return (await send(fountain, "PUT", "/kms/roles/tester", role)).status === 200;
  };
  const json = { targets: [], scopes: { "songs:read": "" } };

  test("leaves its scopes as they are, and reserves none for it", async () => {
    const created = await call("PUT", "/upstreams/songs", { json });
    const match = { "if-match": String(created.headers.get("etag")) };
    expect((await call("PUT", "/upstreams/songs", { json, headers: match })).status).toBe(200);
    const other = { targets: [], scopes: { "tunes:read": "" } };
    expectProblem(await call("PUT", "/upstreams/songs", { json: other, headers: match }), 412);
    expectProblem(await call("PUT", "/upstreams/tunes", { json: { ...other, prefix: "/songs" } }), 409);
    expect([await grantable("songs:read"), await grantable("tunes:read")]).toEqual([true, false]);
    expect((await call("PUT", "/upstreams/airs", { json: other })).status).toBe(201);
  });

  test("leaves those that are stored, whichever of several at once it is", async () => {
    const match = { "if-match": String((await call("GET", "/upstreams/songs")).headers.get("etag")) };
    const scopes = Array.from({ length: 6 }, (_, at) => `songs:verb-${at}`);
    const outcomes = await Promise.all(
      scopes.map((scope) =>
        call("PUT", "/upstreams/songs", { json: { targets: [], scopes: { [scope]: "" } }, headers: match }),
      ),
    );
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412, 412, 412]);
    const { body } = await call("GET", "/upstreams/songs");
    const granted = await Promise.all(scopes.map(grantable));
    expect(scopes.filter((_, at) => granted[at])).toEqual(Object.keys(Object(body["scopes"])));
  });
});

test("the host of an upstream is a target of tokens as long as it is there", async () => {
  const url = "http://sheets.example:8787";
  const tokenFor = async (): Promise<unknown> => {
    const login = { username: fountain.adminUsername, password: fountain.adminPassword };
    const { body: tokens } = await send(fountain, "POST", "/kms/login", { json: login });
    const form = { grant_type: "refresh_token", refresh_token: String(tokens["refresh_token"]), resource: `${url}/` };
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const { body } = await send(fountain, "POST", "/kms/token", { text: `${new URLSearchParams(form)}`, headers });
    return body["error"] ?? decodeJwt(String(body["access_token"])).aud;
  };
  expect(await tokenFor()).toBe("invalid_target");
  expect((await call("PUT", "/upstreams/sheets", { json: { targets: [], host: "sheets.example" } })).status).toBe(201);
  expect(await tokenFor()).toBe(url);
  expect((await call("DELETE", "/upstreams/sheets")).status).toBe(204);
  expect(await tokenFor()).toBe("invalid_target");
});

test("who has an upstream in another state gets it anew, and can change it all the same", async () => {
  const json = { targets: ["http://127.0.0.1:1"], retries: 0 };
  const created = await call("PUT", "/upstreams/stateful", { json });
  const etag = String(created.headers.get("etag"));
  const shown = () => call("GET", "/upstreams/stateful", { headers: { "if-none-match": etag } });
  expect((await shown()).status).toBe(304);
  await expect
    .poll(async () => {
      await send(fountain, "GET", "/stateful/x", { headers: administrator });
      return (await shown()).status;
    })
    .toBe(200);
  const changed = await call("PUT", "/upstreams/stateful", { json, headers: { "if-match": etag } });
  expect(changed.status).toBe(200);
});

test("what will not work as things are is stored with a warning, until it does", async () => {
  const routes = [
    { match: "GET /{id}", policy: "later" },
    { match: "POST /", scope: "plays:raed" },
  ];
  const created = await call("PUT", "/upstreams/plays", {
    json: { ...UPSTREAM, scopes: { "plays:read": "" }, routes },
  });
  const warnings = [
    { pointer: "#/routes/0/policy", detail: "there is no policy later, so every call of this route is refused" },
    { pointer: "#/routes/1/scope", detail: "no upstream declares plays:raed, so only administrators have it" },
  ];
  expect(created).toMatchObject({ status: 201, body: { warnings } });
  const shown = await call("GET", "/upstreams/plays");
  expect(shown.body).toEqual(created.body);
  expectProblem(await send(fountain, "GET", "/plays/1", { headers: administrator }), 403);
  expect(
    (await call("PUT", "/policies/later", { json: { ...POLICY, routes: ["* /plays/**"] } })).body,
  ).not.toHaveProperty("warnings");
  const later = await call("GET", "/upstreams/plays", {
    headers: { "if-none-match": String(shown.headers.get("etag")) },
  });
  expect(later).toMatchObject({ status: 200, body: { warnings: [warnings[1]] } });
  for (const path of ["/upstreams/plays", "/policies/later"]) expect((await call("DELETE", path)).status).toBe(204);
});
