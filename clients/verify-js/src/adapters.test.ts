/** The adapters in real servers of their frameworks. */
import { createServer, type RequestListener } from "node:http";
import express from "express";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestSigner } from "../../../tests/support/tokens.ts";
import { createPublisher, ISSUER } from "../../../tests/support/verify/publisher.ts";
import { type Caller, createVerifier, forExpress, forFetch, forHono, forNode } from "./index.ts";

const signer = await createTestSigner("k1");
const publisher = createPublisher(signer.jwk);
const verifier = createVerifier({ issuer: ISSUER, audience: "notes", fetch: publisher.fetch, now: publisher.now });
const demand = { scopes: ["notes:read"] };

const hono = new Hono<{ Variables: { caller: Caller } }>();
hono.get("/", forHono(verifier, demand), (context) => context.text(context.get("caller").subject));

const expressApp = express();
expressApp.get("/", forExpress(verifier, demand), (request: express.Request & { caller?: Caller }, response) => {
  response.send(request.caller?.subject);
});

const fetchHandler = forFetch(
  verifier,
  (_request, { subject }, greeting: string) => new Response(greeting + subject),
  demand,
);
const nodeListener: RequestListener = forNode(
  verifier,
  (_request, response, { subject }) => response.end(subject),
  demand,
);

/** Serves on a port of its own while the tests of this group run. */
const served = (listener: RequestListener): ((request: Request) => Promise<Response>) => {
  const server = createServer(listener);
  let port: number;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = Object(server.address()).port;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return ({ headers }) => fetch(`http://127.0.0.1:${port}/`, { headers });
};

describe.each([
  ["Hono", () => async (request: Request) => hono.fetch(request)],
  ["Express", () => served(expressApp)],
  ["a fetch handler", () => (request: Request) => fetchHandler(request, "")],
  ["Node", () => served(nodeListener)],
])("%s", (_, start) => {
  const send = start();
  const call = async (authorization?: string): Promise<Response> =>
    send(new Request("http://notes/", { headers: authorization === undefined ? {} : { authorization } }));
  const bearer = async (claims: Record<string, unknown> = {}): Promise<string> =>
    `Bearer ${await signer.sign(publisher.claims(claims))}`;

  test("passes the caller on", async () => {
    const response = await call(await bearer());
    expect([response.status, await response.text()]).toEqual([200, "user-1"]);
  });

  test.each([
    ["without a token", () => undefined, 401, "Bearer"],
    ["with an invalid token", () => "Bearer x", 401, 'Bearer error="invalid_token"'],
    ["without the scope", () => bearer({ scope: "" }), 403, 'Bearer error="insufficient_scope", scope="notes:read"'],
  ])("refuses a call %s", async (_name, authorization, status, challenge) => {
    const response = await call(await authorization());
    const { headers } = response;
    expect([response.status, headers.get("www-authenticate")]).toEqual([status, challenge]);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toMatchObject({ status, type: expect.stringMatching(/^urn:fountain:problem:/) });
  });
});

test.each([forHono, forExpress])("a demand that cannot be meant is refused at the start: %o", (adapter) => {
  expect(() => adapter(verifier, { maxAgeSeconds: -1 })).toThrow(TypeError);
});
