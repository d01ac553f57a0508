import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { WORKERS } from "#shared/contracts/workers.ts";
import { ROUTES } from "#shared/policy/routes.ts";
import { createTestGateway, type TestGateway } from "../../../../tests/support/gateway.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { DESTINATIONS } from "../backends/target.ts";

const METHODS = ["get", "put", "post", "delete", "patch"];

/** Every object in a JSON value, however deep. */
const objectsIn = function* (value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield { ...value };
  for (const item of Object.values(value)) yield* objectsIn(item);
};

describe("the description of the whole", () => {
  let fountain: Fountain;
  let document: Record<string, unknown>;
  let operations: Map<string, Record<string, unknown>>;

  beforeAll(async () => {
    fountain = await startFountain();
    const responses = await Promise.all(Array.from({ length: 20 }, () => fountain.fetch("/openapi.json")));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    const [response = new Response()] = responses;
    expect(response.headers.get("content-type")).toBe("application/json");
    document = Object(await response.json());
    operations = new Map(
      Object.entries(Object(document["paths"])).flatMap(([path, item]) =>
        Object.entries(Object(item)).map(([method, operation]) => [
          `${method.toUpperCase()} ${path}`,
          Object(operation),
        ]),
      ),
    );
  });
  afterAll(() => fountain.stop());

  test("is OpenAPI 3.1", () => {
    expect(document["openapi"]).toBe("3.1.0");
    expect(document).toMatchObject({ info: { title: "Fountain" }, servers: [{ url: "/" }] });
  });

  test("has each row of the route table but the pages that people open, and nothing else", () => {
    const rows = WORKERS.flatMap((worker) =>
      Object.keys(ROUTES[worker]).map((row) => (worker === "gateway" ? row : row.replace(" ", ` /${worker}`))),
    );
    const operationsOnly = rows.filter((row) => !/ \/(?:account|oauth|console(?!\/console\.js))(?:\/|$)/.test(row));
    // OpenAPI has no sign for several segments.
    const paths = operationsOnly.map((row) => row.replace("+}", "}"));
    expect([...operations.keys()].sort()).toEqual(paths.sort());
  });

  test("has a summary, a tag and an answer for every operation", () => {
    const tags = Object(document["tags"]).map(({ name }: { name: string }) => name);
    for (const [name, operation] of operations) {
      expect(METHODS, name).toContain(name.split(" ")[0]?.toLowerCase());
      expect(operation["summary"], name).toEqual(expect.stringMatching(/\w/));
      expect(tags, name).toEqual(expect.arrayContaining(Object(operation["tags"])));
      expect(
        Object.keys(Object(operation["responses"])).some((status) => status < "400"),
        name,
      ).toBe(true);
    }
  });

  test("names each operation once, by its worker and what it does", () => {
    const ids = [...operations.values()].map(({ operationId }) => String(operationId));
    expect(new Set(ids).size).toBe(operations.size);
    for (const [name, { operationId, tags }] of operations) {
      const [worker = ""] = Object(tags);
      const prefix = worker.replace(/-([a-z])/g, (_: string, letter: string) => letter.toUpperCase());
      expect(operationId, name).toEqual(expect.stringMatching(new RegExp(`^${prefix}\\.[a-z][A-Za-z]+$`)));
    }
  });

  test("declares each parameter that stands in a path", () => {
    for (const [name, { parameters = [] }] of operations) {
      const inPath = Object(parameters).flatMap((parameter: Record<string, unknown>) =>
        parameter["in"] === "path" ? [parameter["name"]] : [],
      );
      expect(inPath.sort(), name).toEqual([...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter).sort());
    }
  });

  test("refers to nothing that is not in it", () => {
    for (const { $ref } of objectsIn(document)) {
      if ($ref === undefined) continue;
      const steps = String($ref).split("/").slice(1);
      expect(
        steps.reduce<unknown>((at, step) => Object(at)[step], document),
        String($ref),
      ).toBeDefined();
    }
  });

  test("says of each operation what the table demands", () => {
    expect(operations.get("POST /kms/login")).toMatchObject({ security: [] });
    expect(operations.get("GET /twofa/factors")).toMatchObject({ security: [{ accessToken: [] }] });
    expect(operations.get("DELETE /kms/services/{name}")).toMatchObject({
      security: [{ accessToken: ["keys:write"] }, { apiKey: ["keys:write"] }],
      "x-step-up": "always",
    });
    expect(operations.get("POST /twofa/factors/totp")).toMatchObject({ "x-step-up": "conditional" });
  });
});

describe("a description that cannot be completed", () => {
  let gateway: TestGateway;

  beforeEach(async () => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    gateway = await createTestGateway();
  });

  test("is unavailable, and tried again at the next call", async () => {
    gateway.worker.answer = () => new Response("no", { status: 500 });
    expect((await gateway.fetch("/openapi.json")).status).toBe(503);
    gateway.worker.answer = () => Response.json({ openapi: "3.1.0", paths: {} });
    expect((await gateway.fetch("/openapi.json")).status).toBe(200);
  });

  test("is asked for once when many call at the same time, and again when that failed for all of them", async () => {
    const callMany = () => Promise.all(Array.from({ length: 20 }, () => gateway.fetch("/openapi.json")));
    gateway.worker.answer = () => new Response("no", { status: 500 });
    expect(new Set((await callMany()).map(({ status }) => status))).toEqual(new Set([503]));
    expect(gateway.received).toHaveLength(DESTINATIONS.length);
    gateway.worker.answer = () => Response.json({ openapi: "3.1.0", paths: {} });
    expect(new Set((await callMany()).map(({ status }) => status))).toEqual(new Set([200]));
    expect(gateway.received).toHaveLength(2 * DESTINATIONS.length);
  });

  test("is made by another call when the one that was making it was cut off", async () => {
    vi.useFakeTimers();
    try {
      const cutOff = new Promise<Response>(() => {});
      gateway.worker.answer = () => cutOff;
      const first = gateway.fetch("/openapi.json");
      await vi.advanceTimersByTimeAsync(0);
      gateway.worker.answer = () => Response.json({ openapi: "3.1.0", paths: {} });
      const second = gateway.fetch("/openapi.json");
      // The wait for the one that was cut off, and the pauses in which others are served.
      await vi.advanceTimersByTimeAsync(4_000);
      expect((await second).status).toBe(200);
      void first;
    } finally {
      vi.useRealTimers();
    }
  });

  test("is asked for once when it can be", async () => {
    gateway.worker.answer = () => Response.json({ openapi: "3.1.0", paths: {} });
    const first = await (await gateway.fetch("/openapi.json")).text();
    expect(await (await gateway.fetch("/openapi.json")).text()).toBe(first);
    expect(gateway.received).toHaveLength(DESTINATIONS.length);
  });
});
