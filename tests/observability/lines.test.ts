/** What the log says of a request, in every worker that it passed. */
import { generate } from "otplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WORKERS } from "../../shared/contracts/workers.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn, registerService } from "../support/session.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLERS_SPAN_ID = "00f067aa0ba902b7";

let fountain: Fountain;
let user: Record<string, string>;
let service: Record<string, string>;

beforeAll(async () => {
  fountain = await startFountain();
  user = await logIn(fountain);
  service = await registerService(fountain, user, "lines", ["sequence:read"]);
});
afterAll(() => fountain.stop());

type Line = Record<string, unknown>;

/** The lines that belong to a request, once `count` of them are there. */
const linesOf = async (requestId: string, count: number): Promise<Line[]> => {
  const lines = (): Line[] =>
    fountain.logs
      .filter((line) => line.startsWith("{") && line.includes(`"requestId":"${requestId}"`))
      .map((line) => JSON.parse(line));
  await expect.poll(() => lines().length, { timeout: 5_000 }).toBeGreaterThanOrEqual(count);
  return lines();
};

const call = async (method: string, path: string, headers: Record<string, string>, json?: unknown) => {
  const requestId = `lines-${crypto.randomUUID()}`;
  const response = await fountain.fetch(path, {
    method,
    headers: { "content-type": "application/json", "x-request-id": requestId, ...headers },
    body: json === undefined ? null : JSON.stringify(json),
  });
  const body: Line = response.status === 204 ? {} : Object(await response.json());
  return { requestId, status: response.status, body };
};

test("every worker that a request passes writes one line of it, with all that an operator asks for", async () => {
  const { requestId } = await call("GET", "/kms/users/nobody", user);
  const lines = await linesOf(requestId, 2);
  const common = {
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    level: "info",
    event: "request",
    requestId,
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    method: "GET",
    status: 404,
    durationMs: expect.any(Number),
    subject: expect.stringMatching(/^[0-9a-f-]{36}$/),
  };
  expect(lines).toEqual([
    { ...common, service: "kms", route: "/users/{id}", reason: "not-found" },
    { ...common, service: "gateway", route: "/kms/users/{id}" },
  ]);
});

test("a path that does not exist stays out of the log", async () => {
  const { requestId } = await call("GET", "/kms/what-somebody-typed", {});
  expect(await linesOf(requestId, 1)).toMatchObject([{ service: "gateway", route: "unmatched", status: 404 }]);
  expect(fountain.logs.filter((line) => line.includes("what-somebody-typed"))).toEqual([]);
});

test("the caller's trace goes through the gateway into every worker, HTTP and private calls alike", async () => {
  const traceparent = `00-${TRACE_ID}-${CALLERS_SPAN_ID}-01`;
  const begun = await call("POST", "/twofa/factors/totp", user, {});
  const { factorId, secret } = begun.body;
  const code = await generate({ secret: String(secret) });
  const confirmed = await call("POST", "/twofa/factors/totp/confirm", user, { factorId, code });
  const [recoveryCode] = Array.isArray(confirmed.body["recoveryCodes"]) ? confirmed.body["recoveryCodes"] : [];

  const { requestId, status } = await call("POST", "/twofa/auth/verify", { ...user, traceparent }, { recoveryCode });
  expect(status).toBe(200);
  const lines = await linesOf(requestId, 4);
  expect(lines.map((line) => [line["service"], line["action"] ?? line["event"]])).toEqual(
    expect.arrayContaining([
      ["gateway", "request"],
      ["twofa", "request"],
      ["twofa", "factor.verify"],
      ["kms", "token.elevate"],
    ]),
  );
  expect(new Set(lines.map((line) => line["traceId"]))).toEqual(new Set([TRACE_ID]));
  const spans = new Map(lines.map((line) => [line["spanId"], line["service"]]));
  expect([...spans.values()].sort()).toEqual(["gateway", "kms", "twofa"]);
  expect(spans.has(CALLERS_SPAN_ID)).toBe(false);
});

test("an API key's exchange belongs to the request that brought it", async () => {
  const { requestId } = await call("GET", "/service-a/scripts", { ...service, traceparent: "none of ours" });
  const lines = await linesOf(requestId, 3);
  expect(lines).toContainEqual(
    expect.objectContaining({ service: "kms", event: "security", action: "key.exchange", subject: "service:lines" }),
  );
  expect(lines).toContainEqual(expect.objectContaining({ service: "service-a", subject: "service:lines" }));
  expect(new Set(lines.map((line) => line["traceId"])).size).toBe(1);
});

test("what the gateway asks the workers by itself belongs to the request it does so for", async () => {
  const { requestId } = await call("GET", "/openapi.json", {});
  const lines = await linesOf(requestId, WORKERS.length);
  expect(lines.map((line) => line["service"]).toSorted()).toEqual(WORKERS.toSorted());
  expect(new Set(lines.map((line) => line["traceId"])).size).toBe(1);
});

test("a security event says who, what, how it ended and why", async () => {
  const body = { username: fountain.adminUsername, password: "not the password" };
  const { requestId } = await call("POST", "/kms/login", {}, body);
  expect(await linesOf(requestId, 3)).toContainEqual(
    expect.objectContaining({
      level: "warn",
      event: "security",
      action: "login",
      outcome: "failure",
      reason: "wrong-password",
    }),
  );
});
