/** How the gateway comes by the OpenAPI document of a service, and what it does without. */
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createDescribedService,
  type DescribedService,
  DOCUMENT,
  json,
} from "../../../../tests/support/gateway/described-service.ts";
import { compileUpstream } from "../upstreams/compiled.ts";
import { createDocuments } from "./documents.ts";

let service: DescribedService;
beforeAll(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  service = await createDescribedService();
});
beforeEach(() => service.describe(DOCUMENT));

const REFRESH_MS = 5 * 60_000;

describe("the document", () => {
  test("is fetched once, and again after five minutes", async () => {
    await Promise.all(Array.from({ length: 5 }, () => service.call("GET", "/items/7")));
    expect(service.fetched).toBe(1);
    service.document = { ...DOCUMENT, paths: {} };
    expect((await service.call("GET", "/items/seven")).status).toBe(422);
    await service.wait(REFRESH_MS);
    await service.call("GET", "/items/7");
    expect(service.fetched).toBe(2);
    await vi.waitFor(async () => expect((await service.call("GET", "/items/seven")).status).toBe(200));
  });

  test.each([
    ["is none", "no JSON"],
    ["is another", { swagger: "2.0", paths: {} }],
    ["is too long", `${" ".repeat(1024 * 1024)}${JSON.stringify(DOCUMENT)}`],
    ["is too deep", `{"openapi":"3.1.0","paths":${'{"a":'.repeat(200)}1${"}".repeat(200)}}`],
  ])("that cannot be used lets calls pass: one that %s", async (_, served) => {
    service.describe(served);
    expect(await service.call("GET", "/items/seven")).toMatchObject({ status: 200 });
    expect(await service.call("GET", "/items/seven")).toMatchObject({ status: 200 });
    expect(service.fetched).toBe(1);
  });

  test("that cannot be had any more stays as it was", async () => {
    expect((await service.call("GET", "/items/seven")).status).toBe(422);
    service.document = "no JSON";
    await service.wait(REFRESH_MS);
    for (let count = 0; count < 3; count += 1) expect((await service.call("GET", "/items/seven")).status).toBe(422);
  });

  test("of version 3.0 is read as such", async () => {
    const limit = { type: "integer", minimum: 1, exclusiveMinimum: true, nullable: true };
    service.describe({
      openapi: "3.0.3",
      paths: { "/items": { post: { requestBody: json({ type: "object", properties: { limit, default: limit } }) } } },
    });
    expect(await service.post({ limit: null })).toMatchObject({ status: 200 });
    expect(await service.post({ limit: 1, default: 0 })).toMatchObject({
      status: 422,
      errors: ["#/limit must be more than 1", "#/default must be more than 1"],
    });
  });

  test("is no reason to use a code up for a call that does not fit", async () => {
    service.describe(DOCUMENT, { routes: [{ match: "* /**", stepUp: { maxAgeSeconds: 60 } }] });
    const used = service.gateway.twofa.used.length;
    const response = await service.gateway.fetch("/notes/items/seven", {
      headers: { ...service.headers, "x-otp": "123456" },
    });
    expect([response.status, service.gateway.twofa.used.length]).toEqual([422, used]);
  });
});

describe("a first document", () => {
  beforeEach(async () => {
    service = await createDescribedService();
  });

  test.each([
    ["that refuses connections", () => Promise.reject(new Error("refused"))],
    ["that is starting", async () => new Response(null, { status: 503 })],
  ])("of a service %s is asked for each second, and holds the next call to it", async (_, down) => {
    service.describe(DOCUMENT);
    const { reach } = service.gateway.egress;
    service.gateway.egress.reach = (url, init) => (url.endsWith("/openapi.json") ? down() : reach(url, init));
    for (let second = 0; second < 60; second += 1) {
      expect((await service.call("GET", "/items/seven")).status).toBe(200);
      await service.wait(1_000);
    }
    service.gateway.egress.reach = reach;
    expect((await service.call("GET", "/items/seven")).status).toBe(422);
    expect(service.fetched).toBe(1);
  });

  test("that cannot be used is asked for more and more seldom", async () => {
    service.describe("no JSON");
    const askedAt: number[] = [];
    for (let second = 0; second < 100; second += 1) {
      const before = service.fetched;
      await service.call("GET", "/items/seven");
      if (service.fetched > before) askedAt.push(second);
      await service.wait(1_000);
    }
    expect(askedAt).toEqual([0, 1, 3, 7, 15, 31, 61, 91]);
    service.document = DOCUMENT;
    await service.wait(30_000);
    expect((await service.call("GET", "/items/seven")).status).toBe(422);
  });
});

test("documents are asked for before any call, a few at a time", async () => {
  const asked: string[] = [];
  const documents = createDocuments({
    reach: async (url) => {
      asked.push(new URL(url).hostname);
      return Response.json(DOCUMENT);
    },
    later: () => {},
    onFailure: () => {},
    now: () => 0,
  });
  const upstreams = ["a", "b", "c", "d", "e", "none"].map((name) =>
    compileUpstream(name, { targets: [`http://${name}`], ...(name !== "none" && { openapi: "/openapi.json" }) }, 1),
  );
  documents.prepare(upstreams);
  documents.prepare(upstreams);
  expect(asked).toEqual(["a", "b", "c", "d"]);
  const [first] = upstreams;
  await vi.waitFor(() => expect(first && documents.of(first)).toHaveProperty("document"));
  documents.prepare(upstreams);
  expect(asked).toEqual(["a", "b", "c", "d", "e"]);
});
