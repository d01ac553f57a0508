import { expect, test } from "vitest";
import { currentRequest, type RequestContext, withinRequest } from "../observability/context.ts";
import { startSpan } from "../observability/trace.ts";
import { passingRequest, takeRequest } from "./request-context.ts";

class Entrypoint {
  static {
    takeRequest(Entrypoint);
  }

  private readonly greeting = "hello";

  async greet(...names: string[]): Promise<{ text: string; request: RequestContext | undefined }> {
    await Promise.resolve();
    return { text: `${this.greeting} ${names.join(" and ")}`, request: currentRequest() };
  }
}

const request: RequestContext = { requestId: "request-1", span: startSpan(undefined), clientAddress: "192.0.2.1" };

test("a call belongs to the caller's request and trace, in a span of its own, and its arguments are the caller's", async () => {
  const binding = passingRequest(new Entrypoint());
  const { text, request: seen } = await withinRequest(request, () => binding.greet("a", "b"));
  expect(text).toBe("hello a and b");
  expect(seen?.requestId).toBe("request-1");
  expect(seen?.clientAddress).toBe("192.0.2.1");
  expect(seen?.span.traceId).toBe(request.span.traceId);
  expect(seen?.span.spanId).not.toBe(request.span.spanId);
});

test("a call outside of any request is just a call", async () => {
  expect(await passingRequest(new Entrypoint()).greet("a")).toEqual({ text: "hello a", request: undefined });
});

test("an entrypoint that is called by a binding that passes nothing still answers", async () => {
  expect(await withinRequest(request, () => new Entrypoint().greet("a"))).toMatchObject({ text: "hello a" });
});

test("concurrent calls do not mix their requests up", async () => {
  const binding = passingRequest(new Entrypoint());
  const ids = Array.from({ length: 50 }, (_, index) => `request-${index}`);
  const answers = await Promise.all(
    ids.map((requestId) => withinRequest({ requestId, span: startSpan(undefined) }, () => binding.greet(requestId))),
  );
  expect(answers.map((answer) => answer.request?.requestId)).toEqual(ids);
  expect(new Set(answers.map((answer) => answer.request?.span.traceId)).size).toBe(50);
});
