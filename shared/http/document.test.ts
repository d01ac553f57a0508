import { z } from "@hono/zod-openapi";
import { expect, test } from "vitest";
import type { Policy } from "../policy/policy.ts";
import { PROBLEMS } from "../problem/catalogue.ts";
import { createApp } from "./app.ts";
import { derivedRefusals, documentOf } from "./document.ts";
import { createEndpoint } from "./endpoint.ts";
import { json, jsonBody } from "./openapi.ts";
import type { BaseServices } from "./worker-env.ts";

const statusesOf = (method: string, policy: Policy): string =>
  [...new Set(derivedRefusals("kms", method, policy).map((code) => PROBLEMS[code].status))].sort().join(" ");

test("an operation for anyone refuses input only, a read has no body to refuse", () => {
  expect(statusesOf("GET", { caller: "anyone" })).toBe("400 422 503");
  expect(statusesOf("POST", { caller: "anyone" })).toBe("400 408 413 415 422 503");
  expect(statusesOf("DELETE", { caller: "anyone" })).toBe("400 408 413 415 422 503");
});

test("an operation that demands a caller refuses others", () => {
  expect(statusesOf("GET", { caller: "authenticated", scope: "keys:read" })).toBe("400 401 403 422 503");
});

test("a second factor is a refusal of its own where the table demands one", () => {
  const stepUp = { when: "always", acr: "aal2", maxAgeSeconds: 60 } as const;
  expect(derivedRefusals("kms", "POST", { caller: "user", stepUp })).toContain("step-up-required");
  expect(derivedRefusals("kms", "POST", { caller: "user" })).not.toContain("step-up-required");
});

test("what speaks a dialect refuses input in its own words", () => {
  expect(statusesOf("POST", { caller: "anyone", dialect: "oauth" })).toBe("408 413 415 503");
  expect(statusesOf("POST", { caller: "authenticated", dialect: "typesense" })).toBe("");
});

test("the gateway needs nobody to answer, unless an operation says so", () => {
  expect(derivedRefusals("gateway", "GET", { caller: "anyone" })).not.toContain("unavailable");
});

test("the document adds what follows from the table to what an operation declares", async () => {
  const probe = async (): Promise<void> => {};
  const connect = (): BaseServices => ({
    verify: async () => ({ ok: false, error: { kind: "invalid" } }) as const,
    probe,
    now: () => 0,
  });
  const app = createApp({ worker: "kms", connect });
  const changed = z.object({ version: z.int() });
  createEndpoint<BaseServices>()("kms")("PUT /secrets/{path+}", {
    operationId: "kms.writeSecret",
    summary: "Write a secret",
    body: jsonBody(z.strictObject({ value: z.string() }), { value: "one" }),
    responses: { 201: json(changed, "The version", { version: 1 }) },
    errors: ["login-refused", "conflict"],
    handle: (context) => context.json({ version: 1 }, 201),
  }).register(app);
  expect(await documentOf(app, "kms", { title: "T", version: "1" })).toMatchObject({
    paths: {
      "/secrets/{path}": {
        put: {
          requestBody: { content: { "application/json": { example: { value: "one" } } } },
          responses: {
            201: { content: { "application/json": { example: { version: 1 } } } },
            401: { description: "Login failed; Valid credentials are required; A second factor is required" },
            409: { description: "Conflict" },
            413: { content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } },
          },
        },
      },
    },
    components: { schemas: { Problem: { type: "object" } } },
  });
});
