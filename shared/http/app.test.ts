import { z } from "@hono/zod-openapi";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Principal } from "../auth/claims.ts";
import type { Verification } from "../auth/verify.ts";
import { DatabaseUnavailable } from "../db/database.ts";
import { problem } from "../problem/problem.ts";
import { createApp } from "./app.ts";
import { createEndpoint } from "./endpoint.ts";
import { jsonBody } from "./openapi.ts";
import type { BaseServices } from "./worker-env.ts";

const NOW_SECONDS = 1_800_000_000;
const SECRET = "swordfish-in-a-body";

const principal: Principal = {
  kind: "user",
  subject: "user-1",
  clientId: "fountain",
  sessionId: "session-1",
  roles: ["editor"],
  scopes: new Set(["sequence:read", "sequence:write"]),
  acr: "aal1",
  amr: ["pwd"],
  authTimeSeconds: NOW_SECONDS,
  tokenId: "token-1",
  audiences: ["fountain"],
  issuedAtSeconds: NOW_SECONDS,
  expiresAtSeconds: NOW_SECONDS + 900,
};

/** What each token of these tests stands for. */
const VERIFICATIONS: Record<string, Verification> = {
  editor: { ok: true, value: principal },
  stepped: { ok: true, value: { ...principal, acr: "aal2" } },
  stale: { ok: true, value: { ...principal, acr: "aal2", authTimeSeconds: NOW_SECONDS - 301 } },
  reader: { ok: true, value: { ...principal, scopes: new Set(["sequence:read"]) } },
  unsure: { ok: false, error: { kind: "trust-unavailable" } },
};

let lines: string[];
let handle: (body: unknown) => unknown;
let probe: () => Promise<void>;

const services: BaseServices = {
  verify: async (token) => VERIFICATIONS[token] ?? { ok: false, error: { kind: "invalid" } },
  probe: () => probe(),
  now: () => NOW_SECONDS * 1000,
};

const element = z.object({ elementId: z.int().min(1), comment: z.string() });
const endpoint = createEndpoint<BaseServices>()("service-a");
const post = (key: "POST /sequence" | "POST /sequence/reorder") =>
  endpoint(key, {
    ...{ operationId: key, summary: "Take an element", responses: { 200: { description: "" } } },
    body: jsonBody(element, { elementId: 1, comment: "" }),
    handle: (context) => context.json(handle(context.req.valid("json"))),
  });

const createWorker = () => {
  const app = createApp({ worker: "service-a", connect: () => services });
  for (const key of ["POST /sequence", "POST /sequence/reorder"] as const) post(key).register(app);
  app.get("/scripts/:id", (context) => context.json({ id: context.req.param("id") }));
  app.get("/nowhere", (context) => context.text("a handler without a row"));
  return app;
};

interface Call {
  token?: string;
  body?: string | ReadableStream;
  headers?: Record<string, string>;
  method?: string;
}

const call = async (path: string, { token = "editor", body, headers, method = "POST" }: Call = {}) => {
  const init = {
    method,
    headers: {
      ...(token !== "" && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body, duplex: "half" }),
  };
  const response = await createWorker().fetch(new Request(`http://worker${path}`, init), {});
  const text = await response.text();
  return { response, status: response.status, text, problem: text.startsWith("{") ? JSON.parse(text) : undefined };
};

const GOOD = JSON.stringify({ elementId: 1, comment: SECRET });

