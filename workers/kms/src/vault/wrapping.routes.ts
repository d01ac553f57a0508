import { z } from "@hono/zod-openapi";
import type { Principal } from "#shared/auth/claims.ts";
import { integer, text } from "#shared/contracts/input.ts";
import { isGranted } from "#shared/contracts/rights.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { json, jsonBody } from "#shared/http/openapi.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { type KmsContext, NO_STORE } from "../http/context.ts";
import { grantorOf, warningFields, warningsTo } from "../http/granting.ts";
import { secretPath, secretValue, versionNumber } from "../http/secret-fields.ts";
import { readSecretValue } from "./secrets.routes.ts";
import type { SecretGrantor } from "./secrets.ts";
import { DEFAULT_WRAPPING_TTL_SECONDS, MAX_WRAPPING_TTL_SECONDS } from "./wrapping.ts";

const MAX_TOKEN_CHARACTERS = 256;

const lifetime = {
  ttlSeconds: integer({ min: 1, max: MAX_WRAPPING_TTL_SECONDS }).default(DEFAULT_WRAPPING_TTL_SECONDS),
};

const wrappable = z.union([
  z.strictObject({ value: secretValue, ...lifetime }),
  z.strictObject({ path: secretPath, version: versionNumber.optional(), ...lifetime }),
]);

/** What is to be wrapped, and who grants it: a stored secret would outlive the credential that may read it. */
const valueToWrap = async (
  context: KmsContext,
  principal: Principal,
  wanted: z.infer<typeof wrappable>,
): Promise<{ value: string; grantor: SecretGrantor }> => {
  if ("value" in wanted) return { value: wanted.value, grantor: grantorOf(context, principal, "secret") };
  const grantor = grantorOf(context, principal, "credential");
  if (!isGranted(`secrets:read:${wanted.path}`, principal.scopes))
    throw problem("forbidden", { detail: "This requires the scope secrets:read for that path." });
  const { value } = await readSecretValue(context, wanted.path, wanted.version, grantor);
  return { value, grantor };
};

const wrap = endpoint("POST /secrets/wrap", {
  operationId: "kms.wrapSecret",
  tags: ["Secrets"],
  summary: "Wrap a value or a stored secret in a single-use token",
  description:
    "Send `value`, or `path` of a stored secret. The token reveals the value to the first caller who unwraps it within " +
    "`ttlSeconds`.",
  body: jsonBody(wrappable, { path: "editor/smtp-password", version: 3, ttlSeconds: 300 }),
  responses: {
    201: json(
      z.object({ token: z.string(), expiresAt: z.iso.datetime(), ...warningFields }).openapi("WrappingToken"),
      "The token",
      { token: "fwt_…", expiresAt: EXAMPLE.minutesLater },
    ),
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const wanted = context.req.valid("json");
    const { value, grantor } = await valueToWrap(context, principal, wanted);
    const { wrapping } = context.var.services;
    const { token, expiresAt } = await wrapping.wrap(value, wanted.ttlSeconds, grantor.subject);
    return context.json({ token, expiresAt: expiresAt.toISOString(), ...warningsTo(grantor) }, 201, NO_STORE);
  },
});

const unwrap = endpoint("POST /secrets/unwrap", {
  operationId: "kms.unwrapSecret",
  tags: ["Secrets"],
  summary: "Exchange a wrapping token for its value, once",
  description:
    "If a token that was meant for you fails, someone else has used it: the audit trail says who (`secret.unwrap`).",
  body: jsonBody(z.strictObject({ token: text({ max: MAX_TOKEN_CHARACTERS }) }), { token: "fwt_…" }),
  responses: {
    200: json(z.object({ value: z.string() }).openapi("UnwrappedSecret"), "The value", {
      value: "the value that was wrapped",
    }),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const unwrapped = await context.var.services.wrapping.unwrap(context.req.valid("json").token);
    if (!unwrapped.ok)
      throw problem("not-found", {
        detail:
          "This token is invalid, expired or already used. If it was sent to you, inform the sender: someone else may have used it.",
      });
    return context.json({ value: unwrapped.value }, 200, NO_STORE);
  },
});

export const wrappingEndpoints = [wrap, unwrap];
