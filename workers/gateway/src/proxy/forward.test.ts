import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTestGateway, type TestGateway } from "../../../../tests/support/gateway.ts";

let gateway: TestGateway;
let token: string;
let lines: string[];

beforeEach(async () => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line) => lines.push(String(line)));
  gateway = await createTestGateway();
  token = await gateway.userToken({ scope: "sequence:read sequence:write" });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  gateway.fetch(path, { method, headers: { authorization: `Bearer ${token}`, ...headers } });

describe("a response that says that a mail may wait", () => {
  const answer = () => new Response(null, { status: 204, headers: { "x-fountain-mail": "pending" } });

  test("has it delivered, and looks to the caller like any other", async () => {
    gateway.worker.answer = answer;
    const response = await get("/kms/me");
    expect(response.status).toBe(204);
    expect(response.headers.has("x-fountain-mail")).toBe(false);
    expect(gateway.delivering.runs).toBe(1);
    gateway.worker.answer = () => new Response(null, { status: 204 });
    await get("/kms/me");
    expect(gateway.delivering.runs).toBe(1);
  });
});

describe("the forwarded request", () => {
  test("has the harmless headers of the caller's and the gateway's own, and no others", async () => {
    await get("/service-a/elements", {
      accept: "application/json",
      "accept-language": "de",
      "idempotency-key": "k-1",
      "if-none-match": '"v1"',
      traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "user-agent": "test",
      "x-request-id": "my-request.0001",
      // All of what follows stays behind.
      cookie: "session=1",
      forwarded: "for=10.0.0.1",
      "x-forwarded-for": "10.0.0.1",
      "x-forwarded-prefix": "/evil",
      "x-forwarded-host": "evil.example",
      "x-real-ip": "10.0.0.1",
      "x-user-id": "admin",
      "x-user-roles": "admin",
      "x-roles": "admin",
      "x-principal": "admin",
      "x-otp": "123456",
      "proxy-authorization": "Basic YTpi",
      te: "trailers",
      "x-http-method-override": "DELETE",
      "x-original-url": "/ready",
      "x-rewrite-url": "/ready",
      "x-anything-else": "1",
    });
    expect(Object.fromEntries(gateway.received[0]?.headers ?? [])).toEqual({
      accept: "application/json",
      "accept-language": "de",
      authorization: `Bearer ${token}`,
      "idempotency-key": "k-1",
      "if-none-match": '"v1"',
      // The same trace, and in it the gateway's own span.
      traceparent: expect.stringMatching(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/),
      "user-agent": "test",
      "x-request-id": "my-request.0001",
    });
  });

  test("carries the trace on with its state, and starts one where there is none that can be read", async () => {
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-00`;
    await get("/service-a/elements", { traceparent, tracestate: "vendor=1" });
    await get("/service-a/elements", { traceparent: `${traceparent}-x`, tracestate: "vendor=1" });
    const [continued, started] = gateway.received.map(({ headers }) => headers);
    expect(continued?.get("traceparent")).toMatch(/^00-a{32}-[0-9a-f]{16}-00$/);
    expect(continued?.get("tracestate")).toBe("vendor=1");
    expect(started?.get("traceparent")).toMatch(/^00-(?!a{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(started?.has("tracestate")).toBe(false);
  });

  test("has the body the caller sent, and not the length that a caller may lie about", async () => {
    await gateway.fetch("/service-a/scripts", {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "text/plain; charset=utf-8",
        "content-length": "1",
        "transfer-encoding": "chunked",
      },
      body: "INT. CAVE - NIGHT\n",
    });
    expect(gateway.received[0]).toMatchObject({ path: "/scripts", body: "INT. CAVE - NIGHT\n" });
    expect(gateway.received[0]?.headers.get("content-type")).toBe("text/plain;charset=utf-8");
    expect(gateway.received[0]?.headers.get("content-length")).not.toBe("1");
  });

  test("is not sent before the body is complete", async () => {
    const broken = new ReadableStream({ type: "bytes", pull: (controller) => controller.error(new Error("reset")) });
    const response = await gateway.fetch("/service-a/scripts", {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "text/plain", "content-length": "10" },
      body: broken,
    });
    expect(response.status).toBe(400);
    expect(gateway.received).toEqual([]);
  });

  test("of a HEAD stays a HEAD", async () => {
    expect((await get("/service-a/elements", {}, "HEAD")).status).toBe(200);
    expect(gateway.received[0]?.method).toBe("HEAD");
  });
});

describe("the answer", () => {
  test("is the worker's, status and body and headers, but for what is none of the caller's business", async () => {
    gateway.worker.answer = () =>
      new Response("made", {
        status: 201,
        headers: { etag: '"v2"', location: "/x", server: "secret/1.0", "x-powered-by": "y", connection: "keep-alive" },
      });
    const response = await get("/service-a/elements");
    expect([response.status, await response.text()]).toEqual([201, "made"]);
    expect(Object.fromEntries(response.headers)).toEqual({
      "cache-control": "no-store",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy": expect.stringContaining("camera=()"),
      "x-frame-options": "DENY",
      "content-type": "text/plain;charset=UTF-8",
      etag: '"v2"',
      location: "/x",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-request-id": expect.any(String),
    });
  });

  test("carries our request id, even where the worker names another", async () => {
    gateway.worker.answer = () => new Response(null, { status: 204, headers: { "x-request-id": "of-the-worker" } });
    const response = await get("/service-a/elements", { "x-request-id": "my-request.0001" });
    expect(response.headers.get("x-request-id")).toBe("my-request.0001");
  });

  test("may be stored as the worker says", async () => {
    gateway.worker.answer = () => new Response("", { headers: { "cache-control": "public, max-age=300" } });
    expect((await get("/service-a/elements")).headers.get("cache-control")).toBe("public, max-age=300");
  });

  test("passes through when it is a problem of the worker's, 5xx too", async () => {
    for (const status of [409, 500, 503]) {
      gateway.worker.answer = () =>
        Response.json({ code: "mine" }, { status, headers: { "content-type": "application/problem+json" } });
      const response = await get("/service-a/elements");
      expect([response.status, await response.json()]).toEqual([status, { code: "mine" }]);
    }
  });
});

describe("a worker", () => {
  const expectUnavailable = async (response: Response): Promise<void> => {
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
    const body = Object(await response.json());
    expect(body).toMatchObject({ code: "unavailable", instance: "/service-a/elements" });
    expect(body.detail).not.toMatch(/boom|service-a/);
  };

  test("that throws is unavailable, and why is in the log", async () => {
    gateway.worker.answer = () => {
      throw new Error("boom");
    };
    await expectUnavailable(await get("/service-a/elements"));
    expect(lines.join()).toContain("boom");
  });

  test("that fails without a problem document is unavailable", async () => {
    gateway.worker.answer = () => new Response("boom: stack trace", { status: 500 });
    await expectUnavailable(await get("/service-a/elements"));
  });

  /** A worker that answers only when its request is given up. */
  const silence = (): void => {
    gateway.worker.answer = (request) =>
      new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason)));
  };

  test("may take ten seconds to answer", async () => {
    vi.useFakeTimers();
    silence();
    const answer = get("/service-a/elements");
    await vi.waitFor(() => expect(gateway.received).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(9_900);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(100);
    await expectUnavailable(await answer);
  });

  test("may take a minute to read a screenplay", async () => {
    vi.useFakeTimers();
    silence();
    const headers = { authorization: `Bearer ${token}`, "content-type": "text/plain" };
    const answer = gateway.fetch("/service-a/scripts", { method: "POST", headers, body: "x" });
    await vi.waitFor(() => expect(gateway.received).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(59_900);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(100);
    expect((await answer).status).toBe(503);
  });
});

describe("an address", () => {
  test("longer than 8192 characters is refused", async () => {
    expect((await get(`/service-a/elements?q=${"x".repeat(8_192)}`)).status).toBe(400);
    expect((await get(`/service-a/elements?q=${"x".repeat(8_000)}`)).status).toBe(200);
  });

  test.each(["%00", "%0a", "%1F", "%7f"])("with %s in its path is refused", async (control) => {
    expect((await get(`/service-a/scripts/1${control}`)).status).toBe(400);
    expect(gateway.received).toEqual([]);
  });
});
