/** A service that knows nothing of Fountain, put behind it by one call. */
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectProblem, send } from "../../../../tests/support/call.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, logInAndStepUp, registerService } from "../../../../tests/support/session.ts";

/** What a service may say of a host of its own only. */
const OF_HOST = { "clear-site-data": '"*"', "set-cookie": ["__Host-fountain=s; Secure; Path=/", "own=1"] };

let fountain: Fountain;
let service: Server;
let plain: Record<string, string>;
let administrator: Record<string, string>;
const received: IncomingMessage[] = [];

const put = async (name: string, body: object) => {
  const stored = await send(fountain, "PUT", `/gateway/upstreams/${name}`, { json: body, headers: administrator });
  expect(stored.status).toBe(201);
};
const last = () => received.at(-1)?.headers ?? {};

beforeAll(async () => {
  fountain = await startFountain();
  plain = await logIn(fountain);
  administrator = await logInAndStepUp(fountain);
  service = createServer((request, response) => {
    received.push(request);
    if (request.url === "/moved") return response.writeHead(302, { location: "/kms/me" }).end();
    response.writeHead(200, { "content-type": "text/plain", "x-own": "yes", ...OF_HOST });
    request.pipe(response);
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const { port }: AddressInfo = Object(service.address());
  const targets = [`http://127.0.0.1:${port}`];
  await put("notes", {
    targets,
    scopes: { "notes:read": "Read notes", "notes:write": "Write notes" },
    routes: [
      { match: "GET /items/{id}", scope: "notes:read" },
      { match: "POST /items", scope: "notes:write" },
      { match: "GET /moved", anyone: true },
    ],
  });
  await put("pages", { targets, host: "pages.example", routes: [{ match: "* /**", anyone: true }] });
  await put("old-notes", { targets, identity: "headers", keepPrefix: true });
});
afterAll(async () => {
  await fountain?.stop();
  service?.close();
});

test("it is called with an API key of a service that has its scope, and refused without", async () => {
  const reader = await registerService(fountain, administrator, "reader", ["notes:read"]);
  const found = await send(fountain, "GET", "/notes/items/7?q=1", { headers: reader });
  expect([found.status, found.headers.get("x-own"), received.at(-1)?.url]).toEqual([200, "yes", "/items/7?q=1"]);
  expectProblem(await send(fountain, "POST", "/notes/items", { headers: reader, json: {} }), 403);
  expectProblem(await send(fountain, "GET", "/notes/items/7"), 401);
  expectProblem(await send(fountain, "GET", "/notes/other", { headers: reader }), 404);
  expectProblem(await send(fountain, "GET", "/nowhere", { headers: reader }), 404);
});

test("it learns who calls by a token for it alone, which any library can verify", async () => {
  await send(fountain, "POST", "/notes/items", { headers: administrator, json: { text: "a" } });
  const token = String(last().authorization).replace("Bearer ", "");
  const keys = createRemoteJWKSet(new URL(`${fountain.url}/.well-known/jwks.json`));
  const { payload } = await jwtVerify(token, keys, { audience: "notes", typ: "at+jwt" });
  expect(payload).toMatchObject({ scope: "notes:read notes:write", acr: "aal2", sub: expect.any(String) });
  expect(Number(payload.exp) - Date.now() / 1000).toBeLessThanOrEqual(300);
  expectProblem(await send(fountain, "GET", "/kms/me", { token }), 401);
  await send(fountain, "POST", "/notes/items", { headers: administrator, json: { text: "a" } });
  expect(String(last().authorization)).toBe(`Bearer ${token}`);
});

test("it learns who calls by header fields where it cannot read tokens, and never by those of the caller", async () => {
  const forged = { "x-fountain-subject": "root", X_Fountain_Roles: "admin", "x-fountain-anything": "1" };
  const answer = await send(fountain, "GET", "/old-notes/x", { headers: { ...plain, ...forged } });
  expect([answer.status, received.at(-1)?.url]).toEqual([200, "/old-notes/x"]);
  const { sub } = decodeJwt(String(plain["authorization"]).slice("Bearer ".length));
  expect(last()).toMatchObject({
    "x-fountain-subject": sub,
    "x-fountain-roles": "admin",
    "x-fountain-acr": "aal1",
    "x-forwarded-for": expect.any(String),
    "x-request-id": answer.headers.get("x-request-id"),
  });
  expect(Object.keys(last()).filter((name) => name.includes("_") || name === "x-fountain-anything")).toEqual([]);
  expect(last()["x-api-key"]).toBeUndefined();
});

test("its redirects are passed on, and anyone may call what says so", async () => {
  const response = await fountain.fetch("/notes/moved", { redirect: "manual" });
  expect([response.status, response.headers.get("location")]).toEqual([302, "/kms/me"]);
  expect(last().authorization).toBeUndefined();
});

test("bodies are passed on as they come", async () => {
  const text = "x".repeat(3_000_000);
  const answer = await send(fountain, "POST", "/notes/items", { headers: administrator, text });
  expect([answer.status, answer.text === text]).toEqual([200, true]);
});

test("a service that is not there gives 503 with a time to retry after, and harms no other", async () => {
  await put("dead", { targets: ["http://127.0.0.1:1"], prefix: "/dead" });
  const answer = await send(fountain, "GET", "/dead/x", { headers: plain });
  expectProblem(answer, 503);
  expect(answer.headers.get("retry-after")).not.toBeNull();
  expect((await send(fountain, "GET", "/old-notes/x", { headers: plain })).status).toBe(200);
});

test("only on a host of its own it speaks for the whole host, and it never gets Fountain's cookies", async () => {
  const cookie = "__Host-fountain=session; own=1";
  const shared = await send(fountain, "GET", "/old-notes/x", { headers: { ...plain, cookie } });
  expect([shared.headers.get("clear-site-data"), shared.headers.getSetCookie()]).toEqual([null, ["own=1"]]);
  expect(last().cookie).toBe("own=1");
  const [apart]: [IncomingMessage] = Object(
    await once(get(`${fountain.url}/x`, { headers: { host: "pages.example", cookie } }), "response"),
  );
  apart.resume();
  expect(apart.headers).toMatchObject(OF_HOST);
  expect(last().cookie).toBe("own=1");
});
