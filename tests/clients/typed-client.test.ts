/** The typed client's calls against a running Fountain: types, errors, lists, retries. */
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readApiDocument } from "../../runtime/typed-client/generate.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn, registerService } from "../support/session.ts";
import { errorOf, type Watched, watchedClient } from "../support/typed-client/watched.ts";

let fountain: Fountain;
let apiKey: string;
let watched: Watched;

beforeAll(async () => {
  fountain = await startFountain();
  const scopes = ["sequence:read", "sequence:write", "keys:read", "secrets:read", "secrets:write", "search:read"];
  const key = await registerService(fountain, await logIn(fountain), "typed", scopes);
  apiKey = key["x-api-key"] ?? "";
});
afterAll(() => fountain?.stop());

/** A client that sends the API key. */
const keyClient = (options: Parameters<typeof watchedClient>[1] = {}): Watched =>
  watchedClient(fountain, { credentials: { apiKey }, ...options });

beforeEach(() => {
  watched = keyClient();
});

const newElement = (elementId: number) => ({ elementType: "action" as const, elementId, comment: "", text: "Rain." });

test("is generated from the document that Fountain serves", async () => {
  expect(await (await fountain.fetch("/openapi.json")).json()).toEqual(await readApiDocument());
});

test("calls an operation by its name, with the parts of its request", async () => {
  const { client } = watched;
  const path = { path: "typed/database/password" };
  const written = await client.call("PUT /kms/secrets/{path}", { path, body: { value: "one" } });
  expect(written).toMatchObject({ status: 201, data: { path: path.path, version: 1 } });
  expect(written.headers.get("location")).toContain("/kms/secrets/typed/database/password");
  await client.call("PUT /kms/secrets/{path}", { path, body: { value: "two" } });
  const { data } = await client.call("GET /kms/secrets/{path}", { path, query: { version: 1 } });
  expect(data.value).toBe("one");
  const deleted = await client.call("DELETE /kms/secrets/{path}", { path });
  expect(deleted).toMatchObject({ status: 204, data: undefined });
});

test("sends and returns text where that is what an operation has", async () => {
  const { client } = watched;
  const { data: script } = await client.call("POST /service-a/scripts", { body: "Title: Ünder\n\nRain.\n" });
  const { data } = await client.call("GET /service-a/scripts/{id}.fountain", { path: { id: script.scriptId } });
  expect(data).toBe("Title: Ünder\n\nRain.\n");
});

test("refuses a path that would be another one", async () => {
  const { client, requests } = watched;
  for (const path of ["a/../../users", "..", "a//b", ""]) {
    const error = await errorOf(client.call("GET /kms/secrets/{path}", { path: { path } }));
    expect(error).toMatchObject({ code: "invalid-input", status: 0, errors: [{ pointer: "#/param/path" }] });
  }
  await errorOf(client.call("GET /kms/keys/{service}", { path: { service: "." } }));
  expect(requests).toEqual([]);
  const { status } = await errorOf(client.call("GET /kms/keys/{service}", { path: { service: "../users" } }));
  expect(status).toBe(404);
  await expect(client.fetch("//evil.example/")).resolves.toMatchObject({ status: 404 });
  await expect(client.fetch("@evil.example/")).rejects.toThrow(TypeError);
});

