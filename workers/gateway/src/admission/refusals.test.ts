import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createTestGateway, type TestGateway } from "../../../../tests/support/gateway.ts";

let gateway: TestGateway;

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  gateway = await createTestGateway();
});
afterEach(() => vi.restoreAllMocks());

const call = (method: string, path: string, headers: Record<string, string>) =>
  gateway.fetch(path, { method, headers });

test("the audit trail is told of a known caller who lacks a right, or a second factor", async () => {
  const authorization = `Bearer ${await gateway.userToken({ scope: "keys:write" })}`;
  await call("GET", "/kms/users", { authorization });
  await call("DELETE", "/kms/services/films", { authorization });
  expect(gateway.refusals).toEqual([
    { action: "access.refuse", outcome: "refused", actor: "user-1", target: "GET /kms/users", reason: "forbidden" },
    {
      action: "access.refuse",
      outcome: "refused",
      actor: "user-1",
      target: "DELETE /kms/services/{name}",
      reason: "step-up-required",
    },
  ]);
});

test("the audit trail is not told of strangers, nor of calls that are let through", async () => {
  await call("GET", "/kms/users", {});
  await call("GET", "/kms/users", { authorization: "Bearer nobody" });
  await call("GET", "/kms/users", { authorization: `Bearer ${await gateway.userToken({ scope: "users:admin" })}` });
  expect(gateway.refusals).toEqual([]);
});
