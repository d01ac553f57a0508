import { z } from "@hono/zod-openapi";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { list, text } from "../contracts/input.ts";
import { createApp } from "./app.ts";
import { createEndpoint } from "./endpoint.ts";
import { jsonBody, pageQuery } from "./openapi.ts";
import type { BaseServices } from "./worker-env.ts";

const services: BaseServices = {
  verify: async () => ({ ok: false, error: { kind: "invalid" } }) as const,
  probe: async () => {},
  now: () => 0,
};
const responses = { 200: { description: "" } };
const endpoint = createEndpoint<BaseServices>()("kms");

/** Routes of the table that anyone may call. */
const createWorker = () => {
  const app = createApp({ worker: "kms", connect: () => services });
  const names = z.strictObject({
    names: list(text({ max: 3 }), { max: 500 }),
    inner: z.strictObject({ a: z.int() }).optional(),
  });
  const endpoints = [
    endpoint("POST /register", {
      ...{ operationId: "a", summary: "Takes a body", responses },
      body: jsonBody(names, { names: ["a"] }),
      handle: (context) => context.json({}),
    }),
    endpoint("GET /.well-known/jwks.json", {
      ...{ operationId: "b", summary: "Takes a query", responses },
      query: pageQuery,
      handle: (context) => context.json(context.req.valid("query")),
    }),
    endpoint("POST /keys/leaked", {
      ...{ operationId: "c", summary: "Takes nothing", responses },
      handle: (context) => context.json({}),
    }),
    endpoint("POST /token", {
      ...{ operationId: "d", summary: "Reads its own body", responses },
      validatedBy: "handler",
      handle: async (context) => context.text(await context.req.text()),
    }),
  ];
  for (const { register } of endpoints) register(app);
  return app;
};

interface Sent {
  body?: unknown;
  type?: string;
}

const call = async (method: string, path: string, { body, type = "application/json" }: Sent = {}) => {
  const payload = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const init = { method, ...(payload !== undefined && { body: payload, headers: { "content-type": type } }) };
  const response = await createWorker().fetch(new Request(`http://worker${path}`, init), {});
  const sent = await response.text();
  const isProblem = response.headers.get("content-type") === "application/problem+json";
  const answered: { errors?: { pointer: string; detail: string }[]; instance?: string } =
    isProblem && sent !== "" ? JSON.parse(sent) : {};
  return { status: response.status, errors: answered.errors ?? [], instance: answered.instance };
};

const pointers = (errors: { pointer: string }[]): string[] => errors.map(({ pointer }) => pointer);

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => {});
});

describe("query parameters", () => {
  const KEYS = "/.well-known/jwks.json";

  test("that are declared pass", async () => {
    expect(await call("GET", `${KEYS}?limit=2&after=x`)).toMatchObject({ status: 200 });
    expect(await call("HEAD", `${KEYS}?limit=2`)).toMatchObject({ status: 200 });
  });

  test.each([
    ["GET", `${KEYS}?username=x`, "#/query/username"],
    ["HEAD", `${KEYS}?limit=1&a%2Fb=1`, "#/query/a~1b"],
    ["GET", `${KEYS}?__proto__=1`, "#/query/__proto__"],
    ["POST", "/keys/leaked?x", "#/query/x"],
  ])("that are unknown are refused by name: %s %s", async (method, path, pointer) => {
    const { status, errors } = await call(method, path);
    expect(status).toBe(422);
    if (method !== "HEAD") expect(errors).toEqual([{ pointer, detail: "unknown query parameter" }]);
  });

  test("are given once", async () => {
    const { status, errors } = await call("GET", `${KEYS}?limit=1&limit=2`);
    expect(status).toBe(422);
    expect(errors).toEqual([{ pointer: "#/query/limit", detail: "must occur once" }]);
  });

  test.each(["0x10", "1e2", " 5", "5.0", "", "00000000000000000000000005"])(
    "are no number when they are %j",
    async (limit) => {
      expect(await call("GET", `${KEYS}?limit=${encodeURIComponent(limit)}`)).toMatchObject({ status: 422 });
    },
  );

  test("are named a hundred times at most, and each at no great length", async () => {
    const many = Array.from({ length: 1_000 }, (_, at) => `p${at}`).join("&");
    expect((await call("GET", `${KEYS}?${many}`)).errors).toHaveLength(100);
    const [fault] = (await call("GET", `${KEYS}?${"p".repeat(5_000)}`)).errors;
    expect(fault?.pointer.length).toBeLessThan(300);
  });

  test("are ignored where OAuth says so (RFC 6749 §3.1)", async () => {
    const type = "application/x-www-form-urlencoded";
    expect(await call("POST", "/token?foo=1", { body: "foo=1", type })).toMatchObject({ status: 200 });
  });
});

describe("a body", () => {
  test("names its unknown members, nested ones too", async () => {
    const { status, errors } = await call("POST", "/register", {
      body: { names: [], inner: { a: 1, "b/c": 1 }, roles: 1 },
    });
    expect(status).toBe(422);
    expect(errors).toEqual([
      { pointer: "#/inner/b~1c", detail: "unknown member" },
      { pointer: "#/roles", detail: "unknown member" },
    ]);
  });

  test("with a thousand faults has a hundred of them named", async () => {
    const names = Array.from({ length: 500 }, () => 1);
    const { errors } = await call("POST", "/register", { body: { names, ...Object.fromEntries(names.entries()) } });
    expect(errors).toHaveLength(100);
  });

  test("with a list that is too long has its elements left alone", async () => {
    const { errors } = await call("POST", "/register", { body: { names: Array.from({ length: 30_000 }, () => 1) } });
    expect(pointers(errors)).toEqual(["#/names"]);
  });

  test("may be left out, or be empty, where none is taken", async () => {
    for (const body of [undefined, "", "{}", " {}\n"])
      expect(await call("POST", "/keys/leaked", { body })).toMatchObject({ status: 200 });
  });

  test.each([
    [{ username: "x" }, ["#/username"]],
    [[], ["#"]],
    ["null", ["#"]],
    ['"text"', ["#"]],
  ])("with something in it is refused where none is taken: %j", async (body, expected) => {
    const { status, errors } = await call("POST", "/keys/leaked", { body });
    expect(status).toBe(422);
    expect(pointers(errors)).toEqual(expected);
  });

  test("that cannot be parsed is refused where none is taken", async () => {
    expect(await call("POST", "/keys/leaked", { body: "{" })).toMatchObject({ status: 400 });
  });
});

test("the instance of a problem is cut, however long the path was", async () => {
  const { instance } = await call("GET", `/${"x".repeat(7_000)}`);
  expect(instance?.length).toBeLessThanOrEqual(1_024);
});
