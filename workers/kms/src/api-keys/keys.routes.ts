import { z } from "@hono/zod-openapi";
import type { Principal } from "#shared/auth/claims.ts";
import { HOLDS_CREDENTIAL, holdsNoCredential } from "#shared/contracts/credential-shape.ts";
import { reference, text } from "#shared/contracts/input.ts";
import { isVisibleText, NOT_VISIBLE } from "#shared/contracts/visible-text.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { instant } from "#shared/http/instant.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { json, jsonBody, page, pageQuery, problems } from "#shared/http/openapi.ts";
import { toPage } from "#shared/http/page.ts";
import type { Problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { type KmsContext, NO_STORE } from "../http/context.ts";
import { grantorOf, warningFields, warningsTo } from "../http/granting.ts";
import {
  allowedAddresses,
  CREATED_KEY_EXAMPLE,
  createdKeyResponse,
  invalidKeyField,
  KEY_EXAMPLE,
  keyNotHeld,
  keyResponse,
  noSuchKey,
  toCreatedKeyResponse,
  toKeyResponse,
} from "../http/key-response.ts";
import { parsePosition, positionOf } from "../http/position.ts";
import { SCOPES_TOO_LONG, wantedScopes } from "../http/scope-name.ts";
import { MAX_SERVICE_NAME_CHARACTERS, noSuchService, SERVICE_REFUSALS } from "../http/service-response.ts";
import { API_KEY_STATES, DISABLED_REASONS } from "./api-key.ts";
import type { ApiKeyFilter, CreationFailure, RevocationFailure } from "./api-keys.ts";

const MAX_NAME_CHARACTERS = 100;
const newKey = z.strictObject({
  service: text({ max: MAX_SERVICE_NAME_CHARACTERS }).refine(isVisibleText, NOT_VISIBLE),
  name: text({ min: 1, max: MAX_NAME_CHARACTERS })
    .refine(isVisibleText, NOT_VISIBLE)
    .refine(holdsNoCredential, HOLDS_CREDENTIAL)
    .optional(),
  scopes: wantedScopes.optional(),
  expiresAt: instant.optional(),
  allowedAddresses: allowedAddresses.optional(),
});

const byService = z.object({ service: reference() });

const revoked = {
  204: { description: "Revoked; every worker refuses it within 5 seconds" },
  ...problems("not-found"),
};

const CREATION_REFUSALS: Record<CreationFailure, () => Problem> = {
  "unknown-service": noSuchService,
  expired: () => invalidKeyField("expiresAt", "must be in the future"),
  "not-of-service": () => invalidKeyField("scopes", "must be a scope of the service"),
  "not-held": keyNotHeld,
  "scopes-too-long": () => invalidKeyField("scopes", SCOPES_TOO_LONG),
};

const readPage = async (
  context: KmsContext,
  filter: ApiKeyFilter,
  { limit, after }: z.infer<typeof pageQuery>,
): Promise<{ items: z.infer<typeof keyResponse>[]; next: string | null }> => {
  const { storedKeys, now } = context.var.services;
  const nowMs = now();
  const position = parsePosition(after);
  const keys = await storedKeys.list({
    ...filter,
    after: position && { at: position.createdAt, id: position.id },
    limit: limit + 1,
    now: new Date(nowMs),
  });
  const { items, next } = toPage(keys, limit, ({ id, createdAt, expiresAt }) =>
    positionOf({ id, createdAt: (filter.expiresBefore && expiresAt) ?? createdAt }),
  );
  return { items: items.map((apiKey) => toKeyResponse(apiKey, nowMs)), next };
};

const REVOCATION_REFUSALS: Record<RevocationFailure, () => Problem> = {
  "unknown-service": SERVICE_REFUSALS.unknown,
  "not-held": SERVICE_REFUSALS["not-held"],
  "unknown-key": noSuchKey,
};

const revoke = async (
  context: KmsContext,
  principal: Principal,
  service: string,
  id: string | undefined,
): Promise<void> => {
  const revocation = await context.var.services.apiKeys.revoke(service, id, principal);
  if (!revocation.ok) throw REVOCATION_REFUSALS[revocation.error.kind]();
};

const createKey = endpoint("POST /keys", {
  operationId: "kms.createKey",
  tags: ["Keys"],
  summary: "Create an API key of a service; only this response contains it",
  description:
    "By default the key has all scopes of its service, no expiry, and works from every address. Addresses are stored " +
    "in one form: `192.0.2.9/24` becomes `192.0.2.0/24`.",
  body: jsonBody(newKey, {
    service: EXAMPLE.service,
    name: "continuous integration",
    scopes: ["search:read"],
    expiresAt: "2027-03-02T09:00:00.000Z",
    allowedAddresses: ["203.0.113.0/24"],
  }),
  responses: {
    201: created(createdKeyResponse.extend(warningFields).openapi("NewApiKey"), "The new key", CREATED_KEY_EXAMPLE),
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const grantor = grantorOf(context, principal, "credential");
    const wanted = context.req.valid("json");
    const key = await context.var.services.apiKeys.create(wanted, grantor);
    if (!key.ok) throw CREATION_REFUSALS[key.error.kind]();
    const { service, id } = key.value.apiKey;
    context.header("location", locationOf("kms", "GET /keys/{service}/{id}", service, id));
    return context.json({ ...toCreatedKeyResponse(key.value), ...warningsTo(grantor) }, 201, NO_STORE);
  },
});

const listKeys = endpoint("GET /keys", {
  operationId: "kms.listKeys",
  tags: ["Keys"],
  summary: "List the API keys of one service or of all, oldest first",
  query: pageQuery.extend({
    service: reference().optional(),
    state: z.enum(API_KEY_STATES).optional(),
    disabledReason: z.enum(DISABLED_REASONS).optional(),
    expiresBefore: instant.optional().openapi({
      description: "Only keys that expire from now on and before this instant, those first that expire first",
    }),
  }),
  responses: {
    200: json(page(keyResponse), "A page of keys", pageOf(KEY_EXAMPLE)),
  },
  handle: async (context) => {
    const { limit, after, ...filter } = context.req.valid("query");
    return context.json(await readPage(context, filter, { limit, after }), 200);
  },
});

const listKeysOfService = endpoint("GET /keys/{service}", {
  operationId: "kms.listServiceKeys",
  tags: ["Keys"],
  summary: "List the API keys of a service, oldest first",
  params: byService,
  query: pageQuery,
  responses: {
    200: json(page(keyResponse), "A page of keys", pageOf(KEY_EXAMPLE)),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { service } = context.req.valid("param");
    if (!(await context.var.services.services.find(service))) throw noSuchService();
    return context.json(await readPage(context, { service }, context.req.valid("query")), 200);
  },
});

const byId = byService.extend({ id: reference() });

const readKey = endpoint("GET /keys/{service}/{id}", {
  operationId: "kms.getKey",
  tags: ["Keys"],
  summary: "Read an API key's metadata",
  params: byId,
  responses: {
    200: json(keyResponse, "The key, without the key itself", KEY_EXAMPLE),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { service, id } = context.req.valid("param");
    const { storedKeys, now } = context.var.services;
    const stored = await storedKeys.find(id);
    if (stored?.apiKey.service !== service) throw noSuchKey();
    return context.json(toKeyResponse(stored.apiKey, now()), 200);
  },
});

const revokeKeys = endpoint("DELETE /keys/{service}", {
  operationId: "kms.revokeServiceKeys",
  tags: ["Keys"],
  summary: "Revoke all keys of a service",
  params: byService,
  responses: revoked,
  handle: async (context, principal) => {
    await revoke(context, principal, context.req.valid("param").service, undefined);
    return context.body(null, 204);
  },
});

const revokeKey = endpoint("DELETE /keys/{service}/{id}", {
  operationId: "kms.revokeKey",
  tags: ["Keys"],
  summary: "Revoke one key of a service",
  params: byId,
  responses: revoked,
  handle: async (context, principal) => {
    const { service, id } = context.req.valid("param");
    await revoke(context, principal, service, id);
    return context.body(null, 204);
  },
});

export const keysEndpoints = [createKey, listKeys, listKeysOfService, readKey, revokeKeys, revokeKey];
