/** Rotation of API keys on demand: of the only key of a service, or of the one that is named. */
import { z } from "@hono/zod-openapi";
import type { Principal } from "#shared/auth/claims.ts";
import { integer, reference } from "#shared/contracts/input.ts";
import { instant } from "#shared/http/instant.ts";
import { json, jsonBody, problems } from "#shared/http/openapi.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { type KmsContext, NO_STORE } from "../http/context.ts";
import { grantorOf } from "../http/granting.ts";
import {
  CREATED_KEY_EXAMPLE,
  createdKeyResponse,
  invalidKeyField,
  keyNotHeld,
  noSuchKey,
  toCreatedKeyResponse,
} from "../http/key-response.ts";
import { noSuchService } from "../http/service-response.ts";
import { MAX_GRACE_SECONDS, type RotationFailure, type WantedRotation } from "./api-keys.ts";

/** By default the old key ends at once: a leaked key must not stay valid because a parameter was forgotten. */
const DEFAULT_GRACE_SECONDS = 0;

const byService = z.object({ service: reference() });

const rotation = z.strictObject({
  graceSeconds: integer({ min: 0, max: MAX_GRACE_SECONDS }).optional().openapi({
    description: "How long the old key stays valid; 0 by default",
  }),
});

const rotated = {
  200: json(
    createdKeyResponse,
    "The new key, with the name, scopes, allowed addresses and lifetime of the old one",
    CREATED_KEY_EXAMPLE,
  ),
  ...problems("not-found", "conflict"),
};

const REFUSALS: Record<RotationFailure, (service: string) => Problem> = {
  "unknown-service": noSuchService,
  "unknown-key": noSuchKey,
  "no-active-key": () => problem("not-found", { detail: "This service has no active key. Create one." }),
  "several-active-keys": (service) =>
    problem("conflict", {
      detail: `This service has several active keys. Rotate one at POST /kms/keys/${service}/{id}/rotate.`,
    }),
  ended: () => problem("conflict", { detail: "This key is revoked, rotated or expired." }),
  expired: () => invalidKeyField("expiresAt", "must be in the future"),
  "not-held": keyNotHeld,
  superseded: () => problem("conflict", { detail: "This key was rotated or revoked in the meantime." }),
};

const rotate = async (context: KmsContext, principal: Principal, wanted: WantedRotation) => {
  const made = await context.var.services.apiKeys.rotate(wanted, grantorOf(context, principal, "credential"));
  if (!made.ok) throw REFUSALS[made.error.kind](wanted.service);
  return toCreatedKeyResponse(made.value);
};

const rotateService = endpoint("POST /keys/{service}/rotate", {
  operationId: "kms.rotateServiceKey",
  tags: ["Keys"],
  summary: "Rotate the key of a service; 409 if it has several active keys",
  params: byService,
  body: { ...jsonBody(rotation, { graceSeconds: 3600 }), required: false },
  responses: rotated,
  handle: async (context, principal) => {
    const { service } = context.req.valid("param");
    const { graceSeconds = DEFAULT_GRACE_SECONDS } = context.req.valid("json");
    return context.json(await rotate(context, principal, { service, graceSeconds }), 200, NO_STORE);
  },
});

const rotateKey = endpoint("POST /keys/{service}/{id}/rotate", {
  operationId: "kms.rotateKey",
  tags: ["Keys"],
  summary: "Rotate one key of a service",
  description: "The old key stays valid for `graceSeconds`, 0 by default.",
  params: byService.extend({ id: reference() }),
  body: {
    ...jsonBody(
      rotation.extend({
        expiresAt: instant.optional().openapi({
          description: "When the new key expires; by default, it has the lifetime of the old one",
        }),
      }),
      { graceSeconds: 3600, expiresAt: "2027-03-02T09:00:00.000Z" },
    ),
    required: false,
  },
  responses: rotated,
  handle: async (context, principal) => {
    const { graceSeconds = DEFAULT_GRACE_SECONDS, expiresAt } = context.req.valid("json");
    const wanted = { ...context.req.valid("param"), graceSeconds, expiresAt };
    return context.json(await rotate(context, principal, wanted), 200, NO_STORE);
  },
});

export const keyRotationEndpoints = [rotateService, rotateKey];
