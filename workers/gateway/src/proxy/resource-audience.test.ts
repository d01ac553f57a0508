/** Tokens that are good for one upstream, by its URL (RFC 8707). */
import { expect, test } from "vitest";
import { bearer, useTestGateway } from "../../../../tests/support/gateway/each.ts";
import { ISSUER } from "../../../../tests/support/gateway.ts";

const { gateway, get } = useTestGateway();

/** The statuses of calls with a token of this audience. */
const statuses = async (aud: unknown, paths: readonly string[]): Promise<number[]> => {
  const headers = bearer(await gateway().userToken({ aud, scope: "search:read notes:read" }));
  const responses = await Promise.all(paths.map((path) => get(path, headers)));
  return responses.map(({ status }) => status);
};

const open = (): void => {
  gateway().egress.reach = async () => Response.json({});
  gateway().configure({
    upstream: {
      notes: { targets: ["http://127.0.0.1:9000"], scopes: { "notes:read": "Read" } },
      tools: { targets: ["http://127.0.0.1:9001"], prefix: "/mcp/tools" },
      other: { targets: ["http://127.0.0.1:9002"], prefix: "/tools" },
      site: { targets: ["http://127.0.0.1:9003"], host: "site.localhost", prefix: "/notes" },
      whole: { targets: ["http://127.0.0.1:9004"], host: "whole.localhost" },
    },
  });
};

const CALLS = [
  "/notes/items",
  "/mcp/tools/x",
  "/tools/x",
  "http://site.localhost/notes/items",
  "/search/status",
  "/gateway/limits",
];

test("a token for an upstream opens that one, and nothing else", async () => {
  open();
  expect(await statuses(`${ISSUER}/notes`, CALLS)).toEqual([200, 401, 401, 401, 401, 401]);
  expect(await statuses(`${ISSUER}/mcp/tools`, CALLS)).toEqual([401, 200, 401, 401, 401, 401]);
  // The name of the upstream below /mcp/tools, and the prefix of another.
  expect(await statuses(`${ISSUER}/tools`, CALLS)).toEqual([401, 401, 200, 401, 401, 401]);
  expect(await statuses([`${ISSUER}/notes`, "search"], CALLS)).toEqual([200, 401, 401, 401, 200, 401]);
  const site = "http://site.localhost:8787";
  expect(await statuses(`${site}/notes`, CALLS)).toEqual([401, 401, 401, 200, 401, 401]);
  expect(await statuses(site, CALLS)).toEqual([401, 401, 401, 401, 401, 401]);
  const whole = ["http://whole.localhost/notes/items", ...CALLS];
  expect(await statuses("http://whole.localhost:8787", whole)).toEqual([200, 401, 401, 401, 401, 401, 401]);
  expect(await statuses("fountain", CALLS.slice(0, 5))).toEqual([200, 200, 200, 200, 200]);
});

test("what an upstream itself receives, and what is for another place, opens none", async () => {
  open();
  for (const aud of ["notes", `${ISSUER}/notes/`, `${ISSUER}/notes/items`, "http://evil.example/notes", "search", []])
    expect([aud, await statuses(aud, CALLS.slice(0, 2))]).toEqual([aud, [401, 401]]);
});
