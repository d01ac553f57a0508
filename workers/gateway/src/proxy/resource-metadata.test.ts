/** Protected resource metadata (RFC 9728), and how a client finds it. */
import { expect, test } from "vitest";
import { bearer, useTestGateway } from "../../../../tests/support/gateway/each.ts";
import { ISSUER } from "../../../../tests/support/gateway.ts";

const { gateway, get } = useTestGateway();
const METADATA = "/.well-known/oauth-protected-resource";

const described = async (url: string): Promise<Record<string, unknown>> => {
  const response = await get(url);
  expect(response.status, url).toBe(200);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  return response.json();
};
const addressIn = (response: Response): string =>
  /resource_metadata="([^"]+)"/.exec(response.headers.get("www-authenticate") ?? "")?.[1] ?? "";

test("every worker is a resource of its own, and the installation is one", async () => {
  expect(await described(METADATA)).toMatchObject({ resource: ISSUER, authorization_servers: [ISSUER] });
  expect(await described(`${METADATA}/service-a`)).toEqual({
    resource: `${ISSUER}/service-a`,
    authorization_servers: [ISSUER],
    scopes_supported: ["sequence:write", "sequence:read", "users:admin"],
    bearer_methods_supported: ["header"],
    dpop_signing_alg_values_supported: expect.arrayContaining(["ES256"]),
    resource_documentation: `${ISSUER}/docs`,
  });
  for (const worker of ["kms", "twofa", "search"])
    expect(await described(`${METADATA}/${worker}`)).toMatchObject({ resource: `${ISSUER}/${worker}` });
});

test("a client that calls an upstream without a token is told where its metadata is, and finds it there", async () => {
  gateway().configure({
    upstream: {
      notes: { targets: ["http://notes.test"], scopes: { "notes:read": "Read" } },
      tools: { targets: ["http://tools.test"], prefix: "/mcp/tools" },
      site: { targets: ["http://site.test"], host: "site.localhost" },
      part: { targets: ["http://part.test"], host: "site.localhost", prefix: "/part" },
    },
  });
  for (const [call, resource, origin] of [
    ["/notes/items?x=1", `${ISSUER}/notes`, ISSUER],
    ["/mcp/tools/x", `${ISSUER}/mcp/tools`, ISSUER],
    ["http://site.localhost/items", "http://site.localhost:8787", "http://site.localhost:8787"],
    ["http://site.localhost/part/x", "http://site.localhost:8787/part", "http://site.localhost:8787"],
    ["/search/status", `${ISSUER}/search`, ISSUER],
    ["/gateway/limits", ISSUER, ISSUER],
  ] as const) {
    const refused = await get(call);
    expect(refused.status, call).toBe(401);
    const address = addressIn(refused);
    expect(address).toBe(`${origin}${METADATA}${resource.slice(origin.length)}`);
    expect(await described(address)).toMatchObject({ resource, authorization_servers: [ISSUER] });
  }
  expect(await described(`${METADATA}/notes`)).toMatchObject({ scopes_supported: ["notes:read"] });
});

test("an invalid token is told so too, and one that lacks a scope", async () => {
  expect(addressIn(await get("/search/status", bearer("x")))).toBe(`${ISSUER}${METADATA}/search`);
  const forbidden = await get("/search/status", bearer(await gateway().userToken({ scope: "" })));
  expect([forbidden.status, addressIn(forbidden)]).toEqual([
    403,
    `${ISSUER}/.well-known/oauth-protected-resource/search`,
  ]);
});

test("nothing is described that is not there", async () => {
  gateway().configure({ upstream: { notes: { targets: ["http://notes.test"] } } });
  for (const path of ["/nothing", "/notes/items", "/gateway", "/Search"])
    expect((await get(METADATA + path)).status, path).toBe(404);
});

test("an upstream with a host of its own describes itself where anyone may call it there", async () => {
  const routes = [{ match: `GET ${METADATA}`, anyone: true }, { match: "* /**" }];
  gateway().configure({ upstream: { site: { targets: ["http://site.test"], host: "site.localhost", routes } } });
  // It is called, and not reached in this test.
  expect((await get(`http://site.localhost${METADATA}`)).status).toBe(502);
});
