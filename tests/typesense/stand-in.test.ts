import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type StandIn, startTypesense } from "./stand-in.ts";

let typesense: StandIn;

beforeAll(async () => {
  typesense = await startTypesense({ nodes: 2 });
});
afterAll(() => typesense?.close());
beforeEach(() => typesense.loseEverything());

const SCHEMA = {
  name: "books",
  fields: [
    { name: "title", type: "string" },
    { name: "year", type: "int32", facet: true },
  ],
  default_sorting_field: "year",
};

const call = async (method: string, path: string, body?: unknown, options: { node?: number; key?: string } = {}) => {
  const response = await fetch(`${typesense.nodes[options.node ?? 0]?.url}${path}`, {
    method,
    headers: {
      "x-typesense-api-key": options.key ?? typesense.adminKey,
      "content-type": typeof body === "string" ? "application/octet-stream" : "application/json",
    },
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(2_000),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
};

test("stores, finds, filters, counts and forgets documents, by alias and on every node", async () => {
  expect((await call("POST", "/collections", SCHEMA)).status).toBe(201);
  expect((await call("POST", "/collections", SCHEMA)).status).toBe(409);
  await call("PUT", "/aliases/library", { collection_name: "books" });
  const lines = [
    { id: "1", title: "The Harbour Light", year: 1999 },
    { id: "2", title: "Harbours", year: 2001 },
    { id: "3", title: "No year" },
  ];
  const sent = lines.map((line) => JSON.stringify(line)).join("\n");
  const imported = await call("POST", "/collections/library/documents/import?action=upsert", sent);
  expect(imported.body.split("\n").map((line: string) => JSON.parse(line))).toEqual([
    { success: true },
    { success: true },
    { success: false, code: 400, error: expect.stringContaining("`year`") },
  ]);
  const search = { collection: "library", q: "harbour", query_by: "title", facet_by: "year", filter_by: "id:!=9" };
  const { body } = await call(
    "POST",
    "/multi_search",
    { searches: [search, { collection: "x", q: "*" }] },
    { node: 1 },
  );
  expect(body.results[0].hits.map((hit: { document: { id: string } }) => hit.document.id)).toEqual(["2", "1"]);
  expect(body.results[0].hits[1].highlights[0].snippet).toBe("The <mark>Harbour</mark> Light");
  expect(body.results[1]).toEqual({ code: 404, error: "Collection not found" });
  expect((await call("DELETE", "/collections/books/documents/1")).status).toBe(200);
  expect((await call("DELETE", "/collections/books/documents/1")).status).toBe(404);
  expect([...typesense.documentsOf("library").keys()]).toEqual(["2"]);
});

test("lets a key do what its actions and collections say, until it is deleted", async () => {
  const wanted = { description: "x", actions: ["documents:search", "aliases:*"], collections: ["book.*"] };
  const { body: key } = await call("POST", "/keys", wanted);
  await call("POST", "/collections", SCHEMA);
  const search = (collection: string) =>
    call("POST", "/multi_search", { searches: [{ collection, q: "*" }] }, { key: key.value });
  expect((await search("books")).status).toBe(200);
  expect((await search("other")).status).toBe(401);
  expect((await call("GET", "/aliases", undefined, { key: key.value })).status).toBe(200);
  expect((await call("GET", "/keys", undefined, { key: key.value })).status).toBe(401);
  await call("DELETE", `/keys/${key.id}`);
  expect((await search("books")).status).toBe(401);
  expect((await call("GET", "/health", undefined, { key: "none" })).body).toEqual({ ok: true });
});

test("fails as it is told to, and keeps what it has over a stop", async () => {
  const [first, second] = typesense.nodes;
  if (!first || !second) throw new Error("two nodes were asked for");
  await call("POST", "/collections", SCHEMA);
  await first.stop();
  await expect(call("GET", "/collections/books")).rejects.toThrow();
  expect((await call("GET", "/collections/books", undefined, { node: 1 })).status).toBe(200);
  await first.start();
  expect((await call("GET", "/collections/books")).status).toBe(200);
  second.mode = "lagging";
  expect(await call("GET", "/collections/books", undefined, { node: 1 })).toEqual({
    status: 503,
    body: { message: "Not Ready or Lagging" },
  });
  second.mode = "mute";
  await expect(call("DELETE", "/collections/books", undefined, { node: 1 })).rejects.toThrow();
  expect((await call("GET", "/collections/books")).status).toBe(404);
  second.mode = "well";
});

test("notices requests that the description of the API does not have", async (context) => {
  typesense.violations.length = 0;
  await call("GET", "/health");
  await call("POST", "/collections", SCHEMA);
  await call("GET", "/collections/books/documents/search?q=x&per_page=2");
  expect(typesense.violations).toEqual([]);
  await call("GET", "/collections/books/documents/search?q=x&per_page=two");
  if (typesense.violations.length === 0) return context.skip("the description of Typesense's API is not at hand");
  await call("GET", "/collections/books/documents/search?colour=red");
  await call("POST", "/keys", { description: "x", actions: "all", collections: ["*"] });
  await call("POST", "/collections/books/documents/import?action=replace", '{"id":"1"}\n{}');
  expect(typesense.violations.map((line) => line.replace(/^\S+ \S+ /, ""))).toEqual([
    "query per_page must be integer",
    "unknown query parameter colour",
    "body/actions must be array",
    expect.stringContaining("query action must be equal to one of the allowed values"),
    "line 2 has no id",
  ]);
});
