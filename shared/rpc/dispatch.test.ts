import { describe, expect, test, vi } from "vitest";
import { failure, type Result, success } from "../lang/result.ts";
import { Unavailable } from "../lang/unavailable.ts";
import { currentRequest, type RequestContext, withinRequest } from "../observability/context.ts";
import { startSpan } from "../observability/trace.ts";
import { createClient } from "./call.ts";
import { createDispatch } from "./dispatch.ts";
import type { Invocable } from "./wire.ts";

interface Greeter {
  greet(...names: string[]): Promise<Result<{ text: string; request: RequestContext | undefined }>>;
  fail(): Promise<Result<string, "blocked">>;
}

class Blocked extends Error {}

const served = (error?: Error): Invocable =>
  createDispatch<Greeter, { greeting: string }>({
    worker: "kms",
    connect: async () => ({ greeting: "hello" }),
    methods: {
      greet: async ({ greeting }, ...names) => {
        await Promise.resolve();
        return success({ text: `${greeting} ${names.join(" and ")}`, request: currentRequest() });
      },
      fail: () => Promise.reject(error),
    },
    failureOf: (thrown) => (thrown instanceof Blocked ? { kind: "blocked" } : undefined),
  })({});

const greeter = () => createClient<Greeter>("kms", served());
const request: RequestContext = { requestId: "request-1", span: startSpan(undefined), clientAddress: "192.0.2.1" };

describe("a private call", () => {
  test("belongs to the caller's request and trace, in a span of its own", async () => {
    const answer = await withinRequest(request, () => greeter().greet("a", "b"));
    const { text, request: seen } = answer.ok ? answer.value : { text: "", request: undefined };
    expect(text).toBe("hello a and b");
    expect(seen?.requestId).toBe("request-1");
    expect(seen?.clientAddress).toBe("192.0.2.1");
    expect(seen?.span.traceId).toBe(request.span.traceId);
    expect(seen?.span.spanId).not.toBe(request.span.spanId);
  });

  test("outside of any request is just a call", async () => {
    expect(await greeter().greet("a")).toEqual(success({ text: "hello a", request: undefined }));
  });

  test("does not mix its request up with those of others", async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `request-${index}`);
    const answers = await Promise.all(
      ids.map((requestId) =>
        withinRequest({ requestId, span: startSpan(undefined) }, () => greeter().greet(requestId)),
      ),
    );
    const requests = answers.map((answer) => (answer.ok ? answer.value.request : undefined));
    expect(requests.map((seen) => seen?.requestId)).toEqual(ids);
    expect(new Set(requests.map((seen) => seen?.span.traceId)).size).toBe(50);
  });

  test.each(["constructor", "toString", "__proto__", "greetings"])(
    "reaches nothing beside the contract: %s",
    (method) => expect(served().invoke(method, [], undefined)).rejects.toThrow("has no method"),
  );
});

describe("a method that throws", () => {
  test("responds that it is unavailable, and logs it once, when a dependency is", async () => {
    const logged = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const error = new Error("query failed", { cause: new Unavailable("no response") });
    expect(await served(error).invoke("fail", [], undefined)).toEqual(failure("unavailable"));
    expect(logged).toHaveBeenCalledTimes(1);
    logged.mockRestore();
  });

  test("responds with the failure that its worker makes of the error", async () => {
    expect(await served(new Blocked()).invoke("fail", [], undefined)).toEqual(failure("blocked"));
  });

  test("throws a bug on", async () => {
    await expect(served(new TypeError("a bug")).invoke("fail", [], undefined)).rejects.toThrow(TypeError);
  });
});
