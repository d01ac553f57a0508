import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { bindingTo } from "../../tests/support/rpc/private-calls.ts";
import { failure, type Result, success } from "../lang/result.ts";
import { Unavailable } from "../lang/unavailable.ts";
import { withinRequest } from "../observability/context.ts";
import { startSpan } from "../observability/trace.ts";
import { createClient } from "./call.ts";
import type { Carrier } from "./wire.ts";

interface Greeter {
  greet(...names: string[]): Promise<Result<string, "too-many">>;
  ponder(): Promise<Result<string>>;
}

const silence = () => new Promise<never>(() => undefined);
const greeter: Greeter = {
  greet: async (...names) => (names.length > 2 ? failure("too-many") : success(`hello ${names.join(" and ")}`)),
  ponder: silence,
};

test("a call has its caller's arguments, and returns values and failures as they are", async () => {
  const client = createClient<Greeter>("kms", bindingTo(greeter));
  expect(await client.greet("a", "b")).toEqual(success("hello a and b"));
  expect(await client.greet("a", "b", "c")).toEqual(failure("too-many"));
});

test("a call takes the current request along, in no argument of the method's", async () => {
  const seen: [string, unknown[], Carrier | undefined][] = [];
  const client = createClient<Greeter>("kms", {
    invoke: async (...call) => {
      seen.push(call);
      return success("hello");
    },
  });
  const request = { requestId: "request-1", span: startSpan(undefined), clientAddress: "192.0.2.1" };
  await withinRequest(request, () => client.greet("a"));
  await client.greet("b");
  expect(seen[0]).toMatchObject(["greet", ["a"], { requestId: "request-1", clientAddress: "192.0.2.1" }]);
  expect(seen[0]?.[2]?.traceparent).toContain(request.span.traceId);
  expect(seen[1]).toEqual(["greet", ["b"], undefined]);
});

test("a client is no promise", async () => {
  const client = createClient<Greeter>("kms", bindingTo(greeter));
  expect(await Promise.resolve(client)).toBe(client);
});

describe("a worker is unavailable", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("when its call fails, whatever by", async () => {
    const broken = { ...greeter, greet: () => Promise.reject(new Error("the network connection was lost")) };
    const calling = createClient<Greeter>("kms", bindingTo(broken)).greet("a");
    await expect(calling).rejects.toThrow(Unavailable);
    await expect(calling).rejects.toThrow("kms.greet failed: Error: the network connection was lost");
  });

  test("when it says so itself", async () => {
    const client = createClient<Greeter>("kms", { invoke: async () => failure("unavailable") });
    await expect(client.greet("a")).rejects.toThrow(Unavailable);
  });

  test.each([
    [{}, 9_000],
    [{ deadlineMs: 500 }, 500],
    [{ deadlineMs: 500, deadlinesMs: { ponder: 2_000 } }, 2_000],
  ])("when it does not respond in time: %j", async (options, limitMs) => {
    let outcome = "waiting";
    const asked = createClient<Greeter>("kms", bindingTo(greeter), options)
      .ponder()
      .catch((error: unknown) => {
        outcome = error instanceof Unavailable ? error.message : "another failure";
      });
    await vi.advanceTimersByTimeAsync(limitMs - 1);
    expect(outcome).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1);
    await asked;
    expect(outcome).toBe(`kms.ponder did not respond within ${limitMs} ms`);
  });
});
