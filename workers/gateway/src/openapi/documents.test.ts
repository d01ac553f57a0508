/** How the gateway comes by the OpenAPI document of a service, and what it does without. */
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createDescribedService,
  type DescribedService,
  DOCUMENT,
  json,
} from "../../../../tests/support/gateway/described-service.ts";

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