beforeEach(() => {
  lines = [];
  handle = () => ({ ok: true });
  probe = async () => {};
  vi.spyOn(console, "log").mockImplementation((line) => lines.push(String(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("every answer", () => {
  test("carries the request id the caller sent, when it is a sane one", async () => {
    const { response } = await call("/sequence", { body: GOOD, headers: { "x-request-id": "my-request.0001" } });
    expect(response.headers.get("x-request-id")).toBe("my-request.0001");
  });

  test.each(["short", "a".repeat(129), 'inject"quote', "with space in it"])(
    "carries a new request id instead of %j",
    async (sent) => {
      const { response } = await call("/sequence", { body: GOOD, headers: { "x-request-id": sent } });
      expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test("forbids guessing its type, refusals too", async () => {
    for (const path of ["/sequence", "/nothing"]) {
      expect((await call(path, { body: GOOD })).response.headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  test("leaves one log line with its id, its route and who called, and nothing of what was said", async () => {
    await call("/sequence", { body: GOOD, headers: { "x-request-id": "my-request.0001" } });
    await call("/sequence?q=hidden", { body: GOOD });
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "info",
      service: "service-a",
      requestId: "my-request.0001",
      method: "POST",
      route: "/sequence",
      status: 200,
      subject: "user-1",
    });
    expect(lines.join()).not.toMatch(/hidden|swordfish|Bearer|editor/);
  });
});

describe("a refusal", () => {
  test("is a problem document that names the path as the caller knows it", async () => {
    const { response, problem: body } = await call("/sequence", {
      token: "",
      body: GOOD,
      headers: { "x-forwarded-prefix": "/evil", "x-request-id": "my-request.0001" },
    });
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(body).toEqual({
      type: "urn:fountain:problem:unauthenticated",
      title: "Valid credentials are required",
      status: 401,
      detail: "Send a valid access token in Authorization, or an API key in X-API-Key.",
      code: "unauthenticated",
      instance: "/service-a/sequence",
      requestId: "my-request.0001",
    });
  });

  test("of an unknown path is 404, also of one that has a handler but no row in the table", async () => {
    expect((await call("/nothing", { method: "GET" })).problem.code).toBe("not-found");
    expect((await call("/nowhere", { method: "GET" })).problem.code).toBe("not-found");
  });

  test("of a path with an encoded slash says that there is none in names", async () => {
    expect((await call("/nothing/a%2Fb", { method: "GET" })).problem).toMatchObject({
      code: "not-found",
      detail: expect.stringContaining("%2F"),
    });
  });

  test("of a wrong method is 405 and says which ones there are", async () => {
    const { response, status } = await call("/sequence", { method: "DELETE" });
    expect(status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });

  test("of a credential is the same whatever was wrong with it", async () => {
    const wrong = await call("/sequence", { token: "wrong", body: GOOD });
    const basic = await call("/sequence", { token: "", body: GOOD, headers: { authorization: "Basic YTpi" } });
    for (const { response, status } of [wrong, basic]) {
      expect(status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    }
    expect({ ...wrong.problem, requestId: "" }).toEqual({ ...basic.problem, requestId: "" });
  });

  test("for want of knowledge about keys is 503, not 401", async () => {
    const { response, status } = await call("/sequence", { token: "unsure", body: GOOD });
    expect(status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
  });

  test("for want of a scope is 403, and comes before the body is looked at", async () => {
    expect((await call("/sequence", { token: "reader", body: "{" })).problem.code).toBe("forbidden");
  });

  test("for want of a second factor is the challenge of RFC 9470, also when the factor was long ago", async () => {
    for (const token of ["editor", "stale"]) {
      const { response, problem: body } = await call("/sequence/reorder", { token, body: GOOD });
      expect(body.code).toBe("step-up-required");
      expect(response.headers.get("www-authenticate")).toContain('error="insufficient_user_authentication"');
    }
    expect((await call("/sequence/reorder", { token: "stepped", body: GOOD })).status).toBe(200);
  });
});

describe("a body", () => {
  test("that is no JSON is 400", async () => {
    expect((await call("/sequence", { body: "{" })).problem.code).toBe("malformed-request");
  });

  test("that does not fit its schema is 422 with a pointer to each field", async () => {
    const { problem: body } = await call("/sequence", { body: JSON.stringify({ elementId: 0, comment: 5 }) });
    expect(body.code).toBe("invalid-input");
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(["#/elementId", "#/comment"]);
  });

  test.each([
    ["of another type", { body: GOOD, headers: { "content-type": "text/plain" } }],
    ["of a type that only begins like ours", { body: GOOD, headers: { "content-type": "application/jsonx" } }],
    ["of another type, even an empty one", { headers: { "content-type": "text/plain", "content-length": "0" } }],
  ])("%s is 415", async (_, sent) => {
    expect((await call("/sequence", sent)).problem.code).toBe("unsupported-media-type");
  });

  test("larger than 1 MiB is 413, by its announced length and by what comes", async () => {
    const large = JSON.stringify({ elementId: 1, comment: "x".repeat(1024 * 1024) });
    expect((await call("/sequence", { body: large, headers: { "content-length": `${large.length}` } })).status).toBe(
      413,
    );
    expect((await call("/sequence", { body: new Blob([large]).stream() })).status).toBe(413);
    const fits = JSON.stringify({ elementId: 1, comment: "x".repeat(1024 * 1023) });
    expect((await call("/sequence", { body: new Blob([fits]).stream() })).status).toBe(200);
  });

  test("that was never finished loses the handler its input, not the worker its life", async () => {
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error("cut off")) });
    expect((await call("/sequence", { body: broken })).status).toBeGreaterThanOrEqual(400);
    expect((await call("/sequence", { body: GOOD })).status).toBe(200);
  });
});

describe("a failure", () => {
  test("of ours is a bare 500 whose cause is in the log only", async () => {
    handle = () => {
      throw new Error(`cannot open ${SECRET}`);
    };
    const { text, status } = await call("/sequence", { body: GOOD });
    expect(status).toBe(500);
    expect(text).not.toContain(SECRET);
    expect(lines.join("\n")).toContain(`cannot open ${SECRET}`);
  });

  test("of the database is 503 with Retry-After, however deep it lies", async () => {
    handle = () => {
      throw new Error("query failed", { cause: new DatabaseUnavailable("gone") });
    };
    const { response, problem: body } = await call("/sequence", { body: GOOD });
    expect(body.code).toBe("unavailable");
    expect(response.headers.get("retry-after")).toBe("2");
  });

  test("keeps the cause of a problem in the house", async () => {
    handle = () => {
      throw problem("conflict", { detail: "It exists already.", cause: new Error(SECRET) });
    };
    expect((await call("/sequence", { body: GOOD })).text).not.toContain(SECRET);
  });

  test("of the settings is a 500 that names no setting's value", async () => {
    const app = createApp({
      worker: "service-a",
      connect: () => {
        throw new Error(`SECRET_KEY is ${SECRET}`);
      },
    });
    const response = await app.fetch(new Request("http://worker/sequence"), {});
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain(SECRET);
  });
});

describe("the private paths", () => {
  test("tell the gateway whether the database answers", async () => {
    expect((await call("/ready", { method: "GET", token: "" })).status).toBe(200);
    probe = () => Promise.reject(new DatabaseUnavailable("gone"));
    expect((await call("/ready", { method: "GET", token: "" })).status).toBe(503);
  });

  test("describe the worker's operations", async () => {
    const { problem: document } = await call("/openapi.json", { method: "GET", token: "" });
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toEqual(["/sequence", "/sequence/reorder"]);
  });
});

test("a parameter is decoded exactly once", async () => {
  const { text } = await call("/scripts/a%2Fb%2541%72", { method: "GET" });
  expect(JSON.parse(text)).toEqual({ id: "a/b%41r" });
});
