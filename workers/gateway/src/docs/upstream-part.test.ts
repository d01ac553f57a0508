import { expect, test } from "vitest";
import { compileConfiguration } from "../configuration/configuration.ts";
import { parseDocument } from "../openapi/document.ts";
import { mergeDocuments } from "./openapi.ts";
import { upstreamPart } from "./upstream-part.ts";

const INFO = { title: "T", version: "1", description: "D" };

const merged = async (upstreams: Record<string, object>, document: object) => {
  const objects = Object.entries(upstreams).map(([name, body]) => ({
    kind: "upstream" as const,
    name,
    body: { targets: [], ...body },
    version: 1,
    source: "api" as const,
    createdAtMs: 0,
    updatedAtMs: 0,
  }));
  const configuration = compileConfiguration({ revision: 1, objects });
  const known = {
    document: parseDocument(JSON.stringify({ openapi: "3.0.0", info: { title: "Notes" }, ...document })),
  };
  const parts = [...configuration.upstreams.values()].flatMap(
    (upstream) => upstreamPart(upstream, known, configuration) ?? [],
  );
  return mergeDocuments(INFO, parts);
};

const OK = { responses: { 200: { description: "They" } } };

test("operations are under the upstream's path, with what the gateway demands, and nothing of the service's own", async () => {
  const routes = [
    { match: "GET /open", anyone: true },
    { match: "DELETE /items/{id}", scope: "notes:write", stepUp: { maxAgeSeconds: 60 } },
  ];
  const document = await merged(
    { notes: { routes } },
    {
      servers: [{ url: "https://elsewhere.test" }],
      security: [{ own: [] }],
      paths: {
        "/open": {
          get: {
            ...{ ...OK, operationId: "open", tags: ["Reading", "more"] },
            ...{ security: [{ own: [] }], servers: [{ url: "/x" }], "x-step-up": "always" },
          },
        },
        "/items/{id}": {
          parameters: [
            { name: "id", in: "path" },
            { name: "Authorization", in: "header" },
          ],
          get: OK,
          delete: {
            ...OK,
            parameters: [
              { name: "X-API-Key", in: "header" },
              { name: "force", in: "query" },
            ],
          },
        },
      },
      components: { securitySchemes: { own: {} }, schemas: { Problem: { nullable: true, type: "string" } } },
    },
  );
  expect(Object.keys(document.paths)).toEqual(["/notes/open", "/notes/items/{id}"]);
  expect(document.paths["/notes/open"]).toEqual({
    get: {
      ...{ summary: "", operationId: "notes.open", parameters: [], ...OK, tags: ["notes"], security: [] },
      ...{ "x-upstream": true, "x-topic": "Reading" },
    },
  });
  expect(Object.keys(document.paths["/notes/items/{id}"] ?? {})).toEqual(["delete"]);
  expect(document.paths["/notes/items/{id}"]?.["delete"]).toMatchObject({
    security: [{ accessToken: ["notes:write"] }, { apiKey: ["notes:write"] }],
    "x-step-up": "always",
    "x-step-up-max-age": 60,
    parameters: [{ name: "id" }, { name: "force" }, { $ref: "#/components/parameters/X-OTP" }],
  });
  expect(document.components.schemas).toEqual({ "notes.Problem": { type: ["string", "null"] } });
  expect(JSON.stringify(document)).not.toContain("elsewhere");
  expect(Object.keys(document.components.securitySchemes)).toEqual(["accessToken", "apiKey"]);
});

test("paths that lead elsewhere in a browser, or to another upstream, are left out", async () => {
  const paths = ["/a", "/../kms/users", "/%2e%2e/kms", "/a/./b", "/a?b", "/a#b", "\\kms", "kms", "/deep/x", "//x"];
  const document = await merged(
    { notes: {}, deep: { prefix: "/notes/deep", routes: [] }, own: { host: "own.test" }, kept: { keepPrefix: true } },
    { paths: Object.fromEntries([...paths, "/kept/a", "/kms/keys"].map((path) => [path, { get: OK }])) },
  );
  expect(Object.keys(document.paths).toSorted()).toEqual([
    "/kept/a",
    "/notes//x",
    "/notes/a",
    "/notes/kept/a",
    "/notes/kms/keys",
  ]);
});

test("what is of the wrong kind is left out: the page relies on the shape", async () => {
  const broken = { summary: {}, description: 1, parameters: {}, responses: [], requestBody: "x", tags: "x" };
  const document = await merged(
    { notes: {} },
    { paths: { "/a": { get: broken, post: "x" }, "/b": 1 }, components: { schemas: { X: 1 } } },
  );
  expect(document.paths).toEqual({
    "/notes/a": {
      get: {
        summary: "",
        parameters: [],
        responses: {},
        tags: ["notes"],
        security: [{ accessToken: [] }, { apiKey: [] }],
        "x-upstream": true,
      },
    },
  });
  expect(document.components.schemas).toEqual({});
});
