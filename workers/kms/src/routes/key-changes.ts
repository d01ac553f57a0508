import { createRoute, z } from "@hono/zod-openapi";
import { reference } from "#shared/contracts/input.ts";
import type { Result } from "#shared/contracts/result.ts";
import { json, jsonBody, problems } from "#shared/http/openapi.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { ApiKey } from "../domain/api-key.ts";
import type { KmsApp, KmsContext } from "./frame.ts";
import { allowedAddresses, keyAnswer, noSuchKey, toKeyAnswer } from "./key-answer.ts";

const byServiceAndId = z.object({ service: reference(), id: reference() });

const PROBLEMS = ["unauthenticated", "forbidden", "not-found", "conflict", "unavailable"] as const;

const disableKey = createRoute({
  method: "post",
  path: "/keys/{service}/{id}/disable",
  tags: ["Keys"],
  summary: "Disable a key until it is enabled again; it is refused everywhere within 5 seconds",
  request: { params: byServiceAndId },
  responses: { 200: json(keyAnswer, "The key"), ...problems(...PROBLEMS) },
});

const enableKey = createRoute({
  method: "post",
  path: "/keys/{service}/{id}/enable",
  tags: ["Keys"],
  summary: "Enable a disabled key again, unless it was disabled because it had leaked",
  request: { params: byServiceAndId },
  responses: { 200: json(keyAnswer, "The key"), ...problems(...PROBLEMS, "step-up-required") },
});

const confineKey = createRoute({
  method: "put",
  path: "/keys/{service}/{id}/allowed-addresses",
  tags: ["Keys"],
  summary: "Say what addresses a key may be used from; known everywhere within 5 seconds",
  request: {
    params: byServiceAndId,
    body: jsonBody(z.strictObject({ allowedAddresses: allowedAddresses.nullable() })),
  },
  responses: { 200: json(keyAnswer, "The key"), ...problems(...PROBLEMS, "step-up-required", "invalid-input") },
});

const REFUSALS: Record<"unknown" | "ended" | "leaked", () => Problem> = {
  unknown: noSuchKey,
  ended: () => problem("conflict", { detail: "This key has been revoked, or has expired." }),
  leaked: () => problem("conflict", { detail: "This key has leaked. Rotate it: it will never be enabled again." }),
};

const toAnswer = (context: KmsContext, changed: Result<ApiKey, keyof typeof REFUSALS>): z.infer<typeof keyAnswer> => {
  if (!changed.ok) throw REFUSALS[changed.error]();
  return toKeyAnswer(changed.value, context.var.services.now());
};

export const addKeyChanges = (app: KmsApp): void => {
  app.openapi(disableKey, async (context) => {
    const { service, id } = context.req.valid("param");
    const { principal, services } = context.var;
    return context.json(toAnswer(context, await services.keyChanges.disable(service, id, principal.subject)), 200);
  });

  app.openapi(enableKey, async (context) => {
    const { service, id } = context.req.valid("param");
    const { principal, services } = context.var;
    return context.json(toAnswer(context, await services.keyChanges.enable(service, id, principal.subject)), 200);
  });

  app.openapi(confineKey, async (context) => {
    const { service, id } = context.req.valid("param");
    const { allowedAddresses: addresses } = context.req.valid("json");
    const { principal, services } = context.var;
    const confined = await services.keyChanges.confine(service, id, addresses, principal.subject);
    return context.json(toAnswer(context, confined), 200);
  });
};
