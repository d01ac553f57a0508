import { z } from "@hono/zod-openapi";
import { text } from "#shared/contracts/input.ts";
import { isGranted, patternsOf, type Scope } from "#shared/contracts/rights.ts";
import { isTransitKeyName, MAX_TRANSIT_KEY_CHARACTERS } from "#shared/contracts/transit-key.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { json, jsonBody, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeCursor, toPage } from "#shared/http/page.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { grantorOf, warningFields, warningsTo } from "../http/granting.ts";
import { versionNumber } from "../http/secret-fields.ts";
import { MAX_KEYS_OF_CREATOR, type TransitKey } from "./transit.ts";

const keyName = text({ max: MAX_TRANSIT_KEY_CHARACTERS }).refine(
  isTransitKeyName,
  'must be letters, digits, "_" and "-", and contain no credential',
);

export const byKey = z.object({ key: keyName });

const keyResponse = z
  .object({
    name: z.string(),
    latestVersion: z.int(),
    minDecryptionVersion: z.int().openapi({ description: "The oldest version that still decrypts" }),
    createdAt: z.iso.datetime(),
    createdBy: z.string().openapi({ description: "The subject that created it: a user's id or `service:NAME`" }),
  })
  .openapi("TransitKey");

const KEY_EXAMPLE: z.input<typeof keyResponse> = {
  name: "drafts",
  latestVersion: 2,
  minDecryptionVersion: 1,
  createdAt: EXAMPLE.created,
  createdBy: `service:${EXAMPLE.service}`,
};

const toResponse = ({ createdAt, ...key }: TransitKey): z.infer<typeof keyResponse> => ({
  ...key,
  createdAt: createdAt.toISOString(),
});

export const WHO_CREATES_KEYS =
  "Users who have a second factor must have passed it within the last 5 minutes. A service that acts for a user is refused.";

export const noSuchTransitKey = (): Problem => problem("not-found", { detail: "No transit key has this name." });

export const tooManyTransitKeys = (): Problem =>
  problem("conflict", {
    detail: `You have reached the limit of ${MAX_KEYS_OF_CREATOR} transit keys. Use an existing one.`,
  });

type Scopes = ReadonlySet<Scope>;

/** The names that the caller's scopes cover; `undefined`: all. */
const coveredNames = (scopes: Scopes): string[] | undefined =>
  scopes.has("transit:use") ? undefined : patternsOf(scopes, "transit:use");

const assertCovered = (name: string, scopes: Scopes): void => {
  const scope = `transit:use:${name}` as const;
  if (!isGranted(scope, scopes)) throw problem("forbidden", { detail: `This requires the scope ${scope}.` });
};

const listKeys = endpoint("GET /transit", {
  operationId: "kms.listTransitKeys",
  tags: ["Transit"],
  summary: "List the transit keys that the caller's scopes cover, by name, without key material",
  query: pageQuery,
  responses: {
    200: json(page(keyResponse), "A page of keys", pageOf(KEY_EXAMPLE)),
  },
  handle: async (context, principal) => {
    const { limit, after } = context.req.valid("query");
    const names = coveredNames(principal.scopes);
    const keys = await context.var.services.storedTransitKeys.list(limit + 1, decodeCursor(after), names);
    const { items, next } = toPage(keys, limit, ({ name }) => name);
    return context.json({ items: items.map(toResponse), next }, 200);
  },
});

const createKey = endpoint("POST /transit", {
  operationId: "kms.createTransitKey",
  tags: ["Transit"],
  summary: "Create a transit key; encrypting with a new name also creates one",
  description: WHO_CREATES_KEYS,
  body: jsonBody(z.strictObject({ name: keyName }), { name: "drafts" }),
  responses: {
    201: created(keyResponse.extend(warningFields).openapi("NewTransitKey"), "The new key", {
      ...KEY_EXAMPLE,
      latestVersion: 1,
    }),
  },
  errors: ["conflict"],
  handle: async (context, principal) => {
    const { name } = context.req.valid("json");
    const { services } = context.var;
    assertCovered(name, principal.scopes);
    const grantor = grantorOf(context, principal, "secret");
    const key = await services.transit.create(name, grantor);
    if (!key.ok) throw tooManyTransitKeys();
    if (!key.value.isNew) throw problem("conflict", { detail: "A transit key with this name already exists." });
    context.header("location", locationOf("kms", "GET /transit/{key}", name));
    return context.json({ ...toResponse(key.value.key), ...warningsTo(grantor) }, 201);
  },
});

const readKey = endpoint("GET /transit/{key}", {
  operationId: "kms.getTransitKey",
  tags: ["Transit"],
  summary: "Read a transit key and its versions",
  params: byKey,
  responses: {
    200: json(keyResponse, "The key", KEY_EXAMPLE),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const key = await context.var.services.storedTransitKeys.find(context.req.valid("param").key);
    if (!key) throw noSuchTransitKey();
    return context.json(toResponse(key), 200);
  },
});

const configureKey = endpoint("PUT /transit/{key}", {
  operationId: "kms.configureTransitKey",
  tags: ["Transit"],
  summary: "Set the oldest version that still decrypts",
  params: byKey,
  body: jsonBody(z.strictObject({ minDecryptionVersion: versionNumber }), { minDecryptionVersion: 1 }),
  responses: {
    200: json(keyResponse, "The key", KEY_EXAMPLE),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { key: name } = context.req.valid("param");
    const { minDecryptionVersion } = context.req.valid("json");
    const configured = await context.var.services.transit.configure(name, minDecryptionVersion);
    if (configured.ok) return context.json(toResponse(configured.value), 200);
    if (configured.error.kind === "unknown-key") throw noSuchTransitKey();
    const detail = `must be a version of this key, ${configured.error.latestVersion} at most`;
    throw problem("invalid-input", { errors: [{ pointer: "#/minDecryptionVersion", detail }] });
  },
});

const ROTATION_REFUSALS: Record<"unknown-key" | "superseded", () => Problem> = {
  "unknown-key": noSuchTransitKey,
  superseded: () =>
    problem("conflict", { detail: "Another caller has rotated this key at the same time. Read it before you retry." }),
};

const rotateKey = endpoint("POST /transit/{key}/rotate", {
  operationId: "kms.rotateTransitKey",
  tags: ["Transit"],
  summary: "Rotate a transit key: adds a version, which encrypts from now on",
  params: byKey,
  responses: {
    200: json(keyResponse, "The key", KEY_EXAMPLE),
  },
  errors: ["not-found", "conflict"],
  handle: async (context) => {
    const { key: name } = context.req.valid("param");
    const rotated = await context.var.services.transit.rotate(name);
    if (!rotated.ok) throw ROTATION_REFUSALS[rotated.error.kind]();
    return context.json(toResponse(rotated.value), 200);
  },
});

const deleteKey = endpoint("DELETE /transit/{key}", {
  operationId: "kms.deleteTransitKey",
  tags: ["Transit"],
  summary: "Delete a transit key for good: what was encrypted with it can never be decrypted again",
  params: byKey,
  responses: {
    204: { description: "The key is deleted" },
  },
  errors: ["not-found"],
  handle: async (context) => {
    const removed = await context.var.services.transit.remove(context.req.valid("param").key);
    if (!removed.ok) throw noSuchTransitKey();
    return context.body(null, 204);
  },
});

export const transitKeysEndpoints = [listKeys, createKey, readKey, configureKey, rotateKey, deleteKey];
