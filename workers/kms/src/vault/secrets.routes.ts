import { z } from "@hono/zod-openapi";
import type { Principal } from "#shared/auth/claims.ts";
import { integer, unicodeText } from "#shared/contracts/input.ts";
import { MAX_SECRET_PATH_CHARACTERS } from "#shared/contracts/secret-path.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { countParameter, json, jsonBody, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeCursor, toPage } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { type KmsContext, NO_STORE } from "../http/context.ts";
import { grantorOf, warningFields, warningsTo } from "../http/granting.ts";
import { secretPath, secretValue } from "../http/secret-fields.ts";
import type { ReadFailure, SecretGrantor, SecretValue } from "./secrets.ts";
import { isKeptByWorker } from "./worker-secrets.ts";

const byPath = z.object({ path: secretPath });

/** In the description of every call that changes a secret. */
export const WHO_CHANGES_SECRETS =
  "Users who have a second factor must have passed it within the last 5 minutes. A service that acts for a user is refused, " +
  "and so is every service below `typesense/`, where Fountain keeps its own secrets.";

const UNREADABLE: Record<ReadFailure, string> = {
  unknown: "This secret or version does not exist.",
  deleted: "This version is deleted. Restore it with POST …/undelete.",
  destroyed: "This version is permanently destroyed.",
};

/** The caller as one who may see or change the secret at this path; throws the refusal. */
export const grantorOfSecret = (context: KmsContext, principal: Principal, path: string): SecretGrantor =>
  isKeptByWorker(path) ? grantorOf(context, principal, "credential") : grantorOf(context, principal, "secret");

/** The secret, the read of which is recorded; throws 404 when it cannot be read. */
export const readSecretValue = async (
  context: KmsContext,
  path: string,
  version: number | undefined,
  grantor: SecretGrantor,
): Promise<SecretValue> => {
  const read = await context.var.services.secrets.read(path, version, grantor);
  if (!read.ok) throw problem("not-found", { detail: UNREADABLE[read.error.kind] });
  return read.value;
};

const listSecrets = endpoint("GET /secrets", {
  operationId: "kms.listSecrets",
  tags: ["Secrets"],
  summary: "List the paths of readable secrets that start with `prefix`, without values",
  query: pageQuery.extend({ prefix: unicodeText({ max: MAX_SECRET_PATH_CHARACTERS }).default("") }),
  responses: {
    200: json(
      page(z.object({ path: z.string() }).openapi("SecretName")),
      "A page of paths",
      pageOf({ path: "editor/smtp-password" }),
    ),
  },
  handle: async (context) => {
    const { prefix, limit, after } = context.req.valid("query");
    const paths = await context.var.services.storedSecrets.listPaths(prefix, limit + 1, decodeCursor(after));
    const { items, next } = toPage(paths, limit, (path) => path);
    return context.json({ items: items.map((path) => ({ path })), next }, 200);
  },
});

const writeSecret = endpoint("PUT /secrets/{path+}", {
  operationId: "kms.writeSecret",
  tags: ["Secrets"],
  summary: "Store a new version of a secret; with `cas`, only if that is the current version (0: none exists)",
  description: `The last ten versions are kept: each further one destroys the oldest for good. ${WHO_CHANGES_SECRETS}`,
  params: byPath,
  body: jsonBody(
    z.strictObject({ value: secretValue, cas: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional() }),
    { value: "the value to store", cas: 2 },
  ),
  responses: {
    201: created(
      z.object({ path: z.string(), version: z.int(), ...warningFields }).openapi("SecretVersion"),
      "The new version",
      { path: "editor/smtp-password", version: 3 },
    ),
  },
  errors: ["conflict"],
  handle: async (context, principal) => {
    const { path } = context.req.valid("param");
    const { value, cas } = context.req.valid("json");
    const grantor = grantorOfSecret(context, principal, path);
    const written = await context.var.services.secrets.write(path, value, cas, grantor);
    if (!written.ok)
      throw problem("conflict", { detail: "The current version differs from cas. Read the secret again." });
    context.header("location", locationOf("kms", "GET /secrets/{path+}", path));
    return context.json({ path, version: written.value, ...warningsTo(grantor) }, 201);
  },
});

const readSecret = endpoint("GET /secrets/{path+}", {
  operationId: "kms.readSecret",
  tags: ["Secrets"],
  summary: "Read the latest or a given version of a secret",
  params: byPath,
  query: z.object({ version: countParameter({ min: 1, max: Number.MAX_SAFE_INTEGER }).optional() }),
  responses: {
    200: json(
      z
        .object({
          path: z.string(),
          version: z.int(),
          value: z.string(),
          createdAt: z.iso.datetime(),
          ...warningFields,
        })
        .openapi("Secret"),
      "The secret",
      { path: "editor/smtp-password", version: 3, value: "the value to store", createdAt: EXAMPLE.today },
    ),
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { path } = context.req.valid("param");
    const grantor = grantorOfSecret(context, principal, path);
    const secret = await readSecretValue(context, path, context.req.valid("query").version, grantor);
    const response = { ...secret, createdAt: secret.createdAt.toISOString(), ...warningsTo(grantor) };
    return context.json(response, 200, NO_STORE);
  },
});

const deleteSecret = endpoint("DELETE /secrets/{path+}", {
  operationId: "kms.deleteSecret",
  tags: ["Secrets"],
  summary: "Delete the latest version of a secret; it can be restored",
  description: WHO_CHANGES_SECRETS,
  params: byPath,
  responses: {
    204: { description: "The latest version is deleted" },
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { path } = context.req.valid("param");
    const deleted = await context.var.services.secrets.delete(path, grantorOfSecret(context, principal, path));
    if (!deleted.ok)
      throw problem("not-found", { detail: "This secret does not exist, or its latest version is already deleted." });
    return context.body(null, 204);
  },
});

export const secretsEndpoints = [listSecrets, writeSecret, readSecret, deleteSecret];
