import { z } from "@hono/zod-openapi";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import type { Result } from "#shared/lang/result.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import type { KmsContext } from "../http/context.ts";
import { grantorOf, warningFields, warningsTo } from "../http/granting.ts";
import { allowedAddresses, KEY_EXAMPLE, keyResponse, noSuchKey, toKeyResponse } from "../http/key-response.ts";
import { scopesNotHeld } from "../http/service-response.ts";
import type { ApiKey } from "./api-key.ts";
import type { ChangeFailure } from "./key-changes.ts";

const byServiceAndId = z.object({ service: reference(), id: reference() });

const REFUSALS: Record<ChangeFailure | "leaked", () => Problem> = {
  unknown: noSuchKey,
  "not-held": scopesNotHeld,
  ended: () => problem("conflict", { detail: "This key is revoked or expired." }),
  leaked: () => problem("conflict", { detail: "This key has leaked and cannot be enabled again. Rotate it." }),
};

const toResponse = (
  context: KmsContext,
  changed: Result<ApiKey, keyof typeof REFUSALS>,
): z.infer<typeof keyResponse> => {
  if (!changed.ok) throw REFUSALS[changed.error.kind]();
  return toKeyResponse(changed.value, context.var.services.now());
};

const disableKey = endpoint("POST /keys/{service}/{id}/disable", {
  operationId: "kms.disableKey",
  tags: ["Keys"],
  summary: "Disable a key until it is enabled again; every worker refuses it within 5 seconds",
  params: byServiceAndId,
  responses: {
    200: json(keyResponse.extend(warningFields).openapi("DisabledKey"), "The key", {
      ...KEY_EXAMPLE,
      disabledAt: EXAMPLE.quarterLater,
      disabledReason: "operator",
      state: "disabled",
    }),
  },
  errors: ["not-found", "conflict"],
  handle: async (context, principal) => {
    const { service, id } = context.req.valid("param");
    const { services } = context.var;
    // Of another service it takes what enabling again would take: a person.
    const isOwn = principal.kind === "service" && principal.clientId === service;
    const grantor = grantorOf(context, principal, isOwn ? "access" : "credential");
    const disabled = toResponse(context, await services.keyChanges.disable(service, id, grantor));
    return context.json({ ...disabled, ...warningsTo(grantor) }, 200);
  },
});

const enableKey = endpoint("POST /keys/{service}/{id}/enable", {
  operationId: "kms.enableKey",
  tags: ["Keys"],
  summary: "Enable a disabled key; a key that was disabled because it leaked stays disabled",
  params: byServiceAndId,
  responses: {
    200: json(keyResponse, "The key", KEY_EXAMPLE),
  },
  errors: ["not-found", "conflict"],
  handle: async (context, principal) => {
    const { service, id } = context.req.valid("param");
    const enabled = await context.var.services.keyChanges.enable(
      service,
      id,
      grantorOf(context, principal, "credential"),
    );
    return context.json(toResponse(context, enabled), 200);
  },
});

const restrictKey = endpoint("PUT /keys/{service}/{id}/allowed-addresses", {
  operationId: "kms.setAllowedAddresses",
  tags: ["Keys"],
  summary: "Set the networks a key can be used from; every worker applies them within 5 seconds",
  params: byServiceAndId,
  body: jsonBody(z.strictObject({ allowedAddresses: allowedAddresses.nullable() }), {
    allowedAddresses: ["203.0.113.0/24"],
  }),
  responses: {
    200: json(keyResponse, "The key", KEY_EXAMPLE),
  },
  errors: ["not-found", "conflict"],
  handle: async (context, principal) => {
    const { service, id } = context.req.valid("param");
    const { allowedAddresses: addresses } = context.req.valid("json");
    const grantor = grantorOf(context, principal, "credential");
    const restricted = await context.var.services.keyChanges.restrict(service, id, addresses, grantor);
    return context.json(toResponse(context, restricted), 200);
  },
});

export const keyChangesEndpoints = [disableKey, enableKey, restrictKey];
