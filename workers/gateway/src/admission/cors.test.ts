import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { parseBindings } from "#shared/http/bindings.ts";
import { setting } from "#shared/settings/settings.ts";
import { createTestGateway, type TestGateway } from "../../../../tests/support/gateway.ts";
import { originsSchema } from "./cors.ts";

const SITE = "https://www.example.com";
const PREFLIGHT = { "access-control-request-method": "POST", "access-control-request-headers": "x-typesense-api-key" };

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const corsHeadersOf = (response: Response): Record<string, string> =>
  Object.fromEntries([...response.headers].filter(([name]) => name === "vary" || name.startsWith("access-control")));

const preflight = (gateway: TestGateway, origin: string) =>
  gateway.fetch("/search/search", { method: "OPTIONS", headers: { origin, ...PREFLIGHT } });

describe("a page of an origin that the operator named", () => {
  test("is told what it may send, without the workers being asked", async () => {
    const gateway = await createTestGateway([SITE]);
    const response = await preflight(gateway, SITE);
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
    expect(corsHeadersOf(response)).toMatchObject({
      "access-control-allow-origin": SITE,
      "access-control-allow-headers": expect.stringContaining("x-typesense-api-key"),
      "access-control-allow-methods": expect.stringContaining("POST"),
      "access-control-max-age": "600",
      vary: "Origin",
    });
    expect(gateway.received).toEqual([]);
  });

  test("may read answers and refusals alike, and the headers that say when to try again", async () => {
    const gateway = await createTestGateway([SITE]);
    gateway.worker.answer = () => Response.json({ ok: true });
    const authorization = `Bearer ${await gateway.userToken()}`;
    for (const headers of [{ origin: SITE, authorization }, { origin: SITE }]) {
      const response = await gateway.fetch("/search/status", { headers });
      expect(corsHeadersOf(response)).toEqual({
        "access-control-allow-origin": SITE,
        "access-control-expose-headers": expect.stringContaining("retry-after"),
        vary: "Origin",
      });
    }
  });

  test("may never send the browser's own credentials along", async () => {
    const gateway = await createTestGateway([SITE]);
    expect((await preflight(gateway, SITE)).headers.has("access-control-allow-credentials")).toBe(false);
  });
});

describe("a page of any other origin", () => {
  test.each([
    "https://evil.example",
    "https://www.example.com.evil.example",
    "http://www.example.com",
    "null",
    `${SITE}/`,
  ])("is told nothing: %s", async (origin) => {
    const gateway = await createTestGateway([SITE]);
    const asked = await preflight(gateway, origin);
    expect(asked.status).toBe(405);
    expect(corsHeadersOf(asked)).toEqual({ vary: "Origin" });
    expect(corsHeadersOf(await gateway.fetch("/health", { headers: { origin } }))).toEqual({ vary: "Origin" });
  });

  test("is told nothing where the operator named none", async () => {
    const gateway = await createTestGateway();
    const response = await preflight(gateway, SITE);
    expect(response.status).toBe(405);
    expect(corsHeadersOf(response)).toEqual({});
  });
});

test("OPTIONS without a question is not a preflight", async () => {
  const gateway = await createTestGateway([SITE]);
  expect((await gateway.fetch("/kms/users", { method: "OPTIONS", headers: { origin: SITE } })).status).toBe(405);
});

describe("CORS_ORIGINS", () => {
  const schema = z.object({ CORS_ORIGINS: setting("origins", originsSchema.default(new Set())) });
  const originsIn = (value: unknown): string[] => [...parseBindings(schema, { CORS_ORIGINS: value }).CORS_ORIGINS];

  test("is none unless set", () => {
    expect([null, undefined, "", " , "].flatMap(originsIn)).toEqual([]);
  });

  test("is a list of exact origins", () => {
    expect(originsIn(` ${SITE}, http://localhost:3000,`)).toEqual([SITE, "http://localhost:3000"]);
  });

  test.each([
    "*",
    "null",
    "www.example.com",
    `${SITE}/`,
    `${SITE}/app`,
    "https://*.example.com",
    "file:///tmp",
    `${SITE}:443`,
  ])("stops the worker when it says %s", (value) => {
    expect(() => originsIn(value)).toThrow(/CORS_ORIGINS/);
  });
});