describe("an error", () => {
  test("is the problem of the response, with its fields", async () => {
    const error = await errorOf(
      // @ts-expect-error The types know what a body must have.
      watched.client.call("POST /service-a/sequence", { body: { elementType: "action", elementId: 0 } }),
    );
    expect(error).toMatchObject({
      name: "FountainError",
      call: "POST /service-a/sequence",
      code: "invalid-input",
      status: 422,
      title: "Invalid input",
      requestId: expect.any(String),
      retryAfterSeconds: undefined,
    });
    expect(error.errors.map(({ pointer }) => pointer).toSorted()).toEqual(["#/comment", "#/elementId"]);
    expect(error.message).toContain("POST /service-a/sequence responded 422 (invalid-input)");
  });

  test("holds no credential and nothing that was sent", async () => {
    const { client } = watchedClient(fountain, { credentials: { apiKey: `${apiKey}x` } });
    const error = await errorOf(client.call("POST /kms/keys/verify", { body: { key: "ftn_other" } }));
    expect(error.code).toBe("unauthenticated");
    expect(JSON.stringify([error, error.message, error.stack, client])).not.toMatch(/ftn_/);
  });

  test("has the codes of OAuth and the words of Typesense where these are what responds", async () => {
    const { client } = watched;
    const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "none" });
    expect(await errorOf(client.call("POST /kms/token", { body }))).toMatchObject({
      code: "invalid_grant",
      status: 400,
    });
    const path = { name: "none" };
    const missing = await errorOf(client.call("GET /search/collections/{name}/documents/search", { path }));
    expect(missing).toMatchObject({ code: "unknown", status: 404, detail: expect.any(String) });
  });

  test("says when there is no connection, no response in time, and none of Fountain's", async () => {
    let server: Server | undefined;
    const silent = await new Promise<string>((resolve) => {
      server = createServer((request, response) => {
        if (request.url !== "/health") response.setHeader("content-type", "text/html").end("<p>Log in to the wireless");
      }).listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${Object(server?.address()).port}`));
    });
    const { client } = watchedClient({ url: silent }, { timeoutSeconds: 0.2, retries: 0 });
    expect(await errorOf(client.call("GET /health"))).toMatchObject({ code: "timeout", status: 0 });
    expect(await errorOf(client.call("GET /ready"))).toMatchObject({ code: "unknown", status: 200 });
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    const { client: alone, requests } = watchedClient({ url: silent }, {});
    expect(await errorOf(alone.call("GET /health"))).toMatchObject({ code: "network", cause: expect.any(TypeError) });
    expect(requests).toHaveLength(3);
  });
});

describe("a list", () => {
  const PAGES = 3;
  const ids = Array.from({ length: 2 * PAGES }, (_, index) => index + 100);

  beforeAll(async () => {
    for (const elementId of ids)
      await keyClient().client.call("POST /service-a/sequence", { body: newElement(elementId) });
  });

  test("is read page after page, as its items are asked for", async () => {
    const { client, requests } = watched;
    const query = { elementType: "action" as const, limit: 2 };
    const found: number[] = [];
    for await (const { elementId } of client.list("GET /service-a/elements", { query })) {
      if (ids.includes(elementId)) found.push(elementId);
      if (found.length === ids.length) break;
    }
    expect(found).toEqual(ids);
    const first = requests.length;
    expect(first).toBeGreaterThanOrEqual(PAGES);
    const after: number[] = [];
    for await (const { elementId } of client.list("GET /service-a/elements", { query: { ...query, limit: 200 } }))
      after.push(elementId);
    expect(after).toEqual(expect.arrayContaining(ids));
    expect(requests).toHaveLength(first + 1);
  });

  test("ends with the error of a page", async () => {
    const users = watched.client.list("GET /kms/users");
    expect(await errorOf(users.next())).toMatchObject({ code: "forbidden", status: 403 });
  });
});

describe("a call whose response is lost", () => {
  test("is sent again, and a write with the same key has its effect once", async () => {
    watched.lose(2);
    const { data, headers } = await watched.client.call("POST /service-a/sequence", { body: newElement(500) });
    expect(watched.requests).toHaveLength(3);
    expect(data.elementId).toBe(500);
    expect(headers.get("idempotency-replayed")).toBe("true");
  });

  test("is not sent again where that would be another one", async () => {
    const { client, requests, lose } = watched;
    lose(3);
    const path = { path: "typed/lost" };
    expect(await errorOf(client.call("PUT /kms/secrets/{path}", { path, body: { value: "x" } }))).toMatchObject({
      code: "network",
    });
    expect(await errorOf(client.call("POST /kms/keys/verify", { body: { key: "x" } }))).toMatchObject({
      code: "network",
    });
    const headers = { "if-match": '"1"' };
    const version = { elementType: "action" as const, elementId: 500, newVersionData: "Snow.", comment: "" };
    await errorOf(client.fetch("/service-a/elements/action/500", { method: "PUT", headers }));
    expect(requests).toHaveLength(3);
    // With its key, the condition still holds.
    lose(1);
    const made = await client.call("POST /service-a/sequence/version", { body: version, headers });
    expect(made.data.versionNumber).toBe(2);
  });
});
